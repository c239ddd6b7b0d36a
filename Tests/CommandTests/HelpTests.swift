import Foundation
import TestSupport
import Testing

/// The complete help is pinned, so that every change to it is reviewed.
@Suite("help")
struct HelpTests {
    static let expected = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Expected")

    struct Case: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var file: String
        var testDescription: String { "seedream \(arguments.joined(separator: " "))" }
    }

    static let cases = [
        Case(arguments: ["--help"], file: "seedream-help.txt"),
        Case(arguments: [], file: "seedream-help.txt"),
        Case(arguments: ["prep", "--help"], file: "prep-help.txt"),
        Case(arguments: ["help", "prep"], file: "prep-help.txt"),
        Case(arguments: ["inspect", "--help"], file: "inspect-help.txt"),
        Case(arguments: ["emulate", "--help"], file: "emulate-help.txt"),
        Case(arguments: ["edit", "--help"], file: "edit-help.txt"),
        Case(arguments: ["generate", "--help"], file: "generate-help.txt"),
        Case(arguments: ["batch", "--help"], file: "batch-help.txt"),
        Case(arguments: ["jobs", "--help"], file: "jobs-help.txt"),
        Case(arguments: ["runs", "--help"], file: "runs-help.txt"),
        Case(arguments: ["jobs", "settle", "--help"], file: "jobs-settle-help.txt"),
        Case(arguments: ["jobs", "prune", "--help"], file: "jobs-prune-help.txt"),
        Case(arguments: ["report", "--help"], file: "report-help.txt"),
        Case(arguments: ["resume", "--help"], file: "resume-help.txt"),
        Case(arguments: ["status", "--help"], file: "status-help.txt"),
        Case(arguments: ["result", "--help"], file: "result-help.txt"),
        Case(arguments: ["cancel", "--help"], file: "cancel-help.txt"),
        Case(arguments: ["providers", "--help"], file: "providers-help.txt"),
        Case(arguments: ["inspect", "-h"], file: "inspect-help.txt"),
    ]

    @Test("is word for word the text in Expected/", arguments: cases)
    func help(_ test: Case) async throws {
        let expected = try String(
            contentsOf: Self.expected.appendingPathComponent(test.file), encoding: .utf8)
        let result = try await CommandRunner().run(test.arguments)
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(
            result.text == expected,
            "if the change is meant: .build/debug/seedream \(test.arguments.joined(separator: " ")) > Tests/CommandTests/Expected/\(test.file)"
        )
    }

    @Test("the help of prep lists the exit codes of prep, each of which docs/cli.md explains")
    func exitCodes() async throws {
        let help = try await seedream("prep", "--help").lines
        let table = help.drop { $0 != "Exit codes:" }.dropFirst().prefix { $0.hasPrefix("  ") }
        let codes = table.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(codes == ["0", "1", "64", "65", "73", "130"])
        let explained = try Document("docs/cli.md").table(between: "exit-codes").map(\.[0])
        #expect(codes.filter { !explained.contains($0) } == [])
    }

    @Test("the version names this package and every linked codec, with their versions")
    func version() async throws {
        let result = try await seedream("--version")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let words = result.lines.map { $0.split(separator: " ").map(String.init) }
        let names = words.compactMap(\.first)
        #expect(names.starts(with: ["seedream", "libjpeg-turbo", "libpng", "libwebp", "zimg", "LittleCMS"]))
        for line in words {
            #expect(line.count == 2)
            #expect(line.last?.wholeMatch(of: /\d+\.\d+(\.\d+)*/) != nil)
        }
    }
}
