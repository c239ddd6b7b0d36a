#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

@Suite("how jobs end")
struct EndingTests {
    @Test("a result that never comes leaves the job open, and is requested again on resume")
    func missingResult() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("fal.result", .status(404, retryAfter: nil, accepted: false))
            ])
            let ledger = MemoryLedger()
            let client = try rig.client(.fal, ledger: ledger) { $0.jobTimeout = 300 }
            let error = await #expect(throws: ClientError.self) {
                try await client.run(try await Photo.edit(), to: rig.destination)
            }
            #expect(error?.category == .notFound && error?.purchase == .taken)
            let job = try #require(await ledger.jobs(in: nil, limit: nil).first)
            #expect(job.state == .accepted && job.error?.category == .notFound)
            await rig.emulator.setFaults([])
            #expect(try await client.resume(job.id)?.state == .saved)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test(
        "a provider that does not yet know a job it has just accepted is asked again",
        arguments: [ProviderID.fal, .apiframe])
    func notKnownYet(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            let operation = provider == .fal ? "fal.status" : "apiframe.job"
            // More often than the usual attempts for a question without an answer.
            await rig.emulator.setFaults([
                FaultRule(operation, .status(404, retryAfter: nil, accepted: false), count: 9)
            ])
            let client = try rig.client(provider) { $0.newJobPatience = 30 }
            let job = try await client.run(try await Photo.edit(), to: rig.destination)
            #expect(job.state == .saved)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test(
        "a job stays open under every error reply to a status request",
        arguments: [ProviderID.fal, .apiframe], [400, 401, 402, 403, 404, 409, 422, 500])
    func stillOpen(_ provider: ProviderID, _ status: Int) async throws {
        try await Rig.with { rig in
            let operation = provider == .fal ? "fal.status" : "apiframe.job"
            await rig.emulator.setFaults([
                FaultRule(operation, .status(status, retryAfter: nil, accepted: false))
            ])
            let ledger = MemoryLedger()
            let client = try rig.client(provider, ledger: ledger)
            let error = await #expect(throws: ClientError.self) {
                try await client.run(try await Photo.edit(), to: rig.destination)
            }
            #expect(error?.purchase == .taken && error?.status == status)
            let job = try #require(await ledger.jobs(in: nil, limit: nil).first)
            #expect(job.state == .accepted)
            await rig.emulator.setFaults([])
            #expect(try await client.resume(job.id)?.state == .saved)
        }
    }

    @Test(
        "a lost job becomes unknown only after the time for which its provider keeps results"
    )
    func forgotten() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("apiframe.job", .status(404, retryAfter: nil, accepted: false))
            ])
            let ledger = MemoryLedger()
            let client = try rig.client(.apiframe, ledger: ledger)
            let sent = try await client.submit(try await Photo.edit(), to: rig.destination)
            // Apiframe keeps results for a day.
            let ages: [(Double, JobState)] = [(3600, .accepted), (100_000, .unknown)]
            for (index, (age, state)) in ages.enumerated() {
                var job = JobRecord(
                    id: "old-\(index)", provider: .apiframe, baseURL: sent.baseURL, model: sent.model,
                    operation: .edit,
                    prompt: "", created: sent.created - age, inputs: [], maximumOutputs: 1,
                    destination: rig.destination)
                (job.state, job.ticket) = (.accepted, sent.ticket)
                try await ledger.insert(job)
                await #expect(throws: ClientError.self) { try await client.resume(job.id) }
                let left = try #require(await ledger.job(job.id))
                #expect(left.state == state && left.ticket == sent.ticket)
            }
            // Its id is known, so the provider can still be asked.
            await rig.emulator.setFaults([])
            #expect(try await client.resume("old-1")?.state == .saved)
        }
    }

    @Test("a refusal of the second attempt does not settle the first")
    func garbledThenRefused() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("apiframe.generate", .invalidJSON, count: 1),
                FaultRule("apiframe.generate", .status(402, retryAfter: nil, accepted: false), skip: 1),
            ])
            let ledger = MemoryLedger()
            let client = try rig.client(.apiframe, ledger: ledger)
            let error = await #expect(throws: ClientError.self) {
                try await client.run(try await Photo.edit(), to: rig.destination)
            }
            #expect(error?.purchase == .unknown)
            #expect(await ledger.jobs(in: nil, limit: nil).map(\.state) == [.unknown])
        }
    }

    @Test("a requested wait does not slow down later calls")
    func askedToWait() async throws {
        try await Rig.with {
            $0.queueTime = 6
        } _: { rig in
            await rig.emulator.setFaults([
                FaultRule("fal.status", .status(503, retryAfter: "1", accepted: false), count: 3)
            ])
            let client = try rig.client(.fal) { $0.retry.attempts = 1 }
            let start = ContinuousClock.now
            _ = try await client.run(try await Photo.edit(), to: rig.destination)
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(await rig.emulator.requests.filter { $0.operation == "fal.status" }.count > 4)
        }
    }

    @Test("a key quoted by a provider is not shown")
    func quotedKey() async throws {
        try await Rig.with { rig in
            let key = "canary-id-0123456789:canary-secret-0123456789"
            await rig.emulator.setFaults([
                FaultRule(
                    "fal.submit",
                    .answer(
                        status: 401, headers: ["Content-Type": "application/json"],
                        body: "{\"detail\":\"Incorrect key \(key), secret canary-secret-0123456789\"}"))
            ])
            let client = try rig.client(.fal, key: key)
            let error = await #expect(throws: ClientError.self) {
                try await client.run(try await Photo.edit(), to: rig.destination)
            }
            #expect(error?.category == .credentials)
            #expect("\(String(describing: error))".contains("<key>"))
            #expect(!"\(String(describing: error))".contains("0123456789"))
        }
    }

    @Test(
        "a wait out of range still gives a hint",
        arguments: [1e20, -.infinity, 0, 30.2] as [Double])
    func hints(_ seconds: Double) {
        let error = ClientError(
            .rateLimit, provider: .fal, operation: "fal.submit", message: "slow down", retryAfter: seconds,
            purchase: .notTaken)
        #expect(error.hint.hasPrefix("wait "))
    }

    @Test("a folder that cannot be created is detected before anything is bought")
    func folder() async throws {
        try await Rig.with { rig in
            let file = try rig.folder.write([0], as: "file")
            await #expect(throws: SaveError.self) {
                try await rig.client(.fal).run(try await Photo.edit(), to: Destination(folder: file))
            }
            #expect(await rig.emulator.requests.isEmpty)
        }
    }

    @Test(
        "an interrupted paid request still waits for its reply: the job's id, or the images",
        arguments: [ProviderID.fal, .aiml, .ark])
    func interrupted(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("*.submit", .delay(seconds: 1)), FaultRule("*.generate", .delay(seconds: 1)),
            ])
            let ledger = MemoryLedger()
            let client = try rig.client(provider, ledger: ledger)
            let request = try await Photo.edit()
            let destination = rig.destination
            let run = Task { try await client.run(request, to: destination) }
            try await eventually("the request arrives") { await !rig.emulator.requests.isEmpty }
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            let job = try #require(await ledger.jobs(in: nil, limit: nil).first)
            #expect(job.state == (provider == .fal ? .accepted : .finished))
            #expect(try await client.resume(job.id)?.state == .saved)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test("an interrupted paid request that gets no reply in time is unknown")
    func unansweredAfterInterruption() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([FaultRule("fal.submit", .delay(seconds: 20))])
            let ledger = MemoryLedger()
            let client = try rig.client(.fal, ledger: ledger) {
                $0.submitGrace = 0.3
                $0.paidReadTimeout = 60
            }
            let request = try await Photo.edit()
            let destination = rig.destination
            let run = Task { try await client.run(request, to: destination) }
            try await eventually("the request arrives") { await !rig.emulator.requests.isEmpty }
            let start = ContinuousClock.now
            run.cancel()
            let error = await #expect(throws: ClientError.self) { try await run.value }
            #expect(error?.purchase == .unknown && error?.category == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(await ledger.jobs(in: nil, limit: nil).map(\.state) == [.unknown])
        }
    }
}
#endif
