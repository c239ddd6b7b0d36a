import ImageCodecs
import Pixels
import SeedreamModel

/// The emulated models of Ark.
enum ArkModel: Sendable, CaseIterable {
    case seedream40
    case seedream45
    case seedream5Lite
    case seedream5Pro

    /// Returns the model with an ID; `nil` for other IDs, including those of endpoints (`ep-…`).
    /// Chinese IDs start with `doubao-`; the one of 4.0 is documented, the others are guesses.
    init?(id: String) {
        let prefix = "doubao-"
        switch id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id {
        case "seedream-4-0-250828": self = .seedream40
        case "seedream-4-5-251128": self = .seedream45
        case "seedream-5-0-260128", "seedream-5-0-lite-260128": self = .seedream5Lite
        case "dola-seedream-5-0-pro-260628" where !id.hasPrefix(prefix): self = .seedream5Pro
        default: return nil
        }
    }

    /// The range of an image's area, in px².
    var areas: ClosedRange<Int> {
        switch self {
        case .seedream40: 921_600...16_777_216
        case .seedream45, .seedream5Lite: 3_686_400...16_777_216
        case .seedream5Pro: 921_600...4_624_220
        }
    }

    /// The sizes that name no shape, with their areas in px²: those among `1K`, `2K` and `4K` that
    /// are within ``areas``. That is a guess for all models but 4.0.
    var tiers: [(name: String, area: Int)] {
        [("1K", 1024 * 1024), ("2K", 2048 * 2048), ("4K", 4096 * 4096)].filter { areas.contains($0.1) }
    }

    /// The accepted values of `optimize_prompt_options.mode`.
    var optimizations: [String] { self == .seedream40 ? ["standard", "fast"] : ["standard"] }

    /// Whether the model has the field `output_format`; the others always make JPEGs.
    var choosesFormat: Bool { self == .seedream5Lite || self == .seedream5Pro }

    /// Returns the limits on input images.
    func limits(_ open: Ambiguities) -> InputLimits {
        var limits = InputLimits(
            formats: [.jpeg, .png, .webp, .bmp, .tiff, .gif], maximumBytes: 10_000_000,
            maximumAspectRatio: open.maximumAspectRatio)
        if self == .seedream5Pro {
            limits.formats.formUnion([.heic, .heif])
            limits.maximumBytes = 30_000_000
        }
        return limits
    }

    /// Returns the maximum number of input images.
    func maximumInputs(_ open: Ambiguities) -> Int {
        self == .seedream5Pro ? min(10, open.arkMaximumInputs) : open.arkMaximumInputs
    }
}

/// A request's body, checked against the documented fields; the first violation is reported.
struct ArkInput: Sendable {
    /// The value of `size`.
    enum Size: Hashable, Sendable {
        case area(Int)
        case pixels(PixelSize)
    }

    let model: ArkModel
    /// The model's ID, as sent.
    let modelID: String
    let prompt: String
    private(set) var images: [String] = []
    private(set) var size = Size.pixels(PixelSize(width: 2048, height: 2048))
    /// The number of images in the set; 1 without `sequential_image_generation`.
    private(set) var count = 1
    let isBase64: Bool
    let isWatermarked: Bool
    let isStream: Bool
    private(set) var mediaType = MediaType.jpeg

    /// The maximum number of inputs and outputs together.
    private static let maximumTotal = 15
    private static let ratios = 1.0 / 16...16
    private static let fields: Set<String> = [
        "model", "prompt", "image", "size", "sequential_image_generation",
        "sequential_image_generation_options", "response_format", "watermark", "stream",
        "optimize_prompt_options",
    ]

    /// Parses and checks a body. `null` counts as absent, and an empty `image` is refused; both are
    /// guesses.
    init(_ body: JSONValue, ambiguities: Ambiguities) throws(ArkError) {
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
        let maximum = model.maximumInputs(ambiguities)
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
        if ambiguities.arkUnknownFields == .refused {
            // `seed` and `guidance_scale` are fields of 3.x.
            let known = model.choosesFormat ? Self.fields.union(["output_format"]) : Self.fields
            if let unknown = Set(all.keys).subtracting(known).min() {
                throw .invalid(unknown, "unknown field")
            }
        }
    }

    /// Returns the number of images in a set: the maximum, where a real model would decide by the
    /// prompt.
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

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, automatic: Ambiguities.AutomaticSize) -> PixelSize {
        switch size {
        case .pixels(let size): size
        case .area(let area): OutputSize.shaped(automatic == .firstImage ? first : nil, area: area)
        }
    }
}
