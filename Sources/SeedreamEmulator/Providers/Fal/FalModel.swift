import SeedreamModel

/// A model of fal: an endpoint's ID, and what its row in the model table means for fal's fields.
struct FalModel: Sendable {
    let entry: ModelEntry
    let id: String

    /// Finds the model with an ID; `nil` for an unknown ID.
    init?(_ id: String, in configuration: EmulatorConfiguration) {
        guard let entry = configuration.model(id, at: .fal) else { return nil }
        self.entry = entry
        self.id = id
    }

    /// The owner and alias, which appear in status, result and cancel URLs.
    var root: String { id.split(separator: "/").prefix(2).joined(separator: "/") }

    /// Whether the endpoint's schema has `image_urls`.
    var takesImages: Bool { entry.imageUse(of: id) != .absent }
    /// Whether the endpoint's schema requires `image_urls`.
    var requiresImages: Bool { entry.imageUse(of: id) == .required }
    /// Whether a size below the minimum area is scaled up instead of refused.
    var enlarges: Bool {
        entry.output?.value.enlarges.contains(takesImages ? .edit : .generate) ?? false
    }

    /// The fields of Seedream 4, which a later model has unless it is known to lack them.
    private static let common: [(field: ModelField, name: String)] = [
        (.count, "num_images"), (.imagesPerGeneration, "max_images"), (.seed, "seed"),
        (.syncMode, "sync_mode"), (.safetyChecker, "enable_safety_checker"),
    ]
    /// The fields that Seedream 4 lacks, which a later model has only if it is known to.
    private static let later: [(field: ModelField, name: String)] = [
        (.resultFormat, "output_format"), (.background, "background"), (.backgroundOfInput, "background"),
    ]

    /// The values of `enhance_prompt_mode`; empty if the model has no such field.
    var enhancements: [String] {
        let modes: [(name: String, field: ModelField)] = [
            ("standard", .enhancementStandard), ("fast", .enhancementFast),
        ]
        return modes.filter { !entry.lacks($0.field) }.map { $0.name }
    }

    /// The names of the fields in the endpoint's schema.
    var fields: Set<String> {
        var names: Set<String> = ["prompt", "image_size"]
        if takesImages { names.insert("image_urls") }
        if !enhancements.isEmpty { names.insert("enhance_prompt_mode") }
        for (field, name) in Self.common where !entry.lacks(field) { names.insert(name) }
        for (field, name) in Self.later where entry.has(field) { names.insert(name) }
        return names
    }

    /// The names that `image_size` accepts.
    var presets: [String] { (entry.output?.value.presets ?? SizePreset.allCases).map(\.rawValue) }

    /// The maximum number of images; if more are sent, only the last ones are used.
    var maximumImages: Int { entry.inputs?.value.maximum ?? 10 }
    /// The range of `num_images`.
    var counts: ClosedRange<Int> { entry.fields?.value.counts ?? 1...6 }
    /// The range of `max_images`.
    var imagesPerGeneration: ClosedRange<Int> { entry.fields?.value.imagesPerGeneration ?? 1...6 }
}
