#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

@Suite("How jobs end")
struct EndingTests {
    @Test("a result that never comes is given up, and asked for again when it is resumed")
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
            #expect(error?.category == .notFound)
            let job = try #require(await ledger.jobs(in: nil, limit: nil).first)
            #expect(job.state == .unknown)
            await rig.emulator.setFaults([])
            #expect(try await client.resume(job.id)?.state == .saved)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test("a refusal of the second try says nothing about the first")
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

    @Test("a wait that is asked for does not slow down what comes after it")
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

    @Test("a host that quotes the key does not have it shown")
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
        "a wait beyond all bounds is no number that a hint cannot hold",
        arguments: [1e20, -.infinity, 0, 30.2] as [Double])
    func hints(_ seconds: Double) {
        let error = ClientError(
            .rateLimit, provider: .fal, operation: "fal.submit", message: "slow down", retryAfter: seconds,
            purchase: .notTaken)
        #expect(error.hint.hasPrefix("wait "))
    }

    @Test("a folder that cannot be made is found before anything is bought")
    func folder() async throws {
        try await Rig.with { rig in
            let file = try rig.folder.write([0], as: "file")
            await #expect(throws: SaveError.self) {
                try await rig.client(.fal).run(try await Photo.edit(), to: Destination(folder: file))
            }
            #expect(await rig.emulator.requests.isEmpty)
        }
    }

    @Test("an interrupted submit to a host with jobs still learns the job's id")
    func interrupted() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([FaultRule("fal.submit", .delay(seconds: 1))])
            let ledger = MemoryLedger()
            let client = try rig.client(.fal, ledger: ledger)
            let request = try await Photo.edit()
            let destination = rig.destination
            let run = Task { try await client.run(request, to: destination) }
            while await rig.emulator.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            let job = try #require(await ledger.jobs(in: nil, limit: nil).first)
            #expect(job.state == .accepted)
            #expect(try await client.resume(job.id)?.state == .saved)
        }
    }
}
#endif
