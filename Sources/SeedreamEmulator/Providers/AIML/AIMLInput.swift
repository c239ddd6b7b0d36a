import Pixels
import SeedreamModel

/// A request's body, checked against the model's schema; like zod, the check collects every
/// violation.
struct AIMLInput: Sendable {
    /// The value of `image_size`.
    enum Size: Hashable, Sendable {
        case named(String)
        case pixels(PixelSize)
    }

    let model: AIMLModel
    private(set) var prompt = ""
    private(set) var imageURLs: [String] = []
    private(set) var size: Size
    private(set) var count = 1
    private(set) var seed: Int?
    /// Whether `url` is to contain a data URI (`sync_mode`).
    private(set) var isInline = false
    /// Whether `response_format` is `b64_json`.
    private(set) var isBase64 = false
    private(set) var isWatermarked = false
    /// The value of `output_format`.
    private(set) var format: ResultFormat?

    private static let promptLength = 4000

    /// Parses and checks a body. That messages end in the field's name is a guess, because the
    /// documented example lacks it. `null` is refused for optional fields, as in zod, and
    /// `num_images` must be an integer; both are guesses.
    init(_ body: JSONValue, configuration: EmulatorConfiguration) throws(AIMLError) {
        guard let members = body.object else {
            throw .validation(["Expected object, received \(AIMLFields.type(of: body))"])
        }
        guard let name = members["model"] else { throw .validation([#"Required at "model""#]) }
        guard let model = name.string.flatMap({ AIMLModel($0, in: configuration) }) else {
            throw .validation([
                AIMLFields.enumeration(configuration.modelIDs(at: .aiml), name) + #" at "model""#
            ])
        }
        self.model = model
        size = model.defaultSize
        var fields = AIMLFields(members, known: model.fields)

        switch fields["prompt"] {
        case nil: fields.refuse("prompt", "Required")
        case .string(let text)?:
            prompt = text
            if text.utf16.count > Self.promptLength {
                fields.refuse("prompt", "String must contain at most \(Self.promptLength) character(s)")
            }
        case let other?: fields.expected("string", "prompt", other)
        }
        imageURLs = Self.images(&fields, model)
        size = Self.size(&fields, model) ?? size
        count = fields.integer("num_images", in: model.counts) ?? 1
        isBase64 = fields.choice("response_format", ["url", "b64_json"]) == "b64_json"
        seed = fields.integer("seed", in: model.seeds)
        isInline = fields.bool("sync_mode") ?? false
        _ = fields.bool("enable_safety_checker")
        isWatermarked = fields.bool("watermark") ?? false
        fields.number("guidance_scale", in: model.entry.fields?.value.guidanceScale ?? 1...10)
        format = fields.choice("output_format", ["jpeg", "png"]).flatMap { ResultFormat(rawValue: $0) }
        if configuration.ambiguities.aimlUnknownFields == .refused { fields.refuseUnknown() }
        guard fields.issues.isEmpty else { throw .validation(fields.issues) }
    }

    private static func images(_ fields: inout AIMLFields, _ model: AIMLModel) -> [String] {
        switch fields["image_urls"] {
        case nil:
            if model.entry.imageUse(of: model.id) == .required { fields.refuse("image_urls", "Required") }
            return []
        case .array(let elements)?:
            let range = model.inputs
            if elements.count < range.lowerBound {
                fields.refuse(
                    "image_urls", "Array must contain at least \(range.lowerBound) element(s)")
            } else if elements.count > range.upperBound {
                fields.refuse("image_urls", "Array must contain at most \(range.upperBound) element(s)")
            }
            var urls: [String] = []
            for (index, element) in elements.enumerated() {
                if let text = element.string {
                    urls.append(text)
                } else {
                    fields.expected("string", "image_urls[\(index)]", element)
                }
            }
            return urls
        case let other?:
            fields.expected("array", "image_urls", other)
            return []
        }
    }

    /// Returns the requested size; `nil` if the body states none, or if it is refused.
    private static func size(_ fields: inout AIMLFields, _ model: AIMLModel) -> Size? {
        switch fields["image_size"] {
        case nil: return nil
        case .string(let text)?:
            if model.sizeNames.contains(text) { return .named(text) }
            fields.refuse("image_size", AIMLFields.enumeration(model.sizeNames, .string(text)))
        case .object(let sides)?:
            // For the newer models, each side defaults to 2048 px.
            let missing: JSONValue? = model.isFromFal ? nil : 2048
            for side in ["width", "height"] where sides[side] ?? missing == nil {
                fields.refuse("image_size.\(side)", "Required")
            }
            let width = fields.integer(sides["width"] ?? missing, "image_size.width", in: model.sides)
            let height = fields.integer(sides["height"] ?? missing, "image_size.height", in: model.sides)
            guard let width, let height else { return nil }
            let size = PixelSize(width: width, height: height)
            if let area = model.entry.output?.value.area, !area.contains(size.area) {
                fields.refuse(
                    "image_size",
                    "Number of pixels must be between \(area.lowerBound) and \(area.upperBound)")
            }
            return .pixels(size)
        case let other?: fields.expected("object", "image_size", other)
        }
        return nil
    }

    /// Returns the media type of the result: that of the setting for models that come from fal, and
    /// JPEG for those that come from Ark, unless the request states another.
    func mediaType(_ ambiguities: Ambiguities) -> MediaType {
        if let format { return format == .png ? .png : .jpeg }
        return model.isFromFal ? MediaType(rawValue: ambiguities.resultType) ?? .png : .jpeg
    }

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, automatic: Ambiguities.AutomaticSize) -> PixelSize {
        switch size {
        case .pixels(let size): return size
        case .named(let name):
            if let tier = SizeTier(rawValue: name) {
                let shape = automatic == .firstImage ? first : nil
                return OutputSize.shaped(shape, area: tier.side * tier.side)
            }
            return OutputSize.preset(name, first: first, automatic: automatic)
        }
    }
}
