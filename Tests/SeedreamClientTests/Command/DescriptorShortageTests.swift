#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import TestSupport
import Testing

@Suite("the command with few file descriptors")
struct DescriptorShortageTests {
    /// Returns the command under a limit of open files, soft and hard.
    private static func runner(_ rig: CommandRig, _ limit: Int) -> CommandRunner {
        var runner = rig.runner
        runner.executable = "/bin/sh"
        runner.leadingArguments = ["-c", "ulimit -n \(limit) && exec \"$0\" \"$@\"", CommandRunner.seedream]
        return runner
    }

    /// Returns every command, as far as it needs the rig.
    private static func commands(_ rig: CommandRig, _ photo: String) -> [[String]] {
        [
            ["generate", "a dog"] + rig.sending(to: "fal"),
            ["edit", "put it in a hat", photo] + rig.sending(to: "apiframe"),
            ["status", "0123abcd"] + rig.common, ["resume"] + rig.common, ["jobs"] + rig.common,
            ["prep", photo, "-o", rig.folder.file("prepared")],
        ]
    }

    @Test(
        "names the error, ends with a documented code, buys nothing twice, and knows what it bought",
        arguments: [6, 8, 10, 12, 14, 15, 16, 17, 18, 20, 22, 24, 28, 40])
    func limits(_ limit: Int) async throws {
        try await CommandRig.with { rig in
            let photo = Fixtures.path("photos/rocket.jpg")
            for command in Self.commands(rig, photo) {
                let result = try await Self.runner(rig, limit).run(command)
                let text = "\(limit) \(command[0]): \(result.status) \(result.errors)"
                #expect(result.signal == nil, "\(text)")
                #expect([0, 64, 65, 69, 73, 75, 76, 77, 78].contains(result.status), "\(text)")
                if result.status != 0 {
                    #expect(result.errors.contains("error: "), "\(text)")
                }
            }
            // Jobs never sent to the provider are not unknown, and what it made is known.
            let jobs = try await SQLiteLedger.open(path: rig.ledger).jobs(
                in: Set(JobState.allCases), limit: nil)
            let bought = await rig.emulator.ledger.count
            #expect(jobs.count { $0.ticket != nil || $0.result != nil } == bought)
            #expect(!jobs.contains { $0.state == .unknown && bought == 0 })
        }
    }

    @Test("reports before a job is recorded that there are too few, and how to get more")
    func message() async throws {
        try await CommandRig.with { rig in
            var said: String?
            for limit in 16...40 where said == nil {
                let result = try await Self.runner(rig, limit).run(
                    ["generate", "a dog"] + rig.sending(to: "fal"))
                if result.status == 75 { said = result.errors }
            }
            let errors = try #require(said)
            #expect(errors.contains("free file descriptors for a connection, found"))
            #expect(errors.contains("`ulimit -n 256`"))
            let jobs = try await SQLiteLedger.open(path: rig.ledger).jobs(
                in: Set(JobState.allCases), limit: nil)
            #expect(jobs.isEmpty)
        }
    }
}
#endif
