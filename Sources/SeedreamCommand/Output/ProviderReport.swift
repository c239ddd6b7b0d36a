import SeedreamClient

/// The JSON document of `seedream providers --json`, schema 1.
struct ProviderReport: Encodable {
    /// One host.
    struct Host: Encodable {
        var name: String
        var displayName: String
        var keyVariables: [String]
        var editModel: String
        var generateModel: String
        var maximumImages: Int
        var counts: [Int]
        var imagesPerGeneration: [Int]
        var maximumInputsAndOutputs: Int?
        var promptCharacters: Int?
        var sides: [Int]?
        var area: [Int]?
        var uploadBytes: Int?
        var inlineResults: Bool
        var webhooks: Bool
        var jobs: Bool
        var cancellation: Bool
        var idempotencyKeys: Bool
        var resultLifetime: Double?
        var price: Price?

        init(_ provider: ProviderID) {
            let limits = SubmissionPlanner(provider).limits
            name = provider.rawValue
            displayName = provider.displayName
            keyVariables = [KeyNames(provider).key]
            editModel = limits.editModel
            generateModel = limits.generateModel
            maximumImages = limits.maximumImages
            // The end is left out where no document gives one.
            counts = [limits.counts.lowerBound, limits.counts.upperBound].filter { $0 < .max }
            imagesPerGeneration = [
                limits.imagesPerGeneration.lowerBound, limits.imagesPerGeneration.upperBound,
            ]
            maximumInputsAndOutputs = limits.maximumInputsAndOutputs
            promptCharacters = limits.promptCharacters?.upperBound
            sides = limits.sides.map { [$0.lowerBound, $0.upperBound] }
            area = limits.area.map { [$0.lowerBound, $0.upperBound] }
            uploadBytes = limits.uploadBytes
            inlineResults = limits.deliversInline
            webhooks = limits.hasWebhooks
            jobs = limits.hasJobs
            cancellation = limits.canCancel
            idempotencyKeys = limits.honorsIdempotencyKeys
            resultLifetime = limits.resultLifetime
            price = limits.price
        }
    }

    var schema = 1
    var providers = ProviderID.allCases.map(Host.init)
}
