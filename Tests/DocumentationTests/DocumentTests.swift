import Foundation
import ImagePreparation
import SeedreamCommand
import SeedreamModel
import TestSupport
import Testing

/// The README and the documents in docs/ agree with the sources.
@Suite("documents against the sources")
struct DocumentTests {
    /// The commands and subcommands that have options.
    static let commands = [
        "prep", "inspect", "edit", "generate", "batch", "worker", "runs", "jobs", "jobs settle", "jobs prune",
        "report",
        "resume", "status", "result", "cancel", "providers", "models", "config", "schema", "emulate",
    ]

    // MARK: The README

    @Test("the README has at most 185 lines, and its first 25 hold the two commands to start with")
    func readme() throws {
        let lines = try Document("README.md").text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 186)  // the last line feed starts another line
        let screen = lines.prefix(25)
        #expect(screen.contains { $0.hasPrefix("make demo ") })
        #expect(screen.contains { $0.hasPrefix("make test ") })
    }

    @Test("the README lists the command's providers, with key, price and kind")
    func providers() async throws {
        struct Listed: Decodable {
            struct Provider: Decodable {
                struct Price: Decodable {
                    var amount: Double
                    var unit: String
                }
                var name: String
                var keyVariables: [String]
                var price: Price?
                var jobs: Bool
            }
            var providers: [Provider]
        }
        let result = try await CommandRunner().run(["providers", "--json"])
        let listed = try JSONDecoder().decode(Listed.self, from: result.output)
        let rows = listed.providers.map { provider in
            [
                provider.name, provider.keyVariables.first ?? "none",
                provider.price.map {
                    "\($0.amount.formatted(.number.locale(.init(identifier: "en")))) \($0.unit)"
                }
                    ?? "not known",
                provider.jobs ? "as a queue" : "in one request",
            ]
        }
        #expect(try Document("README.md").table(between: "providers") == rows)
    }

    // MARK: Swift and JSON

    /// The file that compiles the Swift block, by marker.
    static let swiftBlocks = [
        "swift-preparation": "DocumentationTests/PreparationExample.swift",
        "swift-session": "SeedreamClientTests/SessionExample.swift",
        "swift-emulator": "EmulatorTests/EmulatorExample.swift",
    ]

    @Test("each Swift block is compiled among the tests", arguments: Document.paths)
    func swift(_ path: String) throws {
        let document = try Document(path)
        var compiled: [String] = []
        for (marker, file) in Self.swiftBlocks {
            guard let block = document.block("swift", in: marker) else { continue }
            compiled.append(block)
            let source = try String(
                contentsOf: Fixtures.root.appendingPathComponent("Tests/\(file)"), encoding: .utf8)
            #expect(
                Document.section(of: source, from: "// \(marker) start\n", to: "// \(marker) end\n") == block)
        }
        #expect(
            document.blocks.filter { $0.language == "swift" }.map(\.text).sorted() == compiled.sorted(),
            "a Swift block of \(path) is between no markers")
    }

    @Test("the three Swift blocks are in docs/swift.md and docs/emulator.md, and one is in the README")
    func swiftBlocks() throws {
        func markers(_ path: String) throws -> Set<String> {
            let document = try Document(path)
            return Set(Self.swiftBlocks.keys.filter { document.block("swift", in: $0) != nil })
        }
        #expect(try markers("README.md") == ["swift-session"])
        #expect(try markers("docs/swift.md") == ["swift-session", "swift-preparation"])
        #expect(try markers("docs/emulator.md") == ["swift-emulator"])
    }

    @Test("the block about preparation does what its comments say")
    func preparationRuns() async throws {
        let files = ["photos/rocket.jpg", "photos/dandelion.jpg"]
        let uris = try await dataURIs(of: files.map(Fixtures.path))
        #expect(uris.map { $0.hasPrefix("data:image/jpeg;base64,/9j/") } == [true, true])
        let failure = await #expect(throws: PreparationFailure.self) {
            try await dataURIs(of: [Fixtures.path("corrupt/empty.jpg")])
        }
        #expect(failure?.inputs.map(\.code) == [.emptyInput])
    }

    @Test("each JSON block is one document, or one document on each line", arguments: Document.paths)
    func json(_ path: String) throws {
        for block in try Document(path).blocks where block.language == "json" {
            let text = block.text.replacing("[…]", with: "[]")
            if (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil { continue }
            for line in text.split(separator: "\n") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
    }

    // MARK: Tables

    @Test("all error codes are listed, in order, with their meaning")
    func errorCodes() throws {
        let table = try Document("docs/json.md").table(between: "error-codes")
        #expect(table == ErrorCode.allCases.map { [$0.rawValue, $0.meaning] })
    }

    @Test("all exit codes are listed, in order, with their meaning")
    func exitCodes() throws {
        let table = try Document("docs/cli.md").table(between: "exit-codes")
        #expect(table == ExitStatus.allCases.map { ["\($0.rawValue)", $0.meaning] })
    }

    @Test("docs/json.md has a row for each document that has a schema, and names each category of an error")
    func schemas() async throws {
        let document = try Document("docs/json.md")
        let list = try JSONValue(parsing: try await CommandRunner().run(["schema", "--json"]).output)
        let names = (list["documents"]?.array ?? []).compactMap { $0["name"]?.string }
        let rows = document.table(headed: "| document |").map { $0[0] }
        #expect(rows.map { $0.replacing(/^\[`|`\].*/, with: "") } == names)
        let error = try JSONValue(parsing: try await CommandRunner().run(["schema", "error"]).output)
        let category = error["$defs"]?["command-error"]?["properties"]?["category"]
        let words = try #require(category?["enum"]?.array).compactMap(\.string)
        #expect(words.count > 20)
        for word in words { #expect(document.mentions("`\(word)`"), "\(word)") }
    }

    @Test("exactly the reasons are listed, in order")
    func reasons() throws {
        let words = try Document("docs/json.md").table(headed: "| reason |").compactMap(\.first)
        #expect(words == Reason.allCases.map(\.rawValue))
    }

    @Test("exactly the notices are listed, in order")
    func notices() throws {
        let words = try Document("docs/json.md").table(headed: "| notice |").compactMap(\.first)
        #expect(words == Notice.Code.allCases.map(\.rawValue))
    }

    @Test("all actions are named", arguments: Action.allCases)
    func actions(_ action: Action) throws {
        #expect(try Document("docs/json.md").mentions("`\(action.rawValue)`"))
    }

    @Test("the old words are still words of the JSON")
    func oldWords() throws {
        let document = try Document("docs/json.md")
        let rows = document.table(between: "old-words")
        #expect(rows.count == 5)
        for row in rows {
            switch row[1] {
            case "action": #expect(Action(rawValue: row[0]) != nil, "\(row[0])")
            case "a notice": #expect(Notice.Code(rawValue: row[0]) != nil, "\(row[0])")
            default: #expect(["pictures", "host"].contains(row[0]), "\(row[0])")
            }
        }
    }

    @Test("each profile has a row with its bytes and what is sent unchanged")
    func profiles() throws {
        let rows = InputConstraints.profiles.map { name, constraints in
            [
                name, Self.grouped(constraints.maximumBytes),
                constraints.acceptedMediaTypes.map(Self.displayName).joined(separator: ", "),
            ]
        }
        #expect(try Document("docs/preparation.md").table(headed: "| profile |") == rows)
    }

    @Test("the two areas and the body limit are those of the default profile")
    func numbers() throws {
        let document = try Document("docs/preparation.md")
        let constraints = InputConstraints.seedream4
        for number in [constraints.minimumArea, constraints.maximumArea, constraints.maximumBodyBytes] {
            #expect(document.mentions(Self.grouped(number)), "\(number)")
        }
    }

    // MARK: The command

    /// Returns the help of a command such as `jobs settle`.
    private func help(_ command: String) async throws -> CommandResult {
        let result = try await CommandRunner().run(
            command.split(separator: " ").map(String.init) + ["--help-hidden"])
        #expect(result.status == 0)
        return result
    }

    @Test("docs/cli.md names each option of the help, docs/emulator.md those of emulate", arguments: commands)
    func options(_ command: String) async throws {
        let options = try await help(command).lines.compactMap { line in
            line.firstMatch(of: /^  ((?:-\w, )?--[a-z-]+)/).map { $0.1.components(separatedBy: ", ") }
        }
        #expect(options.count >= 3)
        let document = try Document(command == "emulate" ? "docs/emulator.md" : "docs/cli.md")
        // One of the spellings suffices. `--help` and `--version` belong to the parser, in every
        // command.
        for spellings in options where !spellings.contains("--help") && spellings != ["--version"] {
            #expect(spellings.contains(where: document.mentions), "\(spellings)")
        }
    }

    @Test("no table of options names an option that the help does not have")
    func noOthers() async throws {
        var known: Set<String> = []
        for command in Self.commands {
            for match in try await help(command).text.matches(of: /--[a-z][a-z-]*/) {
                known.insert(String(match.0))
            }
        }
        let rows = try Document.paths.flatMap { path in
            let document = try Document(path)
            return ["| option | effect |\n", "| option | effect | default |\n"].flatMap(document.tables)
                .joined()
        }
        let named = rows.joined().flatMap { cell in cell.matches(of: /--[a-z][a-z-]*/).map { String($0.0) } }
        #expect(named.count > 80)
        #expect(named.filter { !known.contains($0) } == [])
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        for offset in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: offset))
        }
        return digits
    }

    private static func displayName(_ type: MediaType) -> String {
        switch type {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        }
    }
}
