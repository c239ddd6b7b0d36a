#if Client
import Foundation
import SeedreamModel
import TestSupport
import Testing

/// `seedream models`, and `--model` in every command that has it. Nothing is sent.
@Suite("models on the command line")
struct ModelsTests {
    private static let photo = Fixtures.path("photos/rocket.jpg")
    private static let cutout = Fixtures.path("photos/coffee-cutout.png")

    private func run(_ arguments: [String]) async throws -> CommandResult {
        try await CommandRunner().run(arguments)
    }

    /// Returns the request of a dry run.
    private func request(_ arguments: [String]) async throws -> JSONValue {
        let result = try await run(arguments + ["--dry-run", "--json"])
        #expect(result.status == 0, "\(result)")
        return try #require(try JSONValue(parsing: result.output)["requests"]?.array?.first?["request"])
    }

    @Test("lists every row of the table, or those of a provider or of a model")
    func list() async throws {
        let all = try await run(["models"])
        #expect(all.status == 0)
        for entry in ModelTable.standard.entries {
            #expect(
                all.lines.contains {
                    $0.hasPrefix(entry.alias) && $0.contains(" \(entry.provider.rawValue) ")
                })
        }
        let ark = try await run(["models", "--provider", "ark", "--json"])
        let listed = try JSONValue(parsing: ark.output)["models"]?.array ?? []
        #expect(listed.count == ModelTable.standard.entries(of: .ark).count)
        let pro = try await run(["models", "5-pro", "--json"])
        let hosts = try JSONValue(parsing: pro.output)["models"]?.array?.compactMap { $0["provider"]?.string }
        #expect(hosts == ["fal", "aiml", "apiframe", "ark"])
        let lines = try await run(["models", "5.0-pro", "-p", "ark"]).text
        #expect(lines.contains("0.045 USD to 2.61 Mpx, 0.09 above; 0.003 an input after 1"))
        #expect(lines.contains("https://docs.byteplus.com"))
    }

    @Test("an unknown model suggests names")
    func unknown() async throws {
        let result = try await run(["models", "5.0-por"])
        #expect(result.status == 64)
        #expect(result.errors.contains("expected a known model, found 5.0-por; did you mean 5.0-pro or "))
    }

    @Test("the table fits the terminal", arguments: [60, 80, 200])
    func width(_ columns: Int) async throws {
        let screen = try await CommandRunner().run(["models"], onTerminalOf: columns)
        let table = screen.table("model")
        #expect(table.count == ModelTable.standard.entries.count + 1)
        for line in table { #expect(TerminalScreen.columns(line) <= columns, "\(line)") }
    }

    @Test("edit sends the ID for the alias at each provider, and says what it costs")
    func alias() async throws {
        let fal = try await request(["edit", "a hat", Self.photo, "--model", "4.5"])
        #expect(fal["model"] == "fal-ai/bytedance/seedream/v4.5/edit")
        let ark = try await request(["edit", "a hat", Self.photo, "-p", "ark", "--model", "5.5"])
        #expect(ark["model"] == "seedream-5-5-261028")
        #expect(abs((ark["worstCost"]?.number ?? 0) - 0.043) < 1e-9)
        #expect(ark["rule"]?["perInput"]?.number == 0.008)
        let text = try await run([
            "edit", "a hat", Self.photo, "-p", "ark", "--model", "5.0-pro", "--size", "1.5K", "--dry-run",
        ])
        #expect(text.text.contains("costs at most 0.045 USD: an image is 0.045 USD to 2.61 Mpx, 0.09 above"))
        let generation = try await request(["generate", "a hat", "--model", "5.5", "--size", "1K"])
        #expect(generation["url"]?.string?.hasSuffix("bytedance/seedream/v5.5/text-to-image") == true)
    }

    /// A command line that is refused, and a part of its message.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var words: String
        var testDescription: String { arguments.dropFirst(3).joined(separator: " ") }

        init(_ options: String..., words: String) {
            arguments = ["edit", "a hat", ModelsTests.photo] + options + ["--dry-run"]
            self.words = words
        }
    }

    static let refusals = [
        Refusal("--model", "5.0-por", words: "did you mean 5.0-pro or"),
        Refusal("-p", "onerouter", "--model", "5.5", words: "it is sold by fal, ark"),
        Refusal("-p", "ark", "--model", "bytedance/seedream-4-5", words: "it is sold by aiml"),
        Refusal("--model", "5.5", words: "no ID of 5.5 for edits is known"),
        Refusal(
            "--model", "5.0-pro", "--size", "4K",
            words: "expected 1K, 1.5K or 2K for 5.0-pro at fal, found 4K"),
        Refusal("-p", "ark", "--model", "4.5", "--size", "1024x1024", words: "expected at least 3686400 px²"),
        Refusal("--model", "5.0-pro", "--seed", "1", words: "5.0-pro at fal does not support it"),
        Refusal("--result-format", "png", words: "--result-format: fal does not support it"),
        Refusal("-p", "ark", "--model", "4.5", "--layers", words: "--layers: 4.5 at Ark does not support it"),
        Refusal(
            "-p", "ark", "--model", "5.0-pro", "--result-background", "transparent",
            words: "expected an image with an alpha channel"),
        Refusal(
            "-p", "ark", "--model", "5.5", "--result-background", "transparent", "--result-format", "jpeg",
            words: "needs PNG"),
        Refusal("--guidance-scale", "0", words: "expected more than 0"),
    ]

    @Test("what a model cannot do is refused on one line, with what would do", arguments: refusals)
    func refused(_ test: Refusal) async throws {
        let result = try await run(test.arguments)
        #expect(result.status == 64, "\(result)")
        #expect(result.errors.contains(test.words), "\(result.errors)")
    }

    @Test("--ignore-unsupported drops it with a note")
    func lenient() async throws {
        let result = try await run([
            "edit", "a hat", Self.photo, "--model", "5.0-pro", "--seed", "1", "--ignore-unsupported",
            "--dry-run",
        ])
        #expect(result.status == 0)
        #expect(
            result.errors.contains("5.0-pro at fal does not support it: each request gives another image"))
        #expect(!result.text.contains("\"seed\""))
    }

    @Test("a cut-out keeps its transparency for a transparent background")
    func transparent() async throws {
        let request = try await request([
            "edit", "a hat", Self.cutout, "-p", "ark", "--model", "5.0-pro", "--result-background",
            "transparent",
        ])
        #expect(request["body"]?["background"] == "transparent")
        #expect(request["body"]?["image"]?.string?.hasPrefix("data:image/png") == true)
    }

    @Test("an unlisted ID is sent unchecked, with a note")
    func unlisted() async throws {
        let result = try await run([
            "edit", "a hat", Self.photo, "-p", "ark", "--model", "ep-1-abc", "--size", "100x100", "--dry-run",
        ])
        #expect(result.status == 0 && result.text.contains("\"ep-1-abc\""))
        #expect(result.errors.contains("ep-1-abc is not among the known models of Ark: it is sent unchecked"))
    }

    @Test("prep uses the limits of a model: of the profile's provider, or of Ark")
    func prep() async throws {
        let photos = Array(repeating: Self.photo, count: 15)
        func used(_ options: String...) async throws -> Int {
            let result = try await run(["prep"] + photos + ["--dry-run", "--json"] + options)
            #expect(result.status == 0, "\(result)")
            return try JSONValue(parsing: result.output)["images"]?.array?.count ?? 0
        }
        #expect(try await used() == 10)
        #expect(try await used("--model", "4.5") == 14)
        #expect(try await used("--model", "5.0-pro") == 10)
        #expect(try await used("--profile", "aiml", "--model", "4.5") == 14)
        #expect(try await used("--profile", "fal", "--model", "4.5") == 10)
        #expect(try await used("--model", "4.5", "--max-inputs", "3") == 3)
        let misspelt = try await run(["prep", Self.photo, "--model", "5.0-por", "--dry-run"])
        #expect(misspelt.status == 64 && misspelt.errors.contains("did you mean 5.0-pro"))
        let payload = try await run([
            "prep", Self.photo, "--payload", "fal", "--model", "5.0-pro", "--prompt", "a hat",
        ])
        #expect(payload.status == 0 && !payload.text.contains("max_images"))
    }

    @Test("edit takes the number of inputs of the model, unless an option says otherwise")
    func inputs() async throws {
        let photos = Array(repeating: Self.photo, count: 12)
        func used(_ options: String...) async throws -> Int {
            let body = try await request(["edit", "a hat"] + photos + ["-p", "ark"] + options)["body"]
            return body?["image"]?.array?.count ?? 0
        }
        #expect(try await used() == 10)
        #expect(try await used("--model", "4.5") == 12)
        #expect(try await used("--model", "4.5", "--max-inputs", "10") == 10)
        let strict = try await run(
            ["edit", "a hat"] + photos + [
                "-p", "ark", "--model", "5.0-pro", "--fail-on-dropped", "--dry-run",
            ])
        #expect(strict.status != 0)
    }
}
#endif
