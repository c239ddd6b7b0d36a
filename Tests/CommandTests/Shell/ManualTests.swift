import Foundation
import TestSupport
import Testing

/// The pages that `scripts/generate-manual` writes.
@Suite("manual")
struct ManualTests {
    private static let mandoc = ["/usr/bin/mandoc", "/usr/local/bin/mandoc", "/opt/homebrew/bin/mandoc"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The pages by name, as the script writes them.
    private static func pages(_ environment: [String: String] = [:]) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var runner = CommandRunner(Fixtures.root.appendingPathComponent("scripts/generate-manual").path)
        runner.environment = environment
        let result = try await runner.run([folder.file("man"), CommandRunner.seedream])
        #expect(result.status == 0, "\(result)")
        return folder
    }

    private static func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
        try String(contentsOfFile: folder.file("man/\(name)"), encoding: .utf8)
    }

    /// The words of each command, from the files of the help.
    private static let commands: [[String]] = HelpTests.cases.filter { $0.arguments.last == "--help" }
        .map { $0.arguments.dropLast() }

    private static func name(_ words: [String]) -> String { (["seedream"] + words).joined(separator: "-") }

    @Test("has a page for every command, and every page is named in seedream(1)")
    func names() async throws {
        let folder = try await Self.pages()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("man"))
        #expect(Set(names).isSuperset(of: Self.commands.map { "\(Self.name($0)).1" }))
        let root = try Self.text(folder, "seedream.1").replacing("\\-", with: "-")
        for name in names where name != "seedream.1" {
            #expect(root.contains("\\fB\(name.dropLast(2))\\fR(1)"), "\(name)")
        }
    }

    @Test("shows every option, hidden ones too, and every line of the examples, in 80 columns")
    func content() async throws {
        let folder = try await Self.pages()
        for words in Self.commands {
            let help = try await CommandRunner().run(words + ["--help-hidden"]).lines
            let page = try Self.text(folder, "\(Self.name(words)).1")
            let options = help.compactMap {
                $0.firstMatch(of: /^  (?:-\w, )?(--[a-z-]+)/).map { String($0.1) }
            }
            #expect(!options.isEmpty)
            for option in options {
                #expect(page.contains("\\fB\(option.replacing("-", with: "\\-"))\\fR"), "\(words) \(option)")
            }
            let examples = help.drop { $0 != "Examples:" }.dropFirst().prefix { !$0.isEmpty }
            #expect(!examples.isEmpty)
            let lines = Set(
                page.replacing("\\-", with: "-").replacing("\\(aq", with: "'").split(separator: "\n"))
            for example in examples { #expect(lines.contains(example.dropFirst(2)), "\(example)") }
        }
    }

    @Test("has the sections of a manual")
    func sections() async throws {
        let folder = try await Self.pages()
        let titles = [
            "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\"", "ENVIRONMENT",
            "FILES",
            "\"SEE ALSO\"",
        ]
        let page = try Self.text(folder, "seedream-edit.1")
        #expect(page.matches(of: /(?m)^\.SH (.*)$/).map { String($0.1) } == titles)
        #expect(page.contains(".SS Input\n"))
        let prose = page.replacing("\n", with: " ")
        #expect(prose.contains("(values: auto, jpeg, png, webp; default: auto)"))
        #expect(!page.contains("help\\-hidden"))
        #expect(page.utf8.allSatisfy { $0 < 0x7F })
    }

    @Test("is the same for the same day, and has no date that is not given")
    func date() async throws {
        let first = try await Self.pages(["SOURCE_DATE_EPOCH": "1764288000"])
        let second = try await Self.pages(["SOURCE_DATE_EPOCH": "1764288001"])
        for name in try FileManager.default.contentsOfDirectory(atPath: first.file("man")) {
            #expect(try Self.text(first, name) == Self.text(second, name))
        }
        #expect(try Self.text(first, "seedream.1").hasPrefix(".TH SEEDREAM 1 \"2025-11-28\" \"seedream "))
        let folder = try TemporaryFolder()
        var runner = CommandRunner()
        runner.environment["SOURCE_DATE_EPOCH"] = ""
        #expect(try await runner.run(["manual", folder.path]).status == 0)
        let page = try String(contentsOfFile: folder.file("seedream.1"), encoding: .utf8)
        #expect(page.hasPrefix(".TH SEEDREAM 1 \"\" \"seedream "))
    }

    @Test(
        "passes mandoc's check, and mandoc shows every example on one line",
        .enabled(if: mandoc != nil, "needs mandoc"))
    func lint() async throws {
        let folder = try await Self.pages(["SOURCE_DATE_EPOCH": "1764288000"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("man")).sorted()
        let mandoc = CommandRunner(Self.mandoc ?? "")
        let paths = names.map { folder.file("man/\($0)") }
        let lint = try await mandoc.run(["-T", "lint", "-W", "warning"] + paths)
        #expect(lint.text == "")
        #expect(lint.status == 0)
        for words in Self.commands {
            let path = folder.file("man/\(Self.name(words)).1")
            let shown = try await mandoc.run(["-T", "utf8", "-O", "width=80", path]).text
                .replacing(#/.\u{8}/#, with: "")
            let page = try Self.text(folder, "\(Self.name(words)).1").replacing("\\-", with: "-")
                .replacing("\\(aq", with: "'").split(separator: "\n")
            let examples = page.drop { $0 != ".SH EXAMPLES" }.drop { $0 != ".EX" }.dropFirst().prefix {
                $0 != ".EE"
            }
            #expect(!examples.isEmpty)
            for example in examples {
                #expect(shown.contains("\n  \(example)\n"), "\(example)")
            }
        }
    }

    @Test("is not written into a folder that does not exist")
    func folder() async throws {
        let result = try await seedream("manual", "/nowhere/man1")
        #expect(result.status == 73)
        #expect(result.errors.contains("/nowhere/man1"))
    }
}
