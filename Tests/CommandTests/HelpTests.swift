import Foundation
import SeedreamCommand
import SeedreamModel
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
        Case(arguments: ["worker", "--help"], file: "worker-help.txt"),
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
        Case(arguments: ["models", "--help"], file: "models-help.txt"),
        Case(arguments: ["schema", "--help"], file: "schema-help.txt"),
        Case(arguments: ["config", "--help"], file: "config-help.txt"),
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

    @Test("help exit-codes lists all exit codes, as docs/cli.md does, and those of prep")
    func exitCodes() async throws {
        let result = try await seedream("help", "exit-codes")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let table = result.lines.dropFirst().prefix { $0.hasPrefix("  ") }
        let codes = table.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(codes == ExitStatus.allCases.map { "\($0.rawValue)" })
        #expect(try Document("docs/cli.md").table(between: "exit-codes").map(\.[0]) == codes)
        #expect(result.text.contains("`prep` and `inspect` end with 0, 1, 64, 65, 73, 78, 130 or 143."))
    }

    /// The commands with options that send, prepare or list.
    static let commands = cases.filter { $0.arguments.last == "--help" && $0.arguments.count > 1 }

    @Test("names the topic of the exit codes once, if the command has several", arguments: commands)
    func topic(_ test: Case) async throws {
        let count = try await CommandRunner().run(test.arguments).text
            .replacing("\n", with: " ").matches(of: /`seedream help exit-codes`/).count
        #expect(count == (["inspect", "providers", "models", "schema"].contains(test.arguments[0]) ? 0 : 1))
    }

    @Test("that of edit has at most 25 options and 80 lines of 80 columns")
    func length() async throws {
        let lines = try await seedream("edit", "--help").lines
        #expect(lines.count <= 80)
        #expect(lines.filter { $0.count > 80 } == [])
        let options = lines.filter { $0.wholeMatch(of: #/  (-\w, )?--[a-z].*/#) != nil }
        #expect((20...25).contains(options.count))
    }

    @Test("breaks no example", arguments: commands)
    func examples(_ test: Case) async throws {
        let examples = try await CommandRunner().run(test.arguments).lines.drop { $0 != "Examples:" }
            .dropFirst().prefix { !$0.isEmpty }
        #expect(!examples.isEmpty)
        #expect(examples.filter { !$0.hasPrefix("  ") } == [])
    }

    @Test("that of edit has its groups in the order of their use, and hides options of one provider")
    func groups() async throws {
        let lines = try await seedream("edit", "--help").lines
        let groups = lines.filter { $0.wholeMatch(of: /[A-Z]+:/) != nil }
        #expect(
            groups == [
                "ARGUMENTS:", "INPUT:", "REQUEST:", "OUTPUT:", "COST:", "PROVIDER:", "NETWORK:", "ADVANCED:",
                "OPTIONS:",
            ])
        let hidden = try await seedream("edit", "--help-hidden").text
        for name in ["--fal-mode", "--onerouter-bare-key", "--ark-watermark", "--color-profile", "--ledger"] {
            #expect(!lines.contains { $0.contains(name) }, "\(name)")
            #expect(hidden.contains("  \(name)"), "\(name)")
        }
    }

    @Test(
        "shows a default once, no value both in words and in the list, and round numbers", arguments: commands
    )
    func values(_ test: Case) async throws {
        let arguments = test.arguments.dropLast() + ["--help-hidden"]
        for option in Self.options(in: try await CommandRunner().run(Array(arguments)).lines) {
            #expect(option.matches(of: #/default: /#).count <= 1, "\(option)")
            #expect(!option.contains(/default: \d+\.0\b/), "\(option)")
            guard let list = option.firstMatch(of: /\(values: ([^;)]*)/) else { continue }
            let words = option[..<list.range.lowerBound].split { !$0.isLetter && !$0.isNumber && $0 != "-" }
            // The first words are the option and the name of its value.
            let text = words.drop { $0.hasPrefix("-") }.dropFirst()
            for value in list.1.split(separator: ", ") { #expect(!text.contains(value), "\(option)") }
        }
    }

    /// Returns the options of a help, each with its text on one line.
    private static func options(in lines: [String]) -> [String] {
        var options: [String] = []
        for line in lines.drop(while: { !$0.hasPrefix("USAGE:") }) {
            if line.hasPrefix("  -") {
                options.append(line)
            } else if line.hasPrefix("        "), !options.isEmpty {
                options[options.count - 1] += " " + line.drop { $0 == " " }
            }
        }
        return options
    }

    @Test("the version names this package and every linked codec, with their versions")
    func version() async throws {
        let result = try await seedream("--version")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let words = result.lines.map { $0.split(separator: " ").map(String.init) }
        #expect(words.first == ["seedream", SeedreamVersion.current])
        let names = words.compactMap(\.first)
        #expect(names.starts(with: ["seedream", "libjpeg-turbo", "libpng", "libwebp", "zimg", "LittleCMS"]))
        for line in words {
            #expect(line.count == 2)
            #expect(line.last?.wholeMatch(of: /\d+\.\d+(\.\d+)*/) != nil)
        }
    }
}
