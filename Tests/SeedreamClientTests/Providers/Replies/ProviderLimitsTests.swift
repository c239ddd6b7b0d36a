import SeedreamClient
import SeedreamModel
import Testing

@Suite("limits of the providers")
struct ProviderLimitsTests {
    @Test(
        "only Apiframe has jobs, uploads, webhooks and idempotency keys, and none of these can cancel",
        arguments: [AIMLProvider(), OneRouterProvider(), ArkProvider(), ApiframeProvider()] as [any Provider])
    func features(_ provider: any Provider) {
        let isApiframe = provider.id == .apiframe
        let limits = SubmissionPlanner(provider.id).limits
        #expect(limits.hasJobs == isApiframe)
        #expect(limits.hasWebhooks == isApiframe)
        #expect(limits.honorsIdempotencyKeys == isApiframe)
        #expect(limits.uploadBytes == (isApiframe ? 25_000_000 : nil))
        #expect(limits.prefersDataURIs == !isApiframe)
        #expect(limits.deliversInline == !isApiframe)
        #expect(!limits.canCancel)
        #expect(limits.maximumImages == 10)
        #expect((limits.price?.amount == 3) == isApiframe)
        #expect((limits.price?.unit == .credits) == isApiframe)
    }

    @Test("drafts for a base URL go below it")
    func behind() throws {
        for provider in [AIMLProvider(), OneRouterProvider(), ArkProvider(), ApiframeProvider()]
            as [any Provider]
        {
            let base = "http://127.0.0.1:9/\(provider.id.rawValue)"
            let draft = try provider.draft(
                SampleImage.request(0), images: [],
                in: RequestContext(endpoints: .behind(base, provider.id)))
            #expect(draft.url.hasPrefix("\(base)/"))
        }
    }

    @Test("a hostile provider's text is cut before it is printed")
    func words() throws {
        let long = String(repeating: "x", count: 5000)
        let reply = HostReply.json(
            [
                "error": [
                    "code": .string("co\u{1B}[31mde\n" + long), "message": .string("a\nb\u{7} " + long),
                    "param": .string(long),
                ]
            ], status: 400, ["x-request-id": long])
        let error = try #require(try ArkProvider().refusal(reply))
        #expect(error.code?.hasPrefix("co[31mdex") == true)
        #expect(error.code?.count == 128)
        #expect(error.field?.count == 128)
        #expect(error.requestID?.count == 128)
        #expect(error.message.hasPrefix("a b\u{FFFD} <"))
        #expect(error.description.count < 1200)
    }
}
