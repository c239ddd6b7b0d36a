#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport

/// The command against an emulator that runs in this process: a folder with a ledger, a key that is
/// easy to find, and results.
struct CommandRig {
    /// What must never be seen again.
    static let key = "canary-9f31c0de-key:canary-77aa-secret"

    let emulator: Emulator
    let folder: TemporaryFolder

    static func with<Result>(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (CommandRig) async throws -> Result
    ) async throws -> Result {
        try await Rig.with(change) { rig in
            let rig = CommandRig(emulator: rig.emulator, folder: rig.folder)
            // A ledger that is named is made in a folder that is there.
            try FileManager.default.createDirectory(
                atPath: rig.folder.file("state"), withIntermediateDirectories: true)
            return try await body(rig)
        }
    }

    var ledger: String { folder.file("state/jobs.sqlite") }
    var output: String { folder.file("out") }

    /// The options that every command of a test has.
    var common: [String] { ["--ledger", ledger] }

    /// Those of a command that asks about jobs: a key goes only to a base URL that is named.
    var asking: [String] { common + ["--base-url", "http://127.0.0.1:\(emulator.port)"] }

    /// Those of a command that sends.
    func sending(to provider: String) -> [String] {
        common + [
            "--provider", provider, "--base-url", "http://127.0.0.1:\(emulator.port)/\(provider)", "-o",
            output,
        ]
    }

    /// A runner whose environment holds the key for every provider.
    var runner: CommandRunner {
        var runner = CommandRunner()
        for name in ["FAL_KEY", "AIML_API_KEY", "ONEROUTER_API_KEY", "APIFRAME_API_KEY", "ARK_API_KEY"] {
            runner.environment[name] = Self.key
        }
        runner.environment["XDG_STATE_HOME"] = folder.file("state")
        runner.environment["XDG_CONFIG_HOME"] = folder.file("config")
        return runner
    }

    /// Runs `seedream` to its end.
    func run(_ arguments: [String]) async throws -> CommandResult { try await runner.run(arguments) }
}
#endif
