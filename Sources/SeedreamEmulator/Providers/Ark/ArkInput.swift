import Pixels
import SeedreamModel

/// A request's body, checked against the fields of its model; the first violation is reported.
struct ArkInput: Sendable {
    /// The value of `size`.
    enum Size: Hashable, Sendable {
        case area(Int)
        case pixels(PixelSize)
        /// The size of the one input image, for layers.
        case automatic
    }

    let model: ArkModel
    let prompt: String
    let images: [String]
    let size: Size
    /// The number of images in the set; 1 without `sequential_image_generation`.
    private(set) var count = 1
    /// Whether the one image is split into layers.
    let isLayered: Bool
    let isBase64: Bool
    let isWatermarked: Bool
    let isStream: Bool
    let mediaType: MediaType
    /// Whether the background is transparent.
    let isTransparent: Bool
    /// The seed, for models that have one.
    private(set) var seed: Int?

    /// Parses and checks a body. An empty `image` is refused, which is a guess.
    init(_ body: JSONValue, configuration: EmulatorConfiguration) throws(ArkError) {
        let fields = try ArkFields(body)
        let open = configuration.ambiguities
        let id = try fields.required("model")
        guard !open.retiredModels.contains(id) else { throw .notFound(id) }
        guard let entry = configuration.model(id, at: .ark) else { throw .notOpen(id) }
        let model = ArkModel(entry: entry, id: id)
        self.model = model

        var isLayered = false
        if entry.has(.layers) { isLayered = try fields.bool("layer_decomposition") ?? false }
        self.isLayered = isLayered
        if isLayered {
            prompt = try fields.text("prompt") ?? ""
        } else {
            prompt = try fields.required("prompt")
        }
        let images = try Self.images(fields, model, open, isLayered: isLayered)
        self.images = images
        size = try Self.size(fields.text("size"), model, open, isLayered: isLayered)
        isBase64 = try fields.choice("response_format", ["url", "b64_json"]) == "b64_json"
        isWatermarked = try fields.bool("watermark") ?? true
        let isStream = try fields.bool("stream") ?? false
        // `false` is accepted, as a user reports: OpenGradient/tee-gateway#141.
        guard !isStream || !entry.lacks(.imagesPerGeneration) else { throw .unsupported("stream") }
        self.isStream = isStream
        let modes = model.optimizations
        if !modes.isEmpty {
            let options = try fields.object("optimize_prompt_options")
            _ = try ArkFields.choice("optimize_prompt_options.mode", options?["mode"], modes)
        }
        let look = try Self.look(fields, entry, inputs: images.count, isLayered: isLayered)
        mediaType = look.mediaType
        isTransparent = look.isTransparent
        if entry.has(.imagesPerGeneration) {
            let options = try fields.object("sequential_image_generation_options")
            if try fields.choice("sequential_image_generation", ["disabled", "auto"]) == "auto" {
                count = try Self.count(options?["max_images"], inputs: images.count, entry)
            }
        } else if entry.lacks(.imagesPerGeneration), fields["sequential_image_generation"] != nil {
            throw .unsupported("sequential_image_generation")
        }
        if entry.has(.seed) { seed = try fields.integer("seed") }
        if entry.has(.guidanceScale) {
            _ = try fields.number("guidance_scale", in: entry.fields?.value.guidanceScale ?? 1...10)
        }
        if open.arkUnknownFields == .refused, let unknown = fields.names.subtracting(model.fields).min() {
            throw .invalid(unknown, "unknown field")
        }
    }

    private static func images(
        _ fields: ArkFields, _ model: ArkModel, _ open: Ambiguities, isLayered: Bool
    ) throws(ArkError) -> [String] {
        let what = "must be a string or an array of strings"
        let images: [String]
        switch fields["image"] {
        case nil: images = []
        case .string(let text)?: images = [text]
        case .array(let elements)?:
            images = elements.compactMap(\.string)
            guard images.count == elements.count, !images.isEmpty else { throw .invalid("image", what) }
        case _?: throw .invalid("image", what)
        }
        guard model.entry.imageUse(of: model.id) != .absent || images.isEmpty else {
            throw .unsupported("image")
        }
        guard model.entry.imageUse(of: model.id) != .required || !images.isEmpty else {
            throw .missing("image")
        }
        guard !isLayered || images.count == 1 else {
            throw .invalid("image", "layer_decomposition requires exactly one image, got \(images.count)")
        }
        let maximum = model.maximumInputs(open)
        guard images.count <= maximum else {
            throw .invalid("image", "at most \(maximum) images are supported, got \(images.count)")
        }
        return images
    }

