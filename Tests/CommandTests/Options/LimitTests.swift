import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// The limits of an image's cost, and the behaviour when the machine has less than it needs.
@Suite("limits of the machine and of the caller")
struct LimitTests {
    @Test(
        "an option for each limit refuses larger values and allows smaller ones",
        arguments: [
            ("--max-pixels", "1228799", "1228800"), ("--max-input-bytes", "1000", "100MB"),
            ("--max-decode-memory", "1", "1GiB"),
        ])
    func options(_ option: String, _ below: String, _ enough: String) async throws {
        // Progressive or interlaced, so that it takes memory.
        let input = option == "--max-decode-memory" ? Fixtures.path("webp/lossy.webp") : Sample.conforming
        for command in ["prep", "inspect"] {
            let refused = try await seedream(command, "--json", input, option, below)
            #expect(try refused.report.failed.map(\.error.code) == [.limitExceeded])
            #expect(refused.errors.contains("`\(option) ") || command == "inspect")
            let allowed = try await seedream(command, "--json", input, option, enough)
            #expect(try allowed.report.failed.isEmpty)
        }
        #expect(try await seedream("prep", input, option, "0").status == 64)
    }

    @Test("the visible help hides them, the full help shows them")
    func help() async throws {
        for option in ["--max-pixels", "--max-input-bytes", "--max-decode-memory"] {
            #expect(try await !seedream("prep", "--help").text.contains(option))
            #expect(try await seedream("prep", "--help-hidden").text.contains(option))
        }
    }

    @Test(
        "if memory runs out, an image fails and the command continues",
        arguments: [
            "formats/picture.heic", "formats/picture.avif", "formats/grid.heic", "photos/chelsea.png",
        ])
    func memory(_ fixture: String) async throws {
        for megabytes in stride(from: 200, through: 490, by: 58) {
            let result = try await shell(
                "ulimit -v \(megabytes * 1024); exec \"$0\" prep --json \"$1\"", Fixtures.path(fixture))
            // The loader itself needs some of the memory.
            if result.status == 127 { continue }
            #expect([0, 65].contains(result.status), "\(megabytes) MiB: \(result)")
            let codes = try result.report.failed.map(\.error.code)
            // Either the memory left is known to be too little, or an allocation failed.
            let isNamed = codes == [.outOfMemory] || codes == [.limitExceeded]
            #expect(codes == [] || isNamed, "\(megabytes) MiB: \(result)")
            // Threads take little of it.
            let isEnough = fixture.hasSuffix(".png") && megabytes >= 258
            #expect(codes == [] || !isEnough, "\(megabytes) MiB: \(result)")
        }
    }

    @Test(
        "if a thread cannot be started, an image fails, or is prepared without it",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace is not installed"))
    func threads() async throws {
        let folder = try TemporaryFolder()
        var failed = 0
        for number in 1...14 {
            var runner = CommandRunner(
                "/usr/bin/strace", "-f", "-o", folder.file("trace"), "-e", "trace=clone3", "-e",
                "inject=clone3:error=EAGAIN:when=\(number)", CommandRunner.seedream)
            runner.timeout = .seconds(60)
            let result = try await runner.run(
                ["prep", "--json", "--threads", "8", Fixtures.path("photos/rocket.jpg")])
            #expect([0, 65].contains(result.status), "thread \(number): \(result)")
            let codes = try result.report.failed.map(\.error.code)
            #expect(codes == [] || codes == [.outOfMemory], "thread \(number): \(result)")
            failed += codes.count
        }
        #expect(failed > 0)
    }
}
