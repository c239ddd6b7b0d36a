#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

@Suite("emulated Apiframe: Idempotency-Key")
struct ApiframeReplaysTests {
    @Test("replies to the same request with the same job, in any state, and bills once")
    func replay() async throws {
        try await RunningEmulator.with { emulator in
            let first = try await emulator.generate(replayKey: "a")
            _ = try await emulator.ended(first)
            let again = try await emulator.generate(replayKey: "a")
            #expect(again.status == 202)
            #expect(try again.json["jobId"] == (try first.json["jobId"]))
            #expect(try again.json["status"] == "COMPLETED")
            #expect(await emulator.emulator.ledger.map(\.state) == [.billed])
            let other = try await emulator.generate(replayKey: "b")
            #expect(try other.json["jobId"] != (try first.json["jobId"]))
            let without = try await emulator.generate()
            #expect(try without.json["jobId"] != (try first.json["jobId"]))
            #expect(await emulator.emulator.ledger.count == 3)
        }
    }

    @Test("refuses another body under the same key, but not the same members in another order")
    func conflict() async throws {
        try await RunningEmulator.with { emulator in
            let texts = [
                #"{"model":"seedream-4","prompt":"a dog"}"#, #"{"prompt":"a dog","model":"seedream-4"}"#,
                #"{"model":"seedream-4","prompt":"a cat"}"#,
            ]
            var replies: [Reply] = []
            for text in texts {
                replies.append(
                    try await emulator.apiframe(
                        "POST", "images/generate", headers: [("Idempotency-Key", "a")],
                        body: Array(text.utf8)))
            }
            #expect(replies.map(\.status) == [202, 202, 409])
            #expect(try replies[0].json["jobId"] == (try replies[1].json["jobId"]))
            #expect(try replies[2].json.object?.keys.sorted() == ["error"])
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test("accepts keys of up to 255 characters")
    func length() async throws {
        try await RunningEmulator.with { emulator in
            let key = String(repeating: "k", count: 255)
            #expect(try await emulator.generate(replayKey: key).status == 202)
            let longer = try await emulator.generate(replayKey: key + "k")
            #expect(longer.status == 400)
            #expect(try longer.json["error"]?.string != nil)
        }
    }

    @Test("makes one job of many simultaneous requests")
    func simultaneous() async throws {
        try await RunningEmulator.with { emulator in
            let ids = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await emulator.generate(replayKey: "a").json["jobId"] }
                }
                return try await group.reduce(into: Set<JSONValue?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test("keeps the job of a request whose reply was lost")
    func lostAnswer() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("apiframe.generate", .reset(.afterAccept), count: 1)
            ])
            await #expect(throws: (any Error).self) { try await emulator.generate(replayKey: "a") }
            let accepted = try #require(await emulator.emulator.ledger.first?.requestID)
            let again = try await emulator.generate(replayKey: "a")
            #expect(try again.json["jobId"] == .string(accepted))
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test("does not remember refusals or the keys of other accounts")
    func refusals() async throws {
        try await RunningEmulator.with({
            $0.credits = 1
            // The first job must not fail, and be refunded, before the second request.
            $0.queueTime = 1
        }) { emulator in
            await emulator.emulator.setFaults([FaultRule("apiframe.generate", .jobFails, count: 1)])
            let first = try await emulator.generate(replayKey: "a")
            let refused = try await emulator.generate(replayKey: "b")
            #expect(refused.status == 402)
            _ = try await emulator.ended(first)
            // The refund has made room.
            #expect(try await emulator.generate(replayKey: "b").status == 202)
        }
        try await RunningEmulator.with { emulator in
            let mine = try await emulator.generate(replayKey: "a")
            let other = try await emulator.generate(
                Apiframe.body([:], ["prompt": "a cat"]), replayKey: "a", key: "afk_other")
            #expect(other.status == 202)
            #expect(try mine.json["jobId"] != (try other.json["jobId"]))
        }
    }
}
#endif
