#if Client && Emulator
import HTTPTypes
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

@Suite("one deadline for the whole job")
struct TimeLimitTests {
    /// The time limit in seconds, and the tolerance for a busy machine.
    private static let given = 1.5
    private static let margin = 6.0

    /// A call and the fault that delays it: it hangs, trickles, or asks for a wait.
    struct HeldUp: Sendable, CustomTestStringConvertible {
        var provider: ProviderID
        var operation: String
        var faults: [Fault]
        var testDescription: String { operation }
    }

    private static let patience: [Fault] = [
        .status(503, retryAfter: "100", accepted: false), .status(429, retryAfter: "60", accepted: false),
    ]
    private static let answers: [Fault] =
        [
            .delay(seconds: 300), .slowWrite(bytesPerSecond: 1),
            .status(504, retryAfter: nil, accepted: false),
            .truncate(bytes: 3), .html(status: 502),
        ] + patience

    static let calls = [
        // After any other failure of this call, the client uploads under a token.
        HeldUp(
            provider: .fal, operation: "fal.initiate",
            faults: [.delay(seconds: 300), .slowWrite(bytesPerSecond: 1)]),
        HeldUp(
            provider: .fal, operation: "fal.put",
            faults: [.delay(seconds: 300), .slowRead(bytesPerSecond: 1)] + patience),
        HeldUp(
            provider: .apiframe, operation: "apiframe.upload",
            faults: [.delay(seconds: 300), .slowRead(bytesPerSecond: 1), .slowWrite(bytesPerSecond: 1)]
                + patience),
        HeldUp(provider: .fal, operation: "fal.status", faults: answers),
        HeldUp(provider: .fal, operation: "fal.result", faults: answers),
        HeldUp(provider: .fal, operation: "fal.download", faults: answers),
        HeldUp(provider: .apiframe, operation: "apiframe.job", faults: answers),
        HeldUp(provider: .aiml, operation: "aiml.download", faults: answers),
    ]

    @Test("ends in time when a call hangs or trickles, and loses nothing", arguments: calls)
    func heldUp(_ call: HeldUp) async throws {
        let photo = try await Photo.edit()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fault in call.faults {
                group.addTask { try await Self.run(fault, at: call.operation, of: call.provider, photo) }
            }
            try await group.waitForAll()
        }
    }

    private static func run(
        _ fault: Fault, at operation: String, of provider: ProviderID, _ request: GenerationRequest
    ) async throws {
        let what = "\(fault) at \(operation)"
        try await Rig.with { rig in
            await rig.emulator.setFaults([FaultRule(operation, fault)])
            let ledger = MemoryLedger()
            let client = try rig.client(provider, ledger: ledger) {
                $0.imageTransport = provider == .aiml ? .automatic : .upload
                $0.jobTimeout = given
                $0.readTimeout = 60
                $0.paidReadTimeout = 60
                $0.newJobPatience = 60
                $0.retry = RetryPolicy()
            }
            let (events, reporter) = ClientReporter.makeStream()
            async let paid = Self.paidTime(in: events)
            let start = ContinuousClock.now
            let error = await #expect(throws: ClientError.self, "\(what)") {
                try await client.run(request, to: rig.destination, reportingTo: reporter)
            }
            let whole = ContinuousClock.now - start
            reporter.finish()
            // The paid request gets its reply, even if the emulator draws slowly on a busy machine.
            let took = (whole - (await paid)) / .seconds(1)
            #expect(took < given + margin, "\(what): \(took) s")
            let jobs = await ledger.jobs(in: nil, limit: nil)
            await rig.emulator.setFaults([])
            guard let job = jobs.first else {
                // It was delayed before anything was sent.
                #expect(error?.purchase == .notTaken, "\(what)")
                #expect(await rig.emulator.ledger.isEmpty, "\(what)")
                return
            }
            if job.state == .failed {
                // On a busy machine the upload used all of the time: nothing was sent.
                #expect(error?.purchase == .notTaken, "\(what)")
                #expect(await rig.emulator.ledger.isEmpty, "\(what)")
                return
            }
            #expect(job.state == .accepted || job.state == .finished, "\(what): \(job.state)")
            let later = try rig.client(provider, ledger: ledger)
            #expect(try await later.resume(job.id)?.state == .saved, "\(what)")
            #expect(await rig.emulator.ledger.count == 1, "\(what)")
        }
    }

    /// Returns the time from sending the paid request to its reply.
    private static func paidTime(in events: AsyncStream<ClientEvent>) async -> Duration {
        var sent: ContinuousClock.Instant?
        var answered: ContinuousClock.Instant?
        for await event in events {
            switch event {
            case .submitting: sent = .now
            case .accepted, .finished: answered = answered ?? .now
            default: break
            }
        }
        guard let sent, let answered else { return .zero }
        return answered - sent
    }

    @Test(
        "does not count the time of the paid request, which gets its reply",
        arguments: [ProviderID.fal, .aiml])
    func paid(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("*.submit", .delay(seconds: 3)), FaultRule("*.generate", .delay(seconds: 3)),
            ])
            let client = try rig.client(provider) {
                $0.jobTimeout = 2.5
                $0.paidReadTimeout = 20
            }
            #expect(try await client.run(try await Photo.edit(), to: rig.destination).state == .saved)
        }
    }

    @Test("limits the paid request to the time it needs, and every other call to the time left")
    func limits() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        for (id, hasJobs, kind, need) in [
            (ProviderID.fal, true, APIOperation.Kind.submit, 25.0), (.apiframe, true, .generate, 25),
            (.fal, true, .run, 120), (.aiml, false, .generate, 120),
        ] {
            var provider = StubProvider(id: id)
            provider.limits.hasJobs = hasJobs
            var client = APIClientTests.client(transport, provider)
            client.deadline = Deadline(after: 5)
            let request = APIRequest(
                operation: APIOperation(id, kind), method: .post, url: APIClientTests.base + "/x",
                isKeyed: false)
            _ = try await client.submit(
                request, idempotencyKey: nil, readTimeout: 600, inlineImages: 0,
                read: provider.success(in:))
            #expect(transport.requests.all.last?.totalTimeout == need)
            // More time is left than it needs.
            client.deadline = Deadline(after: 300)
            _ = try await client.submit(
                request, idempotencyKey: nil, readTimeout: 600, inlineImages: 0,
                read: provider.success(in:))
            let total = try #require(transport.requests.all.last?.totalTimeout)
            #expect(total > 290 && total <= 300)
            client.deadline = Deadline(after: 5)
            _ = try await client.call(APIClientTests.get())
            #expect(try #require(transport.requests.all.last?.totalTimeout) <= 5)
        }
        // If the time is up, nothing is sent and nothing was bought.
        var client = APIClientTests.client(transport)
        client.deadline = Deadline(after: 0)
        let count = transport.requests.all.count
        let late = client
        let error = await #expect(throws: ClientError.self) { try await late.call(APIClientTests.get()) }
        #expect(error?.category == .timeout && error?.purchase == .notTaken)
        #expect(transport.requests.all.count == count)
    }
}
#endif
