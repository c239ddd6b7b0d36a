import SeedreamCommand
import TestSupport
import Testing

/// Options that got another name, and whose old name works for one release.
@Suite("old names of options")
struct RenamedOptionsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var old: String
        var new: String
        var note: String?
        var testDescription: String { old }

        init(_ old: String, _ new: String, note: String? = nil) {
            (self.old, self.new, self.note) = (old, new, note)
        }
    }

    static let cases = [
        Case("--strict", "--fail-on-dropped", note: "--strict is now --fail-on-dropped"),
        Case("--lenient", "--ignore-unsupported"),
        Case("--jobs 2", "--threads 2", note: "--jobs is now --threads"),
        Case("--jobs=2", "--threads=2", note: "--jobs is now --threads"),
        Case("--images-per-call 3", "--images-per-generation 3"),
        Case(
            "--transport data-uri", "--send-images=inline",
            note: "--transport data-uri is now --send-images inline"),
        Case("--transport=data-uri", "--send-images=inline"),
        Case("--transport upload", "--send-images upload", note: "--transport is now --send-images"),
        Case("--inline", "--receive=inline", note: "--inline is now --receive inline"),
        Case("--colour keep", "--color-profile keep"),
        Case(
            "--color keep", "--color-profile=keep", note: "--color keep is now --color-profile keep"),
        Case("--color=convert", "--color-profile=convert"),
        Case("--overwrite", "--existing=replace", note: "--overwrite is now --existing replace"),
        Case("--mode run", "--fal-mode run"), Case("--priority low", "--fal-priority low"),
        Case("--start-timeout 9", "--fal-start-timeout 9"),
        Case("--result-expiry 9", "--fal-result-expiry 9"),
        Case("--upload-expiry 9", "--fal-upload-expiry 9"), Case("--no-store", "--fal-no-store"),
        Case("--bare-key", "--onerouter-bare-key"), Case("--watermark", "--ark-watermark"),
    ]

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    @Test("become the present ones, with one note", arguments: cases)
    func renamed(_ test: Case) throws {
        let words = ["edit", "x"] + Self.words(test.old) + ["a.jpg"]
        let renamed = try RenamedOptions(words)
        #expect(renamed.arguments == ["edit", "x"] + Self.words(test.new) + ["a.jpg"])
        #expect(renamed.notes.count == 1)
        if let note = test.note {
            #expect(renamed.notes == ["\(note); the old name works until the next release"])
        }
        #expect(try RenamedOptions(words + Self.words(test.old)).notes.count == 1)
    }

    @Test(
        "are no others: present names, values, and all that follows the terminator",
        arguments: [
            "edit x a.jpg --fail-on-dropped --threads 2 --color auto --color=never", "edit strict --jobs-x",
            "prep --name=--strict a.jpg", "prep a.jpg -- --strict --overwrite", "jobs --json", "prep --color",
            "batch rows.jsonl --receive inline", "",
        ])
    func unchanged(_ line: String) throws {
        let renamed = try RenamedOptions(Self.words(line))
        #expect(renamed.arguments == Self.words(line))
        #expect(renamed.notes == [])
    }

    @Test("stay in a value that looks like one")
    func values() throws {
        let words = ["edit", "--strict mode", "--jobs", "a.jpg"]
        #expect(try RenamedOptions(words).arguments == ["edit", "--strict mode", "--threads", "a.jpg"])
    }

    @Test("take no value if they were flags")
    func flags() async throws {
        #expect(try await seedream("prep", "--strict=yes", Sample.conforming, "--dry-run").status == 64)
        #expect(try await seedream("prep", "--overwrite=no", Sample.conforming, "-o", "out").status == 64)
    }

    @Test("are not taken beside the present name")
    func both() async throws {
        #expect(throws: (any Error).self) { try RenamedOptions(["prep", "--jobs", "1", "--threads=2"]) }
        let result = try await seedream("prep", "--overwrite", "--existing", "skip", "-o", "out", "a.jpg")
        #expect(result.status == 64)
        #expect(
            result.errorLines.first
                == "Error: '--overwrite' is the old name of '--existing replace'; choose one")
    }

    @Test("work in a command, which notes them on stderr")
    func command() async throws {
        let old = try await seedream(
            "prep", "--json", "--dry-run", "--strict", "--jobs", "1", "--color", "keep", Sample.conforming)
        let new = try await seedream(
            "prep", "--json", "--dry-run", "--fail-on-dropped", "--threads", "1", "--color-profile", "keep",
            Sample.conforming)
        #expect(old.status == 0)
        #expect(old.text == new.text)
        #expect(
            old.errorLines.filter { $0.contains("the old name works") } == [
                "note: --strict is now --fail-on-dropped; the old name works until the next release",
                "note: --jobs is now --threads; the old name works until the next release",
                "note: --color keep is now --color-profile keep; the old name works until the next release",
            ])
        #expect(!new.errors.contains("the old name works"))
    }

    @Test("are in no help, not even that of hidden options")
    func help() async throws {
        for command in ["prep", "edit", "generate", "batch"] {
            let text = try await seedream(command, "--help-hidden").text
            for test in Self.cases {
                let name = test.old.prefix { $0 != " " && $0 != "=" }
                // `--color` has a new meaning.
                if name != "--color" { #expect(!text.contains("  \(name) "), "\(command) \(name)") }
            }
        }
    }
}
