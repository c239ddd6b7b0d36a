import ImageCodecs
import SeedreamModel

/// A model of Ark: what its row in the model table means for Ark's fields.
struct ArkModel: Sendable {
    let entry: ModelEntry
    /// The ID, as sent.
    let id: String

    /// The sizes that name no shape, with their areas in px².
    var tiers: [(name: String, area: Int)] {
        let tiers = entry.output?.value.tiers ?? SizeTier.allCases
        return tiers.map { (name: $0.rawValue, area: $0.side * $0.side) }
    }

    /// The values of `optimize_prompt_options.mode`; empty if the model has no such field.
    var optimizations: [String] {
        let modes: [(name: String, field: ModelField)] = [
            ("standard", .enhancementStandard), ("fast", .enhancementFast),
        ]
        let known = modes.filter { entry.has($0.field) }
        return (known.isEmpty ? modes.filter { !entry.lacks($0.field) } : known).map { $0.name }
    }

    /// The fields of a body that only some models have.
    private static let someHave: [(field: ModelField, name: String)] = [
        (.imagesPerGeneration, "sequential_image_generation"),
        (.imagesPerGeneration, "sequential_image_generation_options"), (.seed, "seed"),
        (.guidanceScale, "guidance_scale"), (.resultFormat, "output_format"), (.background, "background"),
        (.backgroundOfInput, "background"), (.layers, "layer_decomposition"),
    ]

    /// The names of the fields that the model is known to have.
    var fields: Set<String> {
        var names: Set<String> = ["model", "prompt", "size", "response_format", "watermark", "stream"]
        if entry.imageUse(of: id) != .absent { names.insert("image") }
        if !optimizations.isEmpty { names.insert("optimize_prompt_options") }
        for (field, name) in Self.someHave where entry.has(field) { names.insert(name) }
        return names
    }

    /// Returns the limits on input images.
    ///
    /// HEIC and HEIF are documented for 5.0 Pro. That all models that split images into layers take
    /// them, as it was the first, is a guess: its successors' documents were not read.
    func limits(_ open: Ambiguities) -> InputLimits {
        var limits = InputLimits(
            formats: [.jpeg, .png, .webp, .bmp, .tiff, .gif],
            maximumBytes: entry.inputs?.value.bytes ?? 10_000_000,
            maximumAspectRatio: entry.maximumInputRatio(open))
        if entry.has(.layers) { limits.formats.formUnion([.heic, .heif]) }
        return limits
    }

    /// The largest number of input images of any model, for a row without one.
    private static let largestMaximum = 14

    /// Returns the maximum number of input images.
    func maximumInputs(_ open: Ambiguities) -> Int {
        if entry.alias == ModelTable.defaultAlias, let number = open.arkMaximumInputs { return number }
        return entry.inputs?.value.maximum ?? Self.largestMaximum
    }
}
