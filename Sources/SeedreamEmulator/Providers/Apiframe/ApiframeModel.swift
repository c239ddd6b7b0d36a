import SeedreamModel

/// A model that Apiframe's validator knows. All share one block of fields.
struct ApiframeModel: Sendable {
    let id: String
    /// The model's row in the table; `nil` for one that only the validator knows.
    let entry: ModelEntry?

    /// The price of an image in credits: the model page's price of `seedream-4`. That the others
    /// cost the same is a guess.
    static let credits = 3

    /// The models that the validator knows and the table does not.
    private static let unlisted = ["seedream-3", "seedream-3.1"]

    /// Returns the models, without retired ones.
    static func all(_ configuration: EmulatorConfiguration) -> [ApiframeModel] {
        let retired = configuration.ambiguities.retiredModels
        let listed = configuration.modelIDs(at: .apiframe)
        return (unlisted.filter { !retired.contains($0) && !listed.contains($0) } + listed).map { id in
            ApiframeModel(id: id, entry: configuration.model(id, at: .apiframe))
        }
    }

    /// The model's entry in `GET /v2/models`.
    var catalogueEntry: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "label": .string(label), "modality": "image", "pricingMode": "flat",
            "description": "ByteDance's Seedream, emulated",
        ]
        if let rule = entry?.price?.value, rule.unit == .credits,
            let cost = rule.worstCost(of: PriceRule.Order(outputs: 1, area: nil))
        {
            members["costMin"] = .integer(Int(cost))
            members["costMax"] = .integer(Int(cost))
        }
        return .object(members)
    }

    /// The ID in words: `Seedream 5 Lite`.
    private var label: String {
        id.split(separator: "-").map { "\($0.prefix(1).uppercased())\($0.dropFirst())" }
            .joined(separator: " ")
    }

    /// The sizes that name no shape. What a model without a list makes of them is not stated; here
    /// it makes all.
    var tiers: [SizeTier] {
        guard let tiers = entry?.output?.value.tiers, !tiers.isEmpty else { return SizeTier.allCases }
        return tiers
    }

    /// The range of the sides for `custom`, in px.
    var sides: ClosedRange<Int> { entry?.output?.value.sides ?? ApiframeInput.sides }
    /// Whether the model is known to have `output_format`.
    var choosesFormat: Bool { entry?.has(.resultFormat) ?? false }

    /// Returns the maximum number of input images.
    func maximumInputs(_ open: Ambiguities) -> Int {
        if entry?.alias == ModelTable.defaultAlias, let number = open.apiframeMaximumInputs { return number }
        return entry?.inputs?.value.maximum ?? ApiframeInput.maximumImages
    }

    /// Returns the maximum ratio of the long side of a result to the short one.
    func maximumRatio(_ open: Ambiguities) -> Double {
        entry?.maximumOutputRatio(open) ?? open.maximumOutputRatio
    }
}
