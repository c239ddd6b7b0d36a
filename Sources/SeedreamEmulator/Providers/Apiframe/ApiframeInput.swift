import Pixels
import SeedreamModel

/// A generation request, checked against the schema; unknown fields are refused at both levels.
struct ApiframeInput: Sendable {
    let model: ApiframeModel
    let prompt: String
    let images: [String]
    /// The job's `input`, with data URIs cut.
    let summary: JSONValue
    let webhookURL: String?
    /// The events in the request; `nil` if it names none.
    let webhookEvents: [String]?
    private let aspectRatio: String?
    private let size: String?
    private let width: Int?
    private let height: Int?
    private let seed: Int?
    private let outputFormat: String?

    /// The range of the prompt's length in UTF-16 code units.
    static let promptLength = 1...2000
    /// The maximum number of images that the validator accepts; a model may take fewer.
    static let maximumImages = 14
    static let events = ["progress", "completed", "failed"]
    /// The validator's range of the sides in px; a model's own range may be narrower.
    static let sides = 512...4096

    /// The default of both sides in px at Replicate, whose schema these fields mirror.
    private static let defaultSide = 2048

    init(_ body: JSONValue, configuration: EmulatorConfiguration) throws(ApiframeError) {
        guard let members = body.object else {
            throw ApiframeError(status: 400, message: "Request body must be a JSON object")
        }
        var fields = ApiframeFields(members)
        // The model determines the schema of the other members.
        let models = ApiframeModel.all(configuration)
        guard let id = members["model"]?.string, let model = models.first(where: { $0.id == id }) else {
            throw .validation(["model": [ApiframeFields.invalidOption(models.map(\.id))]])
        }
        self.model = model
        fields.allow(only: ["model", "prompt", "seedreamParams", "webhookUrl", "webhookEvents"])
        prompt = fields.string("prompt", length: Self.promptLength, isRequired: true) ?? ""
        webhookURL = fields.uri("webhookUrl")
        webhookEvents = Self.events(&fields)

        if let value = fields["seedreamParams"], value.object == nil {
            fields.refuseType("seedreamParams", expected: "object")
        }
        var parameters = ApiframeFields(fields["seedreamParams"]?.object ?? [:], prefix: "seedreamParams.")
        parameters.allow(only: [
            "image_input", "aspect_ratio", "size", "width", "height", "enhance_prompt", "seed",
            "guidance_scale", "output_format", "resolution", "use_pre_llm",
        ])
        images = Self.images(&parameters, takesDataURIs: configuration.ambiguities.apiframeTakesDataURIs)
        aspectRatio = parameters.string("aspect_ratio")
        size = parameters.string("size")
        _ = parameters.string("resolution")
        width = parameters.integer("width", Self.sides)
        height = parameters.integer("height", Self.sides)
        seed = parameters.integer("seed")
        parameters.number("guidance_scale", 1...10)
        outputFormat = parameters.option("output_format", ["jpg", "png"])
        parameters.bool("enhance_prompt")
        parameters.bool("use_pre_llm")
        fields.include(parameters)
        if !fields.problems.isEmpty { throw .validation(fields.problems) }
        var summary: [String: JSONValue] = ["prompt": .string(prompt)]
        summary["seedreamParams"] = members["seedreamParams"].map(Self.withoutPayloads)
        self.summary = .object(summary)
    }

