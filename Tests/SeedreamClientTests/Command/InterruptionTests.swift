#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("signals during a paid request")
struct InterruptionTests {
    /// Starts a request with a slow paid call, and waits until it is under way.
    private static func start(
        _ rig: CommandRig, _ provider: String, seconds: Double, _ options: [String] = [],
        ignoring: String? = nil
    ) async throws -> RunningCommand {
        await rig.emulator.setFaults([
            FaultRule("*.submit", .delay(seconds: seconds)),
            FaultRule("*.generate", .delay(seconds: seconds)),
        ])
        // Under nohup, this process ignores the signal, and the command would inherit that.
        signal(SIGHUP, SIG_DFL)
        var runner = rig.runner
        var arguments =
            ["generate", "a lighthouse", "--size", "1024x1024"] + options + rig.sending(to: provider)
        if let ignoring {
            arguments = ["-c", "trap '' \(ignoring); exec \"$0\" \"$@\"", runner.executable] + arguments
            runner.executable = "/bin/sh"
        }
        let command = try runner.start(arguments)
        try await command.wait { await !rig.emulator.requests.isEmpty }
        return command
    }

    private static func states(_ rig: CommandRig) async throws -> [String] {
        let result = try await rig.run(["jobs", "--json"] + rig.common)
        let document = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
        return (document?["jobs"] as? [[String: Any]])?.compactMap { $0["state"] as? String } ?? []
    }

    @Test(
        "the first waits for the reply to the paid request, at providers with and without jobs",
        arguments: [
            ("fal", SIGHUP), ("fal", SIGTERM), ("aiml", SIGHUP), ("aiml", SIGINT), ("onerouter", SIGTERM),
        ])
    func first(_ provider: String, _ signal: Int32) async throws {
        try await CommandRig.with { rig in
            let command = try await Self.start(rig, provider, seconds: 2)
            command.send(signal)
            let result = try await command.result()
            #expect(
                result.status == (signal == SIGTERM ? 143 : 130) && result.signal == nil, "\(result.errors)")
            #expect(try await Self.states(rig) == [provider == "fal" ? "accepted" : "finished"])
            let resumed = try await rig.run(["resume"] + rig.asking)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try await Self.states(rig) == ["saved"])
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test("the first waits no longer than --grace, and then the outcome is unknown")
    func grace() async throws {
        try await CommandRig.with { rig in
            let command = try await Self.start(rig, "fal", seconds: 40, ["--grace", "0.5"])
            command.send(SIGTERM)
            let result = try await command.result()
            #expect(result.status == 76, "\(result.errors)")
            #expect(result.duration < .seconds(20))
            #expect(try await Self.states(rig) == ["unknown"])
        }
    }

    @Test("the second ends at once, and the next command marks the open request as unknown")
    func second() async throws {
        try await CommandRig.with { rig in
            let command = try await Self.start(rig, "aiml", seconds: 40)
            command.send(SIGINT)
            try await command.wait { command.errorsSoFar.contains("a second signal ends at once") }
            command.send(SIGINT)
            let result = try await command.result()
            #expect(result.status == 130 && result.duration < .seconds(20))
            let resumed = try await rig.run(["resume"] + rig.asking)
            #expect(resumed.status == 76, "\(resumed.errors)")
            #expect(resumed.errors.contains("it may have been bought"))
            #expect(try await Self.states(rig) == ["unknown"])
        }
    }

    @Test("SIGHUP stays ignored if it was ignored before, as under nohup")
    func ignored() async throws {
        try await CommandRig.with { rig in
            let command = try await Self.start(rig, "aiml", seconds: 1, ignoring: "HUP")
            command.send(SIGHUP)
            let result = try await command.result()
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await Self.states(rig) == ["saved"])
        }
    }
}
#endif
