import Foundation
import ImagePreparation
import SeedreamCommand
import SeedreamModel
import TestSupport
import Testing

/// What the README says is what the sources do.
@Suite("README against the sources")
struct ReadmeTests {
    let readme: Readme

    init() throws { readme = try Readme() }

    // MARK: Swift

    @Test("the Swift block is the one that is compiled here")
    func swiftBlock() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("ReadmeExample.swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        let compiled = try #require(
            Readme.section(of: source, from: "\n// README start\n", to: "// README end\n"))
        let blocks = readme.text.components(separatedBy: "```swift\n").dropFirst().map { block in
            block.components(separatedBy: "```")[0]
        }
        // The others are the client's and the emulator's, compiled among their tests.
        #expect(blocks.first == compiled)
        #expect(blocks.count == 3)
    }

    @Test("the Swift block does what its comment says")
    func swiftBlockRuns() async throws {
        let files = ["photos/rocket.jpg", "photos/dandelion.jpg"]
        let uris = try await dataURIs(of: files.map(Fixtures.path))
        #expect(uris.map { $0.hasPrefix("data:image/jpeg;base64,/9j/") } == [true, true])
        let failure = await #expect(throws: PreparationFailure.self) {
            try await dataURIs(of: [Fixtures.path("corrupt/empty.jpg")])
        }
        #expect(failure?.inputs.map(\.code) == [.emptyInput])
    }

    // MARK: Tables

    @Test("the error codes are all there, in order, with their meaning")
    func errorCodes() {
        #expect(readme.table(between: "error-codes") == ErrorCode.allCases.map { [$0.rawValue, $0.meaning] })
    }

    @Test("the exit codes are all there, in order, with their meaning")
    func exitCodes() {
        #expect(
            readme.table(between: "exit-codes") == ExitStatus.allCases.map { ["\($0.rawValue)", $0.meaning] })
    }

    @Test("the reasons are all there, in order, and no others")
    func reasons() {
        let words = readme.table(headed: "| reason |").compactMap(\.first)
        #expect(words == Reason.allCases.map(\.rawValue))
    }

    @Test("the notices are all there, in order, and no others")
    func notices() {
        let words = readme.table(headed: "| notice |").compactMap(\.first)
        #expect(words == Notice.Code.allCases.map(\.rawValue))
    }

    @Test("each action is named", arguments: Action.allCases)
    func actions(_ action: Action) {
        #expect(readme.mentions("`\(action.rawValue)`"))
    }

    @Test("each profile has a row with its bytes and what goes out as it is")
    func profiles() {
        let rows = InputConstraints.profiles.map { name, constraints in
            [
                name, Self.grouped(constraints.maximumBytes),
                constraints.acceptedMediaTypes.map(Self.displayName).joined(separator: ", "),
            ]
        }
        #expect(readme.table(headed: "| profile |") == rows)
    }

    @Test("the two areas and the body are those of the default profile")
    func numbers() {
        let constraints = InputConstraints.seedream4
        for number in [constraints.minimumArea, constraints.maximumArea, constraints.maximumBodyBytes] {
            #expect(readme.mentions(Self.grouped(number)), "\(number)")
        }
    }

    // MARK: The command

    @Test(
        "each option of the help is named",
        arguments: [
            "prep", "inspect", "edit", "generate", "jobs", "resume", "status", "result", "cancel", "emulate",
        ])
    func options(_ subcommand: String) async throws {
        let help = try await CommandRunner().run([subcommand, "--help"])
        #expect(help.status == 0)
        let options = help.lines.compactMap { line in
            line.firstMatch(of: /^  ((?:-\w, )?--[a-z-]+)/).map { $0.1.components(separatedBy: ", ") }
        }
        #expect(options.count > 3)
        // One of the spellings will do. The last two are the parser's own, in every command.
        for spellings in options where !spellings.contains("--help") && spellings != ["--version"] {
            #expect(spellings.contains(where: readme.mentions), "\(spellings)")
        }
    }

    @Test("no option is named that the help does not have")
    func noOthers() async throws {
        var known: Set<String> = []
        for subcommand in [
            "prep", "inspect", "edit", "generate", "jobs", "resume", "status", "result", "cancel", "emulate",
        ] {
            for match in try await CommandRunner().run([subcommand, "--help"]).text.matches(
                of: /--[a-z][a-z-]*/)
            {
                known.insert(String(match.0))
            }
        }
        let rows = ["| option | effect |\n", "| option | effect | default |\n"].flatMap { head in
            readme.text.components(separatedBy: head).dropFirst().flatMap { rest in
                rest.components(separatedBy: "\n").prefix { $0.hasPrefix("|") }
            }
        }
        let named = rows.flatMap { row in row.matches(of: /--[a-z][a-z-]*/).map { String($0.0) } }
        #expect(named.count > 15)
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
