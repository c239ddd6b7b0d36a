#if Client
import Foundation
import TestSupport
import Testing

/// A first start of the ledger whose system calls fail, one after the other: every one in a full
/// campaign, otherwise every third.
@Suite("the ledger's first start, struck by faults")
struct LedgerCampaignTests {
    /// System calls and the faults that `strace` injects into them.
    private static let strikes = [
        ("pwrite64", "error=ENOSPC"), ("pwrite64", "signal=KILL"), ("fdatasync", "error=EIO"),
    ]

    private static let strace = ["/usr/bin/strace", "/bin/strace"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        "continues after a fault at each of the first 60 writes and at each sync",
        .enabled(if: strace != nil, "strace is not installed: only the length of files is limited"),
        arguments: strikes)
    func struck(_ call: String, _ strike: String) async throws {
        let folder = try TemporaryFolder()
        let strace = try #require(Self.strace)
        func runner(_ number: Int) -> CommandRunner {
            var runner = CommandRunner()
            runner.environment["XDG_STATE_HOME"] = folder.file("\(number)")
            runner.environment["XDG_CONFIG_HOME"] = folder.file("config")
            runner.environment["FAL_KEY"] = ""
            return runner
        }
        var last = 0
        for number in stride(from: 1, through: call == "pwrite64" ? 60 : 12, by: Campaign.isFull ? 1 : 3) {
            var struck = runner(number)
            struck.executable = strace
            struck.leadingArguments = [
                "-f", "-o", folder.file("trace"), "-e", "trace=\(call)", "-e",
                "inject=\(call):\(strike):when=\(number)", CommandRunner.seedream,
            ]
            // The command creates the ledger, and then finds no key.
            let first = try await struck.run(["generate", "a lighthouse"])
            if first.status != 77 { last = number }
            let second = try await runner(number).run(["generate", "a lighthouse"])
            #expect(second.status == 77, "\(number): \(first.errors)\(second.errors)")
            let listed = try await runner(number).run(["jobs"])
            #expect(listed.status == 0, "\(number): \(listed.errors)")
            // Beyond the last call no fault strikes.
            if first.status == 77, number > last + 6 { break }
        }
        #expect(call != "pwrite64" || last > 5)
    }
}
#endif
