import SeedreamModel

/// The schema of `seedream models --json`.
enum ModelSchema {
    /// One model at one provider.
    static let model = Schema.object([
        .always("provider", .words(of: ProviderID.self)),
        .always("alias", .text("The name of the model at every provider.")),
        .always("editModels", .list(of: .text(), "The provider's ids for edits, the default first.")),
        .always(
            "generateModels", .list(of: .text(), "The provider's ids for text-to-image, the default first.")),
        .maybe("output", output),
        .maybe("inputs", inputs),
        .maybe("fields", fields),
        .maybe("price", .object([.always("rule", rule), .always("source", source)])),
        .maybe(
            "seconds",
            .object([
                .always("least", .number("The shortest time that an image took, in seconds.")),
                .always("most", .number("The longest.")), .always("source", source),
            ])),
        .maybe("page", .text("The page to check these facts against.", format: "uri")),
    ])

    /// A rule for prices, also of a request in a plan.
    static let rule = Schema.object(
        "How the price depends on a request.",
        [
            .always("unit", .words(of: Price.Unit.self)),
            .always(
                "steps",
                .list(
                    of: .object([
                        .maybe(
                            "maximumArea",
                            .integer("The largest area with this price, in px²; missing for all larger ones.")
                        ),
                        .always("amount", .number("The price of one image.")),
                    ]), "The prices by area, the smallest first.")),
            .always("perInput", .number("The fee for each input.")),
            .always("freeInputs", .integer("The number of inputs without a fee.")),
            .maybe("perLayer", .number("The price of each layer.")),
        ])

    private static let source = Schema.object(
        "Where a fact was read.",
        [
            .always("document", .text("The document.")),
            .always("date", .text("The day on which it was read.")),
            .always("evidence", .words(of: FactSource.Evidence.self, "How far it can be trusted.")),
        ])

    private static let output = Schema.object(
        "The sizes of results.",
        [
            .maybe("minimumArea", .integer("The smallest area, in px².")),
            .maybe("maximumArea", .integer("The largest area, in px².")),
            .maybe("sides", .list(of: .integer("px"), "The shortest and the longest side, in px.")),
            .maybe("maximumRatio", .number("The largest ratio of the long side to the short side.")),
            .always("tiers", .list(of: .words(of: SizeTier.self))),
            .always("presets", .list(of: .words(of: SizePreset.self))),
            .always(
                "enlarges",
                .list(of: .words(of: GenerationOperation.self), "Where a smaller size is enlarged.")),
            .always("source", source),
        ])

    private static let inputs = Schema.object(
        "The limits on inputs.",
        [
            .always("maximum", .integer("The most inputs; of more, the last are used.")),
            .maybe("maximumWithOutputs", .integer("The most inputs and outputs together.")),
            .maybe("bytes", .integer("The largest encoded image, in bytes.")),
            .maybe("mediaTypes", .list(of: .words(of: MediaType.self), "What is sent unchanged.")),
            .maybe("maximumRatio", .number("The largest ratio of the long side to the short side.")),
            .always("source", source),
        ])

    private static let fields = Schema.object(
        "The fields of a request; one in neither list is unknown.",
        [
            .always("has", .list(of: .words(of: ModelField.self))),
            .always("lacks", .list(of: .words(of: ModelField.self))),
            .maybe("counts", .list(of: .integer(""), "The fewest and the most separate generations.")),
            .maybe(
                "imagesPerGeneration", .list(of: .integer(""), "The fewest and the most images of one.")),
            .maybe("guidanceScale", .list(of: .number(""), "The smallest and the largest scale.")),
            .maybe("maximumLayers", .integer("The most layers, without the base image.")),
            .always("source", source),
        ])
}
