import SeedreamModel

/// The JSON document of `seedream models --json`, schema 1. What is unknown is missing.
struct ModelReport: Encodable {
    /// One model at one provider.
    struct Model: Encodable {
        var provider: ProviderID
        var alias: String
        var editModels: [String]
        var generateModels: [String]
        var output: Output?
        var inputs: Inputs?
        var fields: Fields?
        var price: CostRule?
        var seconds: Seconds?
        var page: String?

        init(_ entry: ModelEntry) {
            (provider, alias, page) = (entry.provider, entry.alias, entry.page)
            (editModels, generateModels) = (entry.editIDs, entry.generateIDs)
            output = entry.output.map(Output.init)
            inputs = entry.inputs.map(Inputs.init)
            fields = entry.fields.map(Fields.init)
            price = entry.price.map { CostRule(rule: $0.value, source: $0.source) }
            seconds = entry.seconds.map {
                Seconds(least: $0.value.lowerBound, most: $0.value.upperBound, source: $0.source)
            }
        }
    }

    /// The sizes of results.
    struct Output: Encodable {
        var minimumArea: Int?
        var maximumArea: Int?
        var sides: [Int]?
        var maximumRatio: Double?
        var tiers: [SizeTier]
        var presets: [SizePreset]
        var enlarges: [GenerationOperation]
        var source: FactSource

        init(_ fact: Fact<OutputRule>) {
            let rule = fact.value
            minimumArea = rule.area?.lowerBound
            maximumArea = rule.area.flatMap { $0.upperBound < .max ? $0.upperBound : nil }
            sides = rule.sides.map { [$0.lowerBound, $0.upperBound] }
            (maximumRatio, tiers, presets) = (rule.maximumRatio, rule.tiers, rule.presets)
            (enlarges, source) = (rule.enlarges, fact.source)
        }
    }

    /// The limits on inputs.
    struct Inputs: Encodable {
        var maximum: Int
        var maximumWithOutputs: Int?
        var bytes: Int?
        var mediaTypes: [MediaType]?
        var maximumRatio: Double?
        var source: FactSource

        init(_ fact: Fact<InputRule>) {
            let rule = fact.value
            (maximum, maximumWithOutputs, bytes) = (rule.maximum, rule.maximumWithOutputs, rule.bytes)
            (mediaTypes, maximumRatio, source) = (rule.mediaTypes, rule.maximumRatio, fact.source)
        }
    }

    /// The fields of a request. One in neither list is unknown.
    struct Fields: Encodable {
        var has: [ModelField]
        var lacks: [ModelField]
        var counts: [Int]?
        var imagesPerGeneration: [Int]?
        var guidanceScale: [Double]?
        var maximumLayers: Int?
        var source: FactSource

        init(_ fact: Fact<FieldRule>) {
            let rule = fact.value
            has = ModelField.allCases.filter(rule.has.contains)
            lacks = ModelField.allCases.filter(rule.lacks.contains)
            counts = rule.counts.map { [$0.lowerBound, $0.upperBound] }
            imagesPerGeneration = rule.imagesPerGeneration.map { [$0.lowerBound, $0.upperBound] }
            guidanceScale = rule.guidanceScale.map { [$0.lowerBound, $0.upperBound] }
            (maximumLayers, source) = (rule.maximumLayers, fact.source)
        }
    }

    /// The price.
    struct CostRule: Encodable {
        var rule: PriceRule
        var source: FactSource
    }

    /// The time that an image takes.
    struct Seconds: Encodable {
        var least: Double
        var most: Double
        var source: FactSource
    }

    var schema = 1
    var models: [Model]

    init(_ entries: [ModelEntry]) { models = entries.map(Model.init) }
}
