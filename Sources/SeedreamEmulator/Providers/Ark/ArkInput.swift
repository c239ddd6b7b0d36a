import Pixels
import SeedreamModel

/// A request's body, checked as the documented fields say; the first violation is the answer.
struct ArkInput: Sendable {
    /// `size`.
    enum Size: Hashable, Sendable {
        case area(Int)
        case pixels(PixelSize)
    }

    let model: ArkModel
    /// As sent.
    let modelID: String
    let prompt: String
    private(set) var images: [String] = []
    private(set) var size = Size.pixels(PixelSize(width: 2048, height: 2048))
    /// Pictures of the set; one without `sequential_image_generation`.
    private(set) var count = 1
    let isBase64: Bool
    let isWatermarked: Bool
    let isStream: Bool
    private(set) var mediaType = MediaType.jpeg

    /// Inputs and outputs together.
    private static let maximumTotal = 15
    private static let ratios = 1.0 / 16...16
    private static let fields: Set<String> = [
        "model", "prompt", "image", "size", "sequential_image_generation",
        "sequential_image_generation_options", "response_format", "watermark", "stream",
        "optimize_prompt_options",
    ]

    /// Checks a body. `null` counts as absent, and an empty `image` is refused; both are guesses.
    init(_ body: JSONValue, openPoints: OpenPoints) throws(ArkError) {
        guard let all = body.object else {
            throw .invalid("body", "it must be a JSON object")
        }
        let members = all.filter { !$0.value.isNull }
        func required(_ field: String) throws(ArkError) -> String {
            guard let value = members[field] else { throw .missing(field) }
            guard let text = value.string else { throw .invalid(field, "must be a string") }
            return text
        }
        func choice(_ field: String, _ value: JSONValue?, _ values: [String]) throws(ArkError) -> String? {
            guard let value, !value.isNull else { return nil }
            guard let text = value.string, values.contains(text) else {
                throw .invalid(
                    field, "must be \(values.map { "'\($0)'" }.joined(separator: " or "))")
            }
            return text
        }
        func bool(_ field: String) throws(ArkError) -> Bool? {
            guard let value = members[field] else { return nil }
            guard let bool = value.bool else { throw .invalid(field, "must be a boolean") }
            return bool
        }
        func object(_ field: String) throws(ArkError) -> JSONValue? {
            guard let value = members[field] else { return nil }
            guard value.object != nil else { throw .invalid(field, "must be an object") }
            return value
        }

        let id = try required("model")
        guard let model = ArkModel(id: id) else { throw .notOpen(id) }
        self.model = model
        modelID = id
        prompt = try required("prompt")

        switch members["image"] {
        case nil: break
        case .string(let text)?: images = [text]
        case .array(let elements)?:
            images = elements.compactMap(\.string)
            guard images.count == elements.count, !images.isEmpty else {
                throw .invalid("image", "must be a string or an array of strings")
            }
        case _?: throw .invalid("image", "must be a string or an array of strings")
        }
        let maximum = model.maximumInputs(openPoints)
        guard images.count <= maximum else {
            throw .invalid("image", "at most \(maximum) images are supported, got \(images.count)")
        }

        if let value = members["size"] {
            guard let text = value.string else { throw .invalid("size", "must be a string") }
            size = try Self.size(text, model)
        }
        isBase64 =
            try choice("response_format", members["response_format"], ["url", "b64_json"]) == "b64_json"
        isWatermarked = try bool("watermark") ?? true
        isStream = try bool("stream") ?? false
        _ = try choice(
            "optimize_prompt_options.mode", try object("optimize_prompt_options")?["mode"],
            model.optimizations)
        if model.choosesFormat,
            try choice("output_format", members["output_format"], ["png", "jpeg"]) == "png"
        {
            mediaType = .png
        }

        let options = try object("sequential_image_generation_options")
        if try choice(
            "sequential_image_generation", members["sequential_image_generation"], ["disabled", "auto"])
            == "auto"
        {
            count = try Self.count(options?["max_images"], inputs: images.count)
        }
        if openPoints.arkUnknownFields == .refused {
            // `seed` and `guidance_scale` are fields of 3.x.
            let known = model.choosesFormat ? Self.fields.union(["output_format"]) : Self.fields
            if let unknown = Set(all.keys).subtracting(known).min() {
                throw .invalid(unknown, "unknown field")
            }
        }
    }

    /// Pictures of a set: as many as it may have, where a model would decide by the prompt.
    private static func count(_ value: JSONValue?, inputs: Int) throws(ArkError) -> Int {
        let field = "sequential_image_generation_options.max_images"
        guard let value, !value.isNull else { return max(1, maximumTotal - inputs) }
        guard let count = value.integer else { throw .invalid(field, "must be an integer") }
        guard (1...maximumTotal).contains(count) else {
            throw .invalid(field, "must be between 1 and \(maximumTotal)")
        }
        guard inputs + count <= maximumTotal else {
            throw .invalid(
                field, "input images and generated images together must be at most \(maximumTotal)")
        }
        return count
    }

    private static func size(_ text: String, _ model: ArkModel) throws(ArkError) -> Size {
        if let tier = model.tiers.first(where: { $0.name == text }) { return .area(tier.area) }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { side in
            side.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(side) : nil
        }
        guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
            let names = model.tiers.map(\.name).joined(separator: ", ")
            throw .invalid("size", "must be \(names) or WIDTHxHEIGHT")
        }
        let size = PixelSize(width: width, height: height)
        guard size.area >= model.areas.lowerBound else {
            throw .invalid("size", "image size must be at least \(model.areas.lowerBound) pixels")
        }
        guard size.area <= model.areas.upperBound else {
            throw .invalid("size", "image size must be at most \(model.areas.upperBound) pixels")
        }
        guard ratios.contains(Double(width) / Double(height)) else {
            throw .invalid("size", "the aspect ratio must be between 1/16 and 16")
        }
        return .pixels(size)
    }

    /// The size of the result.
    func outputSize(first: PixelSize?, automatic: OpenPoints.AutomaticSize) -> PixelSize {
        switch size {
        case .pixels(let size): size
        case .area(let area): OutputSize.shaped(automatic == .firstImage ? first : nil, area: area)
        }
    }
}
