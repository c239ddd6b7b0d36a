import Pixels
import SeedreamModel

/// A request to generate, checked as the schema says; unknown fields are refused at both levels.
struct ApiframeInput: Sendable {
    let model: ApiframeModel
    let prompt: String
    let images: [String]
    /// What the job shows as its `input`, data URIs cut.
    let summary: JSONValue
    let webhookURL: String?
    /// `nil` where the request does not say.
    let webhookEvents: [String]?
    private let aspectRatio: String?
    private let size: String?
    private let width: Int?
    private let height: Int?
    private let seed: Int?
    private let outputFormat: String?

    /// UTF-16 code units.
    static let promptLength = 1...2000
    /// What the validator lets pass; the model takes fewer.
    static let maximumImages = 14
    static let events = ["progress", "completed", "failed"]
    /// Of the validator, in px; the model's own range begins higher.
    static let sides = 512...4096

    /// The model page's range for `custom`, in px.
    private static let customSides = 1024...4096
    /// Replicate's default of both sides, whose schema these fields mirror.
    private static let defaultSide = 2048
    /// Ark's limit for the result's ratio.
    private static let maximumRatio = 16.0

    init(_ body: JSONValue, openPoints: OpenPoints) throws(ApiframeError) {
        guard let members = body.object else {
            throw ApiframeError(status: 400, message: "Request body must be a JSON object")
        }
        var fields = ApiframeFields(members)
        // The model says which schema the rest is held against.
        guard let model = members["model"]?.string.flatMap(ApiframeModel.init(rawValue:)) else {
            throw .validation([
                "model": [ApiframeFields.invalidOption(ApiframeModel.allCases.map(\.rawValue))]
            ])
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
        images = Self.images(&parameters, takesDataURIs: openPoints.apiframeTakesDataURIs)
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

    /// The media type of the result.
    func mediaType(_ openPoints: OpenPoints) -> MediaType {
        outputFormat == "jpg" && openPoints.apiframeUnlistedFields == .honored ? .jpeg : .png
    }

    /// The seed that was asked for.
    func seed(_ openPoints: OpenPoints) -> Int? {
        openPoints.apiframeUnlistedFields == .honored ? seed : nil
    }

    /// The size of the result.
    ///
    /// - Parameter inputs: The sizes of the input images, `nil` for what was not fetched.
    /// - Throws: What the model says to a size that the validator has let pass.
    func outputSize(
        inputs: [PixelSize?], automatic: OpenPoints.AutomaticSize
    ) throws(ApiframeFailure) -> PixelSize {
        let side: Int
        switch size ?? "2K" {
        case "1K": side = 1024
        case "2K": side = 2048
        case "4K": side = 4096
        case "custom":
            let custom = (width: width ?? Self.defaultSide, height: height ?? Self.defaultSide)
            for (name, value) in [("width", custom.width), ("height", custom.height)]
            where !Self.customSides.contains(value) {
                throw ApiframeFailure(
                    words:
                        "\(name) must be between \(Self.customSides.lowerBound) and \(Self.customSides.upperBound), got \(value)"
                )
            }
            return PixelSize(width: custom.width, height: custom.height)
        case let other: throw ApiframeFailure(words: "size must be 1K, 2K, 4K or custom, got \(other)")
        }
        return OutputSize.shaped(try shape(inputs, automatic), area: side * side)
    }

    /// The shape of the result; `nil` for a square.
    private func shape(
        _ inputs: [PixelSize?], _ automatic: OpenPoints.AutomaticSize
    ) throws(ApiframeFailure) -> PixelSize? {
        let ratio = aspectRatio ?? "match_input_image"
        if ratio == "match_input_image" {
            return inputs.count == 1 || automatic == .firstImage ? inputs.first ?? nil : nil
        }
        let sides = ratio.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard sides.count == 2, sides.allSatisfy({ (1...10_000).contains($0) }),
            Double(max(sides[0], sides[1])) <= Self.maximumRatio * Double(min(sides[0], sides[1]))
        else {
            throw ApiframeFailure(
                words: "aspect_ratio must be match_input_image or W:H from 1:16 to 16:1, got \(ratio)")
        }
        return PixelSize(width: sides[0], height: sides[1])
    }
}
