#if Client
import Foundation
import TestSupport
import Testing

/// Typical mistakes in commands that cost money: refused before anything is prepared, with the
/// right spelling.
@Suite("prompts")
struct PromptRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var message: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., message: String) {
            self.arguments = arguments
            self.message = message
        }
    }

    /// The folder holds `dog.jpg`, `my dog.jpg`, `words.txt`, `photos/` and a file `hat`.
    static let mistakes: [Case] = [
        Case("edit", message: "no prompt given; write `seedream edit \"what to do\" image.jpg`"),
        Case("generate", message: "no prompt given; write `seedream generate \"what to make\"`"),
        Case("edit", "", "dog.jpg", message: "the prompt is empty; describe the image"),
        Case("edit", " \t\n", "dog.jpg", message: "the prompt is empty; describe the image"),
        Case("generate", "\u{200B}\u{FEFF}", message: "the prompt is empty; describe the image"),
        Case(
            "edit", "dog.jpg", "cat.jpg",
            message:
                "expected the prompt first, found the file dog.jpg; write `seedream edit \"what to do\" dog.jpg cat.jpg`"
        ),
        Case(
            "edit", "gone.PNG", "dog.jpg",
            message:
                "expected the prompt first, found the file name gone.PNG; write `seedream edit \"what to do\" gone.PNG dog.jpg`"
        ),
        Case(
            "edit", "dog.jpg", "put a hat on it",
            message:
                "expected the prompt first, found the file dog.jpg; write `seedream edit \"put a hat on it\" dog.jpg`"
        ),
        Case(
            "edit", "dog.jpg", "night",
            message:
                "expected the prompt first, found the file dog.jpg; write `seedream edit night dog.jpg`"
        ),
        Case(
            "edit", "a.jpg", "b.jpg", "make \"it\" night", "c.jpg",
            message:
                "expected the prompt first, found the file name a.jpg; write `seedream edit 'make \"it\" night' a.jpg b.jpg c.jpg`"
        ),
        Case(
            "edit", "my dog.jpg", "dog.jpg",
            message:
                "expected the prompt first, found the file my dog.jpg; write `seedream edit \"what to do\" \"my dog.jpg\" dog.jpg`"
        ),
        Case(
            "edit", "photos",
            message:
                "expected the prompt first, found the folder photos; write `seedream edit \"what to do\" photos`"
        ),
        Case(
            "edit", "photos/", "--each",
            message:
                "expected the prompt first, found the folder photos/; write `seedream edit \"what to do\" photos/`"
        ),
        Case(
            "edit", "./gone", "dog.jpg",
            message:
                "expected the prompt first, found the path ./gone; write `seedream edit \"what to do\" ./gone dog.jpg`"
        ),
        Case(
            "edit", ".", "--each",
            message: "expected the prompt first, found the folder .; write `seedream edit \"what to do\" .`"),
        Case(
            "edit", "https://example.com/a.jpg", "dog.jpg",
            message:
                "expected the prompt first, found the URL https://example.com/a.jpg; write `seedream edit \"what to do\" https://example.com/a.jpg dog.jpg`"
        ),
        Case(
            "edit", "data:image/png;base64,AA==", "dog.jpg",
            message:
                "expected the prompt first, found the data URI data:image/png;base64,AA==; write `seedream edit \"what to do\" \"data:image/png;base64,AA==\" dog.jpg`"
        ),
        Case(
            "edit", "*.jpg", "dog.jpg",
            message:
                "expected the prompt first, found the file name *.jpg; write `seedream edit \"what to do\" \"*.jpg\" dog.jpg`"
        ),
        Case(
            "edit", "@words.txt", "dog.jpg",
            message: "@words.txt: a prompt is read from a file with `--prompt-file words.txt`"),
        Case(
            "edit", "words.txt", "dog.jpg",
            message:
                "expected the prompt first, found the file words.txt; write `seedream edit --prompt-file words.txt dog.jpg`"
        ),
        Case(
            "generate", "dog.jpg",
            message:
                "expected the prompt first, found the file dog.jpg; write `seedream edit \"what to do\" dog.jpg` to edit it"
        ),
        Case("generate", "@gone", message: "@gone: a prompt is read from a file with `--prompt-file gone`"),
        Case(
            "edit", "-", "-", message: "standard input can be named only once: as the prompt, or as an input"),
        Case(
            "edit", "--prompt-file", "-", "-",
            message: "standard input can be named only once: as the prompt, or as an input"),
        Case(
            "edit", "--prompt-file", "words.txt", "make it night", "dog.jpg",
            message: "a prompt and '--prompt-file' are both given; choose one"),
        Case(
            "generate", "--prompt-file", "words.txt", "night",
            message: "a prompt and '--prompt-file' are both given; choose one"),
        Case(
            "edit", "--prompt-file", "words.txt",
            message: "no input given; name an image, or use `seedream generate`"),
        Case(
            "edit", "x", "dog.jpg", "--size", "16x9",
            message:
                "--size: 16x9 is a size in pixels, too small for any provider; for a ratio write `--size 16:9`"
        ),
        Case(
            "edit", "x", "dog.jpg", "--size", "0x0", message: "The value '0x0' is invalid for '--size <size>'"
        ),
        Case(
            "edit", "x", "dog.jpg", "--size", "8K", message: "The value '8K' is invalid for '--size <size>'"),
        Case("edit", "x", "dog.jpg", "--count", "0", message: "--count: expected 1 to 1000, found 0"),
        Case("edit", "x", "dog.jpg", "--count=-2", message: "--count: expected 1 to 1000, found -2"),
        Case(
            "edit", "x", "dog.jpg", "--budget=-1",
            message: "The value '-1' is invalid for '--budget <amount>'"),
        Case(
            "edit", "x", "dog.jpg", "--budget", "0,50",
            message: "The value '0,50' is invalid for '--budget <amount>'"),
    ]

    private func makeFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["dog.jpg", "my dog.jpg"] {
            try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: name)
        }
        try folder.write("make it night\n\n".utf8, as: "words.txt")
        try folder.write("x".utf8, as: "hat")
        try FileManager.default.createDirectory(
            atPath: folder.file("photos"), withIntermediateDirectories: false)
        return folder
    }

    private func runner(in folder: TemporaryFolder) -> CommandRunner {
        var runner = CommandRunner()
        runner.directory = folder.path
        runner.environment["XDG_STATE_HOME"] = folder.file("state")
        return runner
    }

    @Test("mistakes end with 64, and the message has the right spelling", arguments: mistakes)
    func mistake(_ test: Case) async throws {
        let folder = try makeFolder()
        let result = try await runner(in: folder).run(test.arguments)
        #expect(result.status == 64, "\(result)")
        #expect(result.text == "")
        #expect(result.errorLines.first == "Error: \(test.message)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }

    @Test(
        "are accepted in the usual forms, with any files in the folder",
        arguments: [
            ["edit", "make it look like dog.jpg", "dog.jpg"], ["edit", "night", "dog.jpg"],
            ["edit", "photos of dogs", "dog.jpg"], ["edit", "black/white", "dog.jpg"],
            ["edit", "4K", "dog.jpg"],
            ["edit", "@anna with a hat", "dog.jpg"], ["edit", "v1.5", "dog.jpg"],
            ["edit", "夜にする", "dog.jpg"],
            ["edit", "see https://example.com for the style", "dog.jpg"], ["generate", "photos"],
            ["generate", "a lighthouse"],
            ["edit", "--prompt-file", "words.txt", "dog.jpg"], ["generate", "--prompt-file", "words.txt"],
        ])
    func taken(_ arguments: [String]) async throws {
        let folder = try makeFolder()
        let result = try await runner(in: folder).run(arguments + ["--dry-run", "--json"])
        #expect(result.status == 0, "\(result)")
        let prompt = arguments.contains("--prompt-file") ? "make it night" : arguments[1]
        #expect(try Self.prompt(in: result) == prompt)
    }

    private static func prompt(in result: CommandResult) throws -> String? {
        let document = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
        let requests = document?["requests"] as? [[String: Any]]
        let request = requests?.first?["request"] as? [String: Any]
        return (request?["body"] as? [String: Any])?["prompt"] as? String
    }

    @Test(
        "come from standard input, without a byte order mark or line breaks around them",
        arguments: [["-"], ["--prompt-file", "-"]])
    func standardInput(_ words: [String]) async throws {
        let folder = try makeFolder()
        let result = try await runner(in: folder).run(
            ["generate"] + words + ["--dry-run", "--json"], input: Data("\u{FEFF}two\nlines\r\n\n".utf8))
        #expect(result.status == 0, "\(result)")
        #expect(try Self.prompt(in: result) == "two\nlines")
    }

    @Test(
        "with invalid bytes, without words, or too long are refused",
        arguments: [
            (
                Data([0x63, 0x61, 0x66, 0xE9]),
                "expected a prompt in UTF-8, found other bytes; save it as UTF-8"
            ),
            (
                Data([0xFF, 0xFE, 0x61, 0x00]),
                "expected a prompt in UTF-8, found other bytes; save it as UTF-8"
            ),
            (Data(), "expected a prompt, found none"), (Data(" \n".utf8), "expected a prompt, found none"),
            (Data(repeating: 0x61, count: (1 << 20) + 1), "expected a prompt, found more than 1048576 bytes"),
        ])
    func bytes(_ input: Data, _ message: String) async throws {
        let folder = try makeFolder()
        let result = try await runner(in: folder).run(["generate", "-", "--dry-run"], input: input)
        #expect(result.status == 64)
        #expect(result.errorLines.first == "Error: standard input: \(message)")
        try folder.write(input, as: "prompt")
        let file = try await runner(in: folder).run(["generate", "--prompt-file", "prompt", "--dry-run"])
        #expect(file.status == 64)
        #expect(file.errorLines.first == "Error: prompt: \(message)")
    }

    @Test(
        "that are not UTF-8 are refused, also as an argument",
        arguments: ["\\351", "a\\200b", "\\300\\257"])
    func argument(_ escaped: String) async throws {
        let folder = try makeFolder()
        var runner = runner(in: folder)
        runner.executable = "/bin/sh"
        runner.leadingArguments = [
            "-c", "exec \"$0\" generate \"$(printf 'caf\(escaped)')\" --dry-run", CommandRunner.seedream,
        ]
        let result = try await runner.run([])
        #expect(result.status == 64, "\(result)")
        #expect(result.errorLines.first?.hasPrefix("Error: the prompt is not UTF-8") == true)
        // The replacement character in the text itself is an ordinary character.
        let replacement = try await self.runner(in: folder).run(["generate", "caf\u{FFFD}", "--dry-run"])
        #expect(replacement.status == 0)
    }

    @Test("a missing file is named")
    func missing() async throws {
        let folder = try makeFolder()
        let result = try await runner(in: folder).run(["generate", "--prompt-file", "gone"])
        #expect(result.status == 64)
        #expect(
            result.errorLines.first == "Error: gone: the prompt cannot be read: No such file or directory")
    }
}
#endif
