import Pixels
import SeedreamModel

/// A model of AIML: what its row in the model table means for AIML's fields.
struct AIMLModel: Sendable {
    let entry: ModelEntry
    let id: String

    /// Finds the model with an ID; `nil` for an unknown ID.
    init?(_ id: String, in configuration: EmulatorConfiguration) {
        guard let entry = configuration.model(id, at: .aiml) else { return nil }
        self.entry = entry
        self.id = id
    }

    /// Whether the model has fal's schema and reply, as that of Seedream 4: `sync_mode` is fal's.
    var isFromFal: Bool { entry.has(.syncMode) }

    /// The fields of a body that only some models have. `watermark` comes with `response_format`.
    private static let someHave: [(field: ModelField, name: String)] = [
        (.count, "num_images"), (.syncMode, "sync_mode"), (.safetyChecker, "enable_safety_checker"),
        (.responseFormat, "response_format"), (.responseFormat, "watermark"),
        (.guidanceScale, "guidance_scale"), (.resultFormat, "output_format"),
    ]

    /// The names of the schema's fields.
    var fields: Set<String> {
        var names: Set<String> = ["model", "prompt", "image_size"]
        if entry.imageUse(of: id) != .absent { names.insert("image_urls") }
        if !entry.lacks(.seed) { names.insert("seed") }
        for (field, name) in Self.someHave where entry.has(field) { names.insert(name) }
        return names
    }

    /// The number of items in `image_urls`.
    var inputs: ClosedRange<Int> { 1...max(1, entry.inputs?.value.maximum ?? 14) }
    /// The range of `num_images`.
    var counts: ClosedRange<Int> { entry.fields?.value.counts ?? 1...4 }
    /// The range of `seed`; `nil` without a limit.
    var seeds: ClosedRange<Int>? { isFromFal ? 1...Int.max : nil }
    /// The range of the sides in `image_size`, in px. The widest known one if it is unknown.
    var sides: ClosedRange<Int> { entry.output?.value.sides ?? 512...4096 }

    /// The names that `image_size` accepts: those of presets, or else those of tiers.
    var sizeNames: [String] {
        guard let rule = entry.output?.value else { return SizeTier.allCases.map(\.rawValue) }
        return rule.presets.isEmpty ? rule.tiers.map(\.rawValue) : rule.presets.map(\.rawValue)
    }

    /// The size of the result if the request states none: `square_hd` of Seedream 4 and `1.5K` of
    /// 5.0 Pro are documented. Both are the first name; that it is so for the others is a guess.
    var defaultSize: AIMLInput.Size {
        guard let name = sizeNames.first else { return .pixels(entry.defaultSize) }
        return .named(name)
    }
}
