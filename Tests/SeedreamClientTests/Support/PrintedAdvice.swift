#if Client && Emulator
import Foundation
import TestSupport

/// What the command prints when something goes wrong, read and tried as a person would.
enum PrintedAdvice {
    /// What follows `hint: `, one for each line that has it.
    static func hints(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "hint: ").map { String(line[$0.upperBound...]) }
        }
    }

    /// The commands between backticks.
    static func commands(in text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) && $0.element.hasPrefix("seedream ") }
            .map { String($0.element) }
    }

    /// Runs a command as a user does who copies it into a shell.
    static func type(_ command: String, _ rig: CommandRig) async throws -> CommandResult {
        var runner = rig.runner
        runner.executable = "/bin/sh"
        runner.leadingArguments = ["-c"]
        return try await runner.run(["'\(CommandRunner.seedream)'" + command.dropFirst("seedream".count)])
    }

    /// The state of each job in the ledger.
    static func states(_ rig: CommandRig) async throws -> [String] {
        try await jobs(rig).compactMap { $0["state"] as? String }
    }

    /// The id of each job in the ledger.
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
