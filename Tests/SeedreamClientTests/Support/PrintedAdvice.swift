#if Client && Emulator
import Foundation
import TestSupport

/// Reads and runs the hints that the command prints with errors, as a person would.
enum PrintedAdvice {
    /// Returns the text after `hint: ` of each line that has one.
    static func hints(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "hint: ").map { String(line[$0.upperBound...]) }
        }
    }

    /// Returns the commands between backticks.
    static func commands(in text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) && $0.element.hasPrefix("seedream ") }
            .map { String($0.element) }
    }

    /// Runs a command as if copied into a shell.
    static func type(_ command: String, _ rig: CommandRig) async throws -> CommandResult {
        var runner = rig.runner
        runner.executable = "/bin/sh"
        runner.leadingArguments = ["-c"]
        return try await runner.run(["'\(CommandRunner.seedream)'" + command.dropFirst("seedream".count)])
    }

    /// Returns the state of each job in the ledger.
    static func states(_ rig: CommandRig) async throws -> [String] {
        try await jobs(rig).compactMap { $0["state"] as? String }
    }

    /// Returns the id of each job in the ledger.
    static func ids(_ rig: CommandRig) async throws -> [String] {
        try await jobs(rig).compactMap { $0["id"] as? String }
    }

    private static func jobs(_ rig: CommandRig) async throws -> [[String: Any]] {
        let result = try await rig.run(["jobs", "--json"] + rig.common)
        let document = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
        return document?["jobs"] as? [[String: Any]] ?? []
    }
}
#endif