    private static func withoutPayloads(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.utf8.count > 512: .string("\(text.prefix(64))…")
        case .array(let elements): .array(elements.map(withoutPayloads))
        case .object(let members): .object(members.mapValues(withoutPayloads))
        default: value
        }
    }

    private static func events(_ fields: inout ApiframeFields) -> [String]? {
        guard let value = fields["webhookEvents"] else { return nil }
        guard let elements = value.array else {
            fields.refuseType("webhookEvents", expected: "array")
            return nil
        }
        if elements.isEmpty {
            fields.refuse("webhookEvents", "Too small: expected array to have >=1 items")
        }
        for (index, element) in elements.enumerated() where !events.contains(element.string ?? "") {
            fields.refuse("webhookEvents.\(index)", ApiframeFields.invalidOption(events))
        }
        return elements.compactMap(\.string)
    }

    private static func images(_ fields: inout ApiframeFields, takesDataURIs: Bool) -> [String] {
        guard let value = fields["image_input"] else { return [] }
        guard let elements = value.array else {
            fields.refuseType("image_input", expected: "array")
            return []
        }
        if elements.count > maximumImages {
            fields.refuse("image_input", "Too big: expected array to have <=\(maximumImages) items")
        }
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                fields.refuse("image_input.\(index)", "Invalid input: expected string")
                continue
            }
            let isDataURI = text.prefix(5).lowercased() == "data:"
            if !ApiframeFields.isURI(text) || (isDataURI && !takesDataURIs) {
                fields.refuse("image_input.\(index)", "Invalid URL")
            }
        }
        return elements.compactMap(\.string)
    }

    /// Returns the media type of the result.
    func mediaType(_ ambiguities: Ambiguities) -> MediaType {
        let isHonored = model.choosesFormat || ambiguities.apiframeUnlistedFields == .honored
        return outputFormat == "jpg" && isHonored ? .jpeg : .png
    }

    /// Returns the requested seed.
    func seed(_ ambiguities: Ambiguities) -> Int? {
        ambiguities.apiframeUnlistedFields == .honored ? seed : nil
    }

    /// Returns the size of the result.
    ///
    /// - Parameter inputs: The sizes of the input images; `nil` for images that were not fetched.
    /// - Throws: The model's refusal of a size that the validator accepted.
    func outputSize(inputs: [PixelSize?], ambiguities: Ambiguities) throws(ApiframeFailure) -> PixelSize {
        let name = size ?? SizeTier.k2.rawValue
        let result: PixelSize
        if let tier = model.tiers.first(where: { $0.rawValue == name }) {
            result = OutputSize.shaped(try shape(inputs, ambiguities), area: tier.side * tier.side)
        } else if name == "custom" {
            result = PixelSize(width: width ?? Self.defaultSide, height: height ?? Self.defaultSide)
            for (name, value) in [("width", result.width), ("height", result.height)]
            where !model.sides.contains(value) {
                throw ApiframeFailure(
                    words:
                        "\(name) must be between \(model.sides.lowerBound) and \(model.sides.upperBound), got \(value)"
                )
            }
        } else {
            let names = model.tiers.map(\.rawValue).joined(separator: ", ")
            throw ApiframeFailure(words: "size must be \(names) or custom, got \(name)")
        }
        guard let areas = model.entry?.areas, !areas.contains(result.area) else { return result }
        throw ApiframeFailure(
            words: "size must have \(areas.lowerBound) to \(areas.upperBound) pixels, got \(result)")
    }

    /// Returns the shape of the result; `nil` for a square.
    private func shape(
        _ inputs: [PixelSize?], _ ambiguities: Ambiguities
    ) throws(ApiframeFailure) -> PixelSize? {
        let ratio = aspectRatio ?? "match_input_image"
        if ratio == "match_input_image" {
            let isShaped = inputs.count == 1 || ambiguities.automaticSize == .firstImage
            return isShaped ? inputs.first ?? nil : nil
        }
        let most = model.maximumRatio(ambiguities)
        let sides = ratio.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard sides.count == 2, sides.allSatisfy({ (1...10_000).contains($0) }),
            Double(max(sides[0], sides[1])) <= most * Double(min(sides[0], sides[1]))
        else {
            let limit = most.formattedShortly
            throw ApiframeFailure(
                words:
                    "aspect_ratio must be match_input_image or W:H from 1:\(limit) to \(limit):1, got \(ratio)"
            )
        }
        return PixelSize(width: sides[0], height: sides[1])
    }
}
