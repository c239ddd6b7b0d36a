import Foundation
import SeedreamCommand
import SeedreamModel
import TestSupport
import Testing

/// The help as JSON against the help as text.
@Suite("help as JSON")
struct HelpDocumentTests {
    private static func document(_ words: String...) async throws -> JSONValue {
        let result = try await CommandRunner().run(["help", "--json"] + words)
        #expect(result.status == 0)
        #expect(result.errors == "")
        return try JSONValue(parsing: result.output)
    }

    /// Returns the options in a help text.
    private static func options(_ words: [String], _ help: String) async throws -> Set<String> {
        let lines = try await CommandRunner().run(words + [help]).lines
        return Set(
            lines.compactMap { line in
                line.firstMatch(of: /^  (?:-\w, )?(--[a-z-]+)/).map { String($0.1) }
            })
    }

    @Test("has the options that --help shows, and marks those that only --help-hidden shows")
    func options() async throws {
        let commands = try #require(try await Self.document()["commands"]?.array)
        for name in ["seedream edit", "seedream prep", "seedream jobs settle", "seedream schema"] {
            let command = try #require(commands.first { $0["name"]?.string == name })
            let words = name.split(separator: " ").dropFirst().map(String.init)
            func options(_ isIncluded: (JSONValue) -> Bool) -> Set<String> {
                Set(
                    (command["arguments"]?.array ?? []).filter(isIncluded)
                        .compactMap { argument in
                            argument["names"]?.array?.compactMap(\.string).first { $0.hasPrefix("--") }
                        }
                ).subtracting(["--help-hidden"])
            }
            let shown = try await Self.options(words, "--help")
            let all = try await Self.options(words, "--help-hidden")
            #expect(options { $0["isHidden"] == false && $0["kind"]?.string != "positional" } == shown)
            #expect(options { $0["kind"]?.string != "positional" } == all)
        }
    }

    @Test("has values, defaults, groups, and what may be repeated or must be given")
    func facts() async throws {
        let commands = try #require(try await Self.document("edit")["commands"]?.array)
        #expect(commands.map { $0["name"] } == ["seedream edit"])
        let arguments = try #require(commands[0]["arguments"]?.array)
        func argument(_ name: String) -> JSONValue? {
            arguments.first { $0["names"]?.array?.contains(.string(name)) == true }
        }
        let provider = try #require(argument("--provider"))
        #expect(provider["values"] == ["fal", "aiml", "onerouter", "apiframe", "ark"])
        #expect(provider["names"] == ["-p", "--provider"])
        #expect(argument("--timeout")?["default"] == "900")
        #expect(provider["group"] == "Provider")
        #expect(argument("--json")?["kind"] == "flag")
        #expect(argument("--fal-mode")?["isHidden"] == true)
        let inputs = try #require(arguments.first { $0["value"] == "input" })
        #expect(inputs["kind"] == "positional" && inputs["isRepeatable"] == true)
        #expect(commands[0]["documents"] == ["jobs", "plan", "row", "error"])

        let settle = try await Self.document("jobs", "settle")["commands"]?[0]
        let required = settle?["arguments"]?.array?.filter { $0["isRequired"] == true }
        #expect(required?.map { $0["value"] } == ["id", "outcome"])
        let jobs = try await Self.document("jobs")["commands"]?.array
        #expect(
            jobs?.map { $0["name"] } == ["seedream jobs", "seedream jobs settle", "seedream jobs prune"])
    }

    @Test("has the exit codes and the environment of docs/cli.md")
    func environment() async throws {
        let help = try await Self.document()
        let document = try Document("docs/cli.md")
        let codes = help["exitCodes"]?.array?.map {
            ["\($0["code"]?.integer ?? -1)", $0["meaning"]?.string ?? ""]
        }
        #expect(codes == document.table(between: "exit-codes"))
        let names = Set((help["environment"]?.array ?? []).compactMap { $0["name"]?.string })
        let listed = document.table(headed: "| variable | effect |").flatMap { row in
            // The value of TERM stands behind its name.
            row[0].matches(of: /[A-Z][A-Z_]+/).map { String($0.0) }
        }
        #expect(names == Set(listed))
    }

    @Test("is found by its schema's name, and an unknown command is an error")
    func errors() async throws {
        let wrong = try await seedream("help", "--json", "nothing")
        #expect(wrong.status == 64)
        #expect(
            try JSONValue(parsing: wrong.output)["error"]?["message"] == "help: unknown command 'nothing'")
        #expect(try await Self.document("exit-codes")["exitCodes"]?.array?.count == ExitStatus.allCases.count)
    }
}