    /// Returns the media type of the result, and whether its background is transparent.
    private static func look(
        _ fields: ArkFields, _ entry: ModelEntry, inputs: Int, isLayered: Bool
    ) throws(ArkError) -> (mediaType: MediaType, isTransparent: Bool) {
        var format: ResultFormat?
        if entry.has(.resultFormat), let word = try fields.choice("output_format", ["png", "jpeg"]) {
            format = ResultFormat(rawValue: word)
        }
        var isTransparent = false
        if entry.hasBackground,
            let word = try fields.choice("background", ResultBackground.allCases.map(\.rawValue))
        {
            guard !isLayered else {
                throw .invalid("background", "it cannot be combined with layer_decomposition")
            }
            isTransparent = word == ResultBackground.transparent.rawValue
        }
        if isTransparent, let problem = entry.transparencyProblem(format: format, inputs: inputs) {
            throw .invalid("background", problem.message)
        }
        let mediaType: MediaType = format == .png || isTransparent ? .png : .jpeg
        return (mediaType, isTransparent)
    }

    /// Returns the number of images in a set: the maximum, where a real model would decide by the
    /// prompt.
    private static func count(
        _ value: JSONValue?, inputs: Int, _ entry: ModelEntry
    ) throws(ArkError) -> Int {
        let field = "sequential_image_generation_options.max_images"
        let range = entry.fields?.value.imagesPerGeneration ?? 1...15
        let total = entry.inputs?.value.maximumWithOutputs ?? .max
        guard let value, !value.isNull else { return max(1, min(range.upperBound, total - inputs)) }
        guard let count = value.integer else { throw .invalid(field, "must be an integer") }
        guard range.contains(count) else {
            throw .invalid(field, "must be between \(range.lowerBound) and \(range.upperBound)")
        }
        guard inputs + count <= total else {
            throw .invalid(field, "input images and generated images together must be at most \(total)")
        }
        return count
    }

    /// Returns the size that a text states. Without a text, layers have the size of their image,
    /// which is a guess.
    private static func size(
        _ text: String?, _ model: ArkModel, _ open: Ambiguities, isLayered: Bool
    ) throws(ArkError) -> Size {
        let entry = model.entry
        guard let text else { return isLayered ? .automatic : .pixels(entry.defaultSize) }
        if isLayered, text == "auto" { return .automatic }
        if let tier = model.tiers.first(where: { $0.name == text }) { return .area(tier.area) }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { side in
            side.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(side) : nil
        }
        guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
            let names = model.tiers.map { $0.name }
            let list = names.isEmpty ? "" : "\(names.joined(separator: ", ")) or "
            throw .invalid("size", "must be \(list)WIDTHxHEIGHT")
        }
        let size = PixelSize(width: width, height: height)
        let areas = entry.areas
        guard size.area >= areas.lowerBound else {
            throw .invalid("size", "image size must be at least \(areas.lowerBound) pixels")
        }
        guard size.area <= areas.upperBound else {
            throw .invalid("size", "image size must be at most \(areas.upperBound) pixels")
        }
        if let allowed = entry.output?.value.sides,
            !(allowed.contains(width) && allowed.contains(height))
        {
            throw .invalid(
                "size", "width and height must be between \(allowed.lowerBound) and \(allowed.upperBound)")
        }
        let ratio = entry.maximumOutputRatio(open)
        guard OutputSize.isWithin(ratio: ratio, size) else {
            let limit = ratio.formattedShortly
            throw .invalid("size", "the aspect ratio must be between 1/\(limit) and \(limit)")
        }
        return .pixels(size)
    }

    /// Returns the size of the result.
    func outputSize(first: PixelSize?, automatic: Ambiguities.AutomaticSize) -> PixelSize {
        switch size {
        case .pixels(let size): size
        case .area(let area): OutputSize.shaped(automatic == .firstImage ? first : nil, area: area)
        case .automatic:
            first.map { OutputSize.within(model.entry.areas, $0) } ?? model.entry.defaultSize
        }
    }

    /// The number of images of the response.
    var outputs: Int { isLayered ? 1 + ArkPart.layerCount(model.entry) : count }
}
