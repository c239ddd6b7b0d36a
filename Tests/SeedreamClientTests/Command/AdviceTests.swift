#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import TestSupport
import Testing

/// The hints that the command prints with errors are run, and must do what they say.
@Suite("hints that are followed")
struct AdviceTests {
    /// Where a fault strikes, and how the command must end.
    struct Scenario: Sendable, CustomTestStringConvertible {
        var provider: String
        var rule: FaultRule?
        var status: Int32
        /// The state of the job in the ledger; `nil` if none was sent.
        var state: String?
        /// A text that the hint must contain.
        var says: String
        /// The exit code of the command in the hint, once the fault is gone; `nil` if it names
        /// none.
        var after: Int32?
        var options: [String] = []

        var testDescription: String {
            "\(provider) \(rule.map { "\($0.operation) \($0.fault)" } ?? "") \(options)"
        }
    }

    private static func refuse(_ operation: String, _ status: Int) -> FaultRule {
        FaultRule(operation, .status(status, retryAfter: nil, accepted: false))
    }

    private static let locked = FaultRule(
        "fal.status",
        .answer(
            status: 403, headers: ["Content-Type": "application/json"],
            body: #"{"detail":"User is locked. Reason: Exhausted balance. Top up your balance"}"#))

    /// Jobs that were accepted: they stay open after every reply.
    private static let open: [Scenario] =
        [400, 401, 403, 409, 422, 500].map {
            Scenario(
                provider: "fal", rule: refuse("fal.status", $0), status: 76, state: "accepted",
                says: "asking again buys nothing", after: 0)
        }
        + [402, 404, 410].map {
            Scenario(
                provider: "apiframe", rule: refuse("apiframe.job", $0), status: 76, state: "accepted",
                says: "asking again buys nothing", after: 0, options: ["--timeout", "2"])
        } + [
            Scenario(
                provider: "fal", rule: locked, status: 76, state: "accepted", says: "add credits", after: 0),
            Scenario(
                provider: "fal", rule: refuse("fal.result", 401), status: 76, state: "accepted",
                says: "check the key", after: 0),
            Scenario(
                provider: "fal", rule: FaultRule("fal.status", .delay(seconds: 60)), status: 76,
                state: "accepted", says: "asks again", after: 0, options: ["--timeout", "1"]),
            Scenario(
                provider: "fal", rule: FaultRule("fal.download", .slowWrite(bytesPerSecond: 1)), status: 73,
                state: "finished", says: "fetching them buys nothing", after: 0, options: ["--timeout", "2"]),
            Scenario(
                provider: "aiml", rule: refuse("aiml.download", 403), status: 73, state: "finished",
                says: "fetches them", after: 0),
        ]

    /// Requests that were refused, or whose outcome is unknown.
    private static let over: [Scenario] = [
        Scenario(
            provider: "fal", rule: refuse("fal.submit", 401), status: 77, state: "failed",
            says: "nothing was bought"),
        Scenario(
            provider: "aiml", rule: refuse("aiml.generate", 422), status: 79, state: "failed",
            says: "nothing was bought"),
        Scenario(
            provider: "ark", rule: refuse("ark.generate", 429), status: 75, state: "failed",
            says: "nothing was bought"),
        Scenario(
            provider: "aiml", rule: FaultRule("aiml.generate", .reset(.afterAccept)), status: 76,
            state: "unknown",
            says:
                "check the account at AIML API before sending the same request again; it may have been bought"
        ),
        Scenario(
            provider: "fal", rule: FaultRule("fal.submit", .invalidJSON), status: 76, state: "unknown",
            says: "it may have been bought"),
    ]

    @Test("are commands that do what is said of them", arguments: open + over)
    func scenario(_ scenario: Scenario) async throws {
        try await CommandRig.with { rig in
            await rig.emulator.setFaults([scenario.rule].compactMap(\.self))
            let result = try await rig.run(
                ["generate", "a lighthouse", "--size", "1024x1024"] + scenario.options
                    + rig.sending(to: scenario.provider))
            #expect(result.status == scenario.status, "\(result.errors)")
            let hint = try #require(PrintedAdvice.hints(in: result.errors).first, "\(result.errors)")
            #expect(hint.contains(scenario.says), "\(hint)")
            #expect(try await PrintedAdvice.states(rig) == [scenario.state].compactMap(\.self))
            if scenario.state != "failed" {
                #expect(!result.errors.contains("nothing was bought"), "\(result.errors)")
            }
            let commands = PrintedAdvice.commands(in: hint)
            #expect(commands.isEmpty == (scenario.after == nil), "\(hint)")
            await rig.emulator.setFaults([])
            for command in commands {
                let next = try await PrintedAdvice.type(command, rig)
                #expect(next.status == scenario.after, "\(command): \(next.errors)")
                #expect(try await PrintedAdvice.states(rig) == ["saved"])
            }
            #expect(await rig.emulator.ledger.count <= 1)
        }
    }

    @Test("of a wrong key names the key, and the job is fetched once the key is right")
    func wrongKey() async throws {
        try await CommandRig.with {
            $0.queueTime = 0.5
        } _: { rig in
            _ = try await rig.run(["generate", "x", "--no-wait"] + rig.sending(to: "fal"))
            var runner = rig.runner
            runner.environment["FAL_KEY"] = ""
            let missing = try await runner.run(["resume"] + rig.asking)
            // The job is open with any key.
            #expect(missing.status == 76, "\(missing.errors)")
            let hint = try #require(PrintedAdvice.hints(in: missing.errors).first)
            #expect(hint.contains("FAL_KEY"))
            let command = try #require(PrintedAdvice.commands(in: hint).last)
            #expect(try await PrintedAdvice.type(command, rig).status == 0)
        }
    }

    @Test("after cancelling a job that is saved, or that cannot be cancelled")
    func cancelling() async throws {
        try await CommandRig.with { rig in
            _ = try await rig.run(["generate", "x", "--json"] + rig.sending(to: "fal"))
            let id = try #require(try await PrintedAdvice.ids(rig).first)
            let asked = await rig.emulator.requests.count
            let cancelled = try await rig.run(["cancel", id] + rig.asking)
            #expect(cancelled.status == 79)
            #expect(!cancelled.errors.contains("resume"), "\(cancelled.errors)")
            #expect(await rig.emulator.requests.count == asked)
            let command = try #require(PrintedAdvice.commands(in: cancelled.errors).first)
            #expect(try await PrintedAdvice.type(command, rig).text.contains("saved"))
        }
        try await CommandRig.with { rig in
            _ = try await rig.run(["generate", "x", "--no-wait"] + rig.sending(to: "apiframe"))
            let id = try #require(try await PrintedAdvice.ids(rig).first)
            let cancelled = try await rig.run(["cancel", id] + rig.asking)
            #expect(cancelled.status == 79)
            let command = try #require(PrintedAdvice.commands(in: cancelled.errors).first)
            #expect(try await PrintedAdvice.type(command, rig).status == 0)
            #expect(try await PrintedAdvice.states(rig) == ["saved"])
        }
    }

    @Test(
        "a ledger too full to record a job needs none: the images are saved, and the next command records it"
    )
    func fullLedger() async throws {
        try await CommandRig.with { rig in
            // A ledger that accepts new jobs and refuses changes.
            try SQLiteLedger.open(path: rig.ledger).close()
            try TestDatabase.change(
                rig.ledger,
                """
                CREATE TRIGGER full BEFORE UPDATE OF record ON job
                BEGIN SELECT RAISE(ABORT, 'no room'); END
                """)
            let result = try await rig.run(
                ["generate", "a lighthouse", "--size", "1024x1024"] + rig.sending(to: "fal"))
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("until the next command records it"), "\(result.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: rig.output).count == 2)
            #expect(try FileManager.default.contentsOfDirectory(atPath: rig.ledger + ".pending").count == 1)
            try TestDatabase.change(rig.ledger, "DROP TRIGGER full")
            #expect(try await rig.run(["resume"] + rig.asking).errors.contains("nothing to resume"))
            #expect(try await PrintedAdvice.states(rig) == ["saved"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: rig.ledger + ".pending").isEmpty)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }
}
#endif
