package import HTTPTypes
package import SeedreamModel

/// fal.ai: the queue, which gives a job at once, and the synchronous run.
///
/// - SeeAlso: `contracts/providers.md`, section 2, where each number's source stands.
package struct FalProvider: Provider {
    package init() {}

    package var id: ProviderID { .fal }

    package var limits: ProviderLimits {
        var limits = ProviderLimits(
            editModel: "fal-ai/bytedance/seedream/v4/edit",
            generateModel: "fal-ai/bytedance/seedream/v4/text-to-image")
        limits.counts = 1...6
        limits.imagesPerGeneration = 1...6
        // On an edit only: text-to-image has no such rule.
        limits.maximumInputsAndOutputs = 15
        // An edit below it is scaled up by fal; text-to-image below it is refused.
        limits.area = 921_600...16_777_216
        // 10 MiB as text: the cap of fal's own server toolkit, and what its maintainers write. No
        // document promises it.
        limits.dataURICharacters = 10_485_760
        // The size above which fal's own clients upload in parts, which this one does not.
        limits.uploadBytes = 90 << 20
        limits.deliversInline = true
        limits.hasWebhooks = true
        limits.hasJobs = true
        limits.canCancel = true
        limits.price = Price(
            amount: 0.03, unit: .usDollars, date: "2026-11-21",
            source: "listed by other sellers of Seedream 4; fal's own price page was not read")
        return limits
    }

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "Key \(key.secret)"
    }
}
