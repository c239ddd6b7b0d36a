import Foundation
import TestSupport
import Testing

/// Tables and progress on terminals of several widths, and without a terminal.
@Suite(
    "tables",
    .enabled(
        if: CommandRunner.script != nil, "script of util-linux is not installed: terminals cannot be tested"))
struct TableTests {
    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let image = try Fixtures.bytes("shapes/phone-1.jpg")
        for name in TerminalScreen.names { try folder.write(image, as: name) }
        try folder.write("no image".utf8, as: "壊れたファイルの長い名前はここにあります.jpg")
        return folder
    }

    @Test("no row of prep's table wraps, and none is missing", arguments: [60, 61, 80, 120, 200])
    func prep(_ columns: Int) async throws {
        let folder = try Self.folder()
        var runner = CommandRunner()
        runner.directory = folder.path
        let screen = try await runner.run(
            ["prep", "--each", ".", "-o", folder.file("out")], onTerminalOf: columns)
        #expect(screen.result.status == 1)
        let table = screen.table("#  ")
        #expect(table.count == TerminalScreen.names.count + 2, "\(screen.lines)")
        for line in table { #expect(TerminalScreen.columns(line) <= columns, "\(line)") }
        for number in 1...table.count - 1 { #expect(table[number].hasPrefix("\(number)  ")) }
        // Action and reason are shown at every width; facts of the file only if there is room.
        #expect(table.allSatisfy { !$0.hasSuffix(" ") })
        #expect(table[0].contains("sent as  ") && table[0].contains("because"))
        #expect(table[0].contains("  is  ") == (columns >= 80))
        // Names are complete if there is room, and shortened in the middle otherwise.
        let isWhole = table.contains { $0.contains("夜の東京駅前広場で撮った家族写真の二枚目.jpg") }
        #expect(isWhole == (columns == 200))
        #expect(table.contains { $0.contains("…") } == (columns < 200))
        #expect(table.contains { $0.contains("a.jpg") })
    }

    @Test("nothing is shortened in a pipe")
    func pipe() async throws {
        let folder = try Self.folder()
        var runner = CommandRunner()
        runner.directory = folder.path
        let result = try await runner.run(["prep", "--each", "."])
        for name in TerminalScreen.names { #expect(result.text.contains(" ./\(name) "), "\(result.text)") }
        #expect(!result.text.contains("…"))
        #expect(result.lines[0].contains("  is  ") && result.lines[0].contains("sent as"))
        // Columns are aligned by their width on a terminal.
        let ends = result.lines.compactMap { line in
            line.range(of: " 1280x960 jpeg ").map { TerminalScreen.columns(String(line[..<$0.lowerBound])) }
        }
        #expect(ends.count == TerminalScreen.names.count)
        #expect(Set(ends).count == 1, "\(result.text)")
    }

    @Test("the table of providers fits the terminal", arguments: [60, 80, 200])
    func providers(_ columns: Int) async throws {
        let screen = try await CommandRunner().run(["providers"], onTerminalOf: columns)
        let table = screen.table("provider")
        #expect(table.count == 6)
        for line in table { #expect(TerminalScreen.columns(line) <= columns, "\(line)") }
        #expect(table[0].contains("key"))
    }

    @Test("a progress line leaves the last column free", arguments: [24, 60, 200])
    func progress(_ columns: Int) async throws {
        let folder = try TemporaryFolder()
        let names = TerminalScreen.names.prefix(3)
        for name in names { try folder.write(try Fixtures.bytes("shapes/phone-6.jpg"), as: name) }
        var runner = CommandRunner()
        runner.directory = folder.path
        let screen = try await runner.run(
            ["prep", "--threads", "1", "--min-area", "16000000", "--format", "png", "--max-bytes", "100MB"]
                + ["--max-body", "400MB"] + names, onTerminalOf: columns, redirection: ">/dev/null")
        #expect(screen.result.status == 0, "\(screen.result)")
        let shown = screen.lines.filter { $0.contains(" of 3  ") }
        #expect(shown.count > 1)
        for line in shown { #expect(TerminalScreen.columns(line) < columns, "\(line)") }
    }
}
