#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport

/// The command against an emulator in this process, with a folder for a ledger and results, and a
/// key that is easy to find.
struct CommandRig {
    /// The key, which must not show anywhere.
    static let key = "canary-9f31c0de-key:canary-77aa-secret"

    let emulator: Emulator
    let folder: TemporaryFolder

    static func with<Result>(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (CommandRig) async throws -> Result
    ) async throws -> Result {
        try await Rig.with(change) { rig in
            let rig = CommandRig(emulator: rig.emulator, folder: rig.folder)
            // The folder of a named ledger must exist.
            try FileManager.default.createDirectory(
                atPath: rig.folder.file("state"), withIntermediateDirectories: true)
            return try await body(rig)
        }
    }

    var ledger: String { folder.file("state/jobs.sqlite") }
    var output: String { folder.file("out") }

    /// The options of every command in a test.
    var common: [String] { ["--ledger", ledger] }

    /// The options of a command that polls jobs: a key is sent only to a named base URL.
    var asking: [String] { common + ["--base-url", "http://127.0.0.1:\(emulator.port)"] }

    /// The options of a command that sends.
    func sending(to provider: String) -> [String] {
        common + [
            "--provider", provider, "--base-url", "http://127.0.0.1:\(emulator.port)/\(provider)", "-o",
            output,
        ]
    }

    /// A runner whose environment holds the key of every provider.
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
