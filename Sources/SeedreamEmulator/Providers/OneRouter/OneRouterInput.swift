import Pixels
import SeedreamModel

/// A request's body, checked against the documented fields; the first violation is reported.
struct OneRouterInput: Sendable {
    let model: String
    let prompt: String
    /// The last ten images of those sent.
    private(set) var imageURLs: [String] = []
    /// The position of the first image used among those sent.
    private(set) var firstUsed = 0
    /// The value of `size`.
    private(set) var preset = "auto"
    /// The value of `image_size`, if it applies.
    private(set) var pixels: PixelSize?
    let count: Int
    let seed: Int?
    /// Whether `output_format` is `b64_json`.
    let isBase64: Bool

    /// The maximum number of images; if more are sent, only the last ones are used.
    private static let maximumImages = 10
    private static let presets = OutputSize.names + OutputSize.automaticNames
    private static let fields: Set<String> = [
        "model", "prompt", "size", "image_size", "seed", "enable_safety_checker", "enhance_prompt_mode", "n",
        "output_format",
    ]
    /// The maximum area in px²: the largest output that any provider of the model makes.
    private static let maximumArea = 16_777_216

    /// Parses and checks a body. `null` counts as absent; a guess.
    ///
    /// - Parameter takesImages: Whether the path is the one for edits.
    init(_ body: JSONValue, takesImages: Bool, ambiguities: Ambiguities) throws(OneRouterError) {
        guard let all = body.object else { throw .invalid("The request body must be a JSON object", nil) }
        let members = all.filter { !$0.value.isNull }
        func text(_ field: String) throws(OneRouterError) -> String? {
            guard let value = members[field] else { return nil }
            guard let text = value.string else { throw .invalid("\(field) must be a string", field) }
            return text
        }
        func required(_ field: String) throws(OneRouterError) -> String {
            guard let text = try text(field) else { throw .invalid("\(field) is required", field) }
            return text
        }
        func choice(_ field: String, _ values: [String]) throws(OneRouterError) -> String? {
            guard let text = try text(field) else { return nil }
            guard values.contains(text) else {
                throw .invalid("\(field) must be one of \(values.joined(separator: ", "))", field)
            }
            return text
        }
        func integer(_ field: String) throws(OneRouterError) -> Int? {
            guard let value = members[field] else { return nil }
            guard let number = value.integer else { throw .invalid("\(field) must be an integer", field) }
            return number
        }

        model = try required("model")
        guard !model.isEmpty else { throw .invalid("model is required", "model") }
        guard ambiguities.onerouterModels.isEmpty || ambiguities.onerouterModels.contains(model),
            !ambiguities.retiredModels.contains(model)
        else {
            throw .invalid("\(model.prefix(200)) is not a valid model ID", "model")
        }
        prompt = try required("prompt")
        if takesImages {
            guard let value = members["image_urls"] else {
                throw .invalid("image_urls is required", "image_urls")
            }
            guard let elements = value.array, !elements.isEmpty else {
                throw .invalid("image_urls must be an array with at least one URL", "image_urls")
            }
            let urls = elements.compactMap(\.string)
            guard urls.count == elements.count else {
                throw .invalid("image_urls must be an array of strings", "image_urls")
            }
            firstUsed = max(0, urls.count - Self.maximumImages)
            imageURLs = Array(urls[firstUsed...])
        }
        let named = try choice("size", Self.presets)
        preset = named ?? "auto"
        if let value = members["image_size"] {
            guard let width = value["width"]?.integer, let height = value["height"]?.integer, width > 0,
                height > 0
            else {
                throw .invalid("image_size must have a positive integer width and height", "image_size")
            }
            let size = PixelSize(width: width, height: height)
            guard size.area <= Self.maximumArea else {
                throw .invalid("image_size must have at most 4096x4096 pixels", "image_size")
            }
            guard OutputSize.isWithin(ratio: ambiguities.maximumOutputRatio, size) else {
                throw .invalid("The aspect ratio of image_size is too extreme: \(size)", "image_size")
            }
            if named == nil || ambiguities.onerouterImageSizeWins { pixels = size }
        }
        seed = try integer("seed")
        if let value = members["enable_safety_checker"], value.bool == nil {
            throw .invalid("enable_safety_checker must be a boolean", "enable_safety_checker")
        }
        _ = try choice("enhance_prompt_mode", ["standard", "fast"])
        count = try integer("n") ?? 1
        guard count >= 1 else { throw .invalid("n must be at least 1", "n") }
        guard count <= ambiguities.onerouterMaximumImages else {
            throw .invalid("n must be at most \(ambiguities.onerouterMaximumImages)", "n")
        }
        isBase64 = try choice("output_format", ["url", "b64_json"]) == "b64_json"
        if ambiguities.onerouterUnknownFields == .refused {
            let known = takesImages ? Self.fields.union(["image_urls"]) : Self.fields
            if let unknown = Set(all.keys).subtracting(known).min() {
                throw .invalid("Unknown field: \(unknown)", unknown)
            }
        }
    }

    /// Returns the size of the result; small sizes are scaled up, as the provider's page says.
    func outputSize(first: PixelSize?, automatic: Ambiguities.AutomaticSize) -> PixelSize {
        pixels.map(OutputSize.atLeastMinimum)
            ?? OutputSize.preset(preset, first: first, automatic: automatic)
    }
}
