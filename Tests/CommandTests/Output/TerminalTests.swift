import Foundation
import ImagePreparation
import TestSupport
import Testing

/// Output that appears only on a terminal, with `script` of util-linux as the terminal.
@Suite(
    "terminal",
    .enabled(if: Machine.script != nil, "script of util-linux is not installed: terminals cannot be tested"))
struct TerminalTests {
    /// Returns what a terminal shows, with both streams together.
    private func terminal(_ line: String, _ environment: [String: String]) async throws -> CommandResult {
        var runner = CommandRunner(try #require(Machine.script), "--quiet", "--return", "--command")
        runner.environment = environment
        return try await runner.run(["'\(CommandRunner.seedream)' \(line)", "/dev/null"])
    }

    @Test("the heading is bold, a failure is red on both streams")
    func color() async throws {
        let result = try await terminal("prep '\(Sample.conforming)' '\(Sample.text)'", ["TERM": "xterm"])
        #expect(result.status == 1)
        #expect(result.text.hasPrefix("\u{1B}[1m#  input"))
        #expect(result.text.contains("\u{1B}[31m2  "))
        #expect(result.text.contains("\u{1B}[31merror:\u{1B}[0m \(Sample.text): "))
    }

    @Test(
        "there is no colour with NO_COLOR or on a dumb terminal",
        arguments: [
            ["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "xterm", "NO_COLOR": "no"], ["TERM": "dumb"],
        ])
    func noColor(_ environment: [String: String]) async throws {
        let result = try await terminal("prep '\(Sample.conforming)' '\(Sample.text)'", environment)
        #expect(result.status == 1)
        #expect(result.text.hasPrefix("#  input"))
        #expect(!result.output.contains(0x1B))
    }

    @Test("an empty NO_COLOR has no effect")
    func emptyNoColor() async throws {
        let result = try await terminal("inspect '\(Sample.conforming)'", ["TERM": "xterm", "NO_COLOR": ""])
        #expect(result.status == 0)
        #expect(result.text.hasPrefix("\u{1B}[1m\(Sample.conforming)\u{1B}[0m"))
    }

    @Test("colour on stderr does not depend on stdout", arguments: [">/dev/null", "2>/dev/null"])
    func oneStream(_ redirection: String) async throws {
        let result = try await terminal("prep '\(Sample.text)' \(redirection)", ["TERM": "xterm"])
        #expect(result.status == 65)
        #expect(result.text.contains("error:") == (redirection == ">/dev/null"))
        #expect(result.output.contains(0x1B))
    }

    @Test("JSON has no colour on a terminal either")
    func json() async throws {
        let result = try await terminal("prep --json '\(Sample.conforming)'", ["TERM": "xterm"])
        #expect(result.status == 0)
        #expect(!result.output.contains(0x1B))
        #expect(try result.report.images.count == 1)
    }

    @Test("work of some seconds shows a progress line, which is gone at the end")
    func progress() async throws {
        let inputs = Array(repeating: "'\(Sample.small)'", count: 4).joined(separator: " ")
        let options = "--threads 1 --min-area 16000000 --format png --max-bytes 100MB --max-body 400MB"
        let result = try await terminal(
            "prep \(options) \(inputs) >/dev/null", ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(result.status == 0)
        let parts = result.text.components(separatedBy: "\r\u{1B}[K")
        #expect(parts.count > 2)
        #expect(parts.first == "")
        #expect(
            parts.dropFirst().dropLast().allSatisfy { $0.wholeMatch(of: /[ \d]{3} %  [0-4] of 4  .*/) != nil }
        )
        // The remaining text is the same as without progress.
        #expect(parts.last?.hasPrefix("note: \(Sample.small): enlarged 8.16 times") == true)
    }

    @Test("instant work shows no progress line")
    func noProgress() async throws {
        let result = try await terminal("prep '\(Sample.conforming)' >/dev/null", ["TERM": "xterm"])
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
    }

    @Test("a file name cannot control the terminal")
    func controlCharacters() async throws {
        let result = try await terminal(
            "prep \"$(printf '/tmp/\\033[2Jgone.jpg')\"", ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(result.status == 65)
        #expect(!result.output.contains(0x1B))
    }

    @Test(
        "no outside text reaches it raw: in tables, errors, hints, JSON and quoted command lines",
        arguments: [
            "prep '%'", "prep --json '%'", "inspect '%'", "inspect --json '%'",
            "prep '\(Sample.conforming)' -o '@/%/%'",
            "prep --json '\(Sample.conforming)' -o '/dev/null/%'", "'%'", "prep '\(Sample.conforming)' '--%'",
            "prep --fit '%' x", "prep --profile '%' x", "generate x --provider '%'",
            "generate 'a %' --dry-run", "generate 'a %' --dry-run --json", "jobs --ledger '/nonexistent/%'",
            "status '%'", "generate x --base-url 'http://%/'", "generate x --dry-run --model '%'",
            "prep --ndjson --each '%'", "generate --prompt-file '%'",
        ])
    func nothingRaw(_ line: String) async throws {
        let folder = try TemporaryFolder()
        // ESC, C1, right-to-left override, isolate, a zero-width space, a line separator.
        let hostile = "\u{1B}]0;x\u{7}\u{9B}31m\u{202E}\u{2066}\u{200B}\u{2028}z"
        let result = try await terminal(
            line.replacingOccurrences(of: "@", with: folder.path)
                .replacingOccurrences(of: "%", with: hostile),
            ["TERM": "xterm", "NO_COLOR": "1", "XDG_STATE_HOME": folder.file("state"), "FAL_KEY": "k"])
        let text = String(decoding: result.output, as: UTF8.self)
        let raw = text.unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\r" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
                || [0x202E, 0x2066, 0x200B, 0x2028].contains($0.value)
        }
        #expect(raw.isEmpty, "\(text.debugDescription)")
        #expect(!text.isEmpty)
    }
}
