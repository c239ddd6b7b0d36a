import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Wrong command lines: exit status 64, a one-line reason, nothing done.
@Suite("usage")
struct UsageTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var message: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., message: String) {
            self.arguments = arguments
            self.message = message
        }
    }

    static let cases: [Case] = [
        Case("prep", message: "no input given; name a file, or - for standard input"),
        Case("prep", "--json", message: "no input given; name a file, or - for standard input"),
        Case("inspect", message: "Missing expected argument '<input> ...'"),
        Case("polish", message: "Unexpected argument 'polish'"),
        Case("fetch", "--json", message: "Unknown option '--json'"),
        Case("eidt", "x", "a.jpg", message: "unknown command 'eidt'; did you mean `seedream edit`?"),
        Case("Prep", "a", "--json", message: "unknown command 'Prep'; did you mean `seedream prep`?"),
        Case("job", message: "unknown command 'job'; did you mean `seedream jobs`?"),
        Case("emulator", message: "unknown command 'emulator'; did you mean `seedream emulate`?"),
        Case("hlep", "edit", message: "unknown command 'hlep'; did you mean `seedream help`?"),
        Case("help", "inpsect", message: "unknown command 'inpsect'; did you mean `seedream inspect`?"),
        Case(
            "jobs", "setle", "3f0c91aa", "bought",
            message: "unknown command 'setle'; did you mean `seedream jobs settle`?"),
        Case(
            "prep", "a", "--exsting", "skip",
            message: "Unknown option '--exsting'. Did you mean '--existing'?"),
        Case("prep", "-", "-", message: "standard input can be named only once"),
        Case(
            "prep", "a", "--json", "--ndjson",
            message: "'--json' and '--ndjson' both write to stdout; choose one"),
        Case(
            "prep", "a", "--json", "--data-uri",
            message: "'--json' and '--data-uri' both write to stdout; choose one"),
        Case(
            "prep", "a", "--json", "-o", "-", message: "'--json' and '-o -' both write to stdout; choose one"),
        Case(
            "prep", "a", "--ndjson", "--data-uri",
            message: "'--ndjson' and '--data-uri' both write to stdout; choose one"),
        Case(
            "prep", "a", "--ndjson", "-o", "-",
            message: "'--ndjson' and '-o -' both write to stdout; choose one"),
        Case(
            "prep", "a", "--data-uri", "-o", "-",
            message: "'--data-uri' and '-o -' both write to stdout; choose one"),
        Case("prep", "a", "b", "-o", "-", message: "'-o -' takes exactly one input"),
        Case("prep", "a", "--each", "-o", "-", message: "'-o -' takes exactly one input"),
        Case(
            "prep", "a", "--dry-run", "-o", "out",
            message: "'--dry-run' writes no image; leave out '-o', '--report', '--data-uri' and '--payload'"),
        Case(
            "prep", "a", "--dry-run", "-o", "-",
            message: "'--dry-run' writes no image; leave out '-o', '--report', '--data-uri' and '--payload'"),
        Case(
            "prep", "a", "--dry-run", "--data-uri",
            message: "'--dry-run' writes no image; leave out '-o', '--report', '--data-uri' and '--payload'"),
        Case(
            "prep", "a", "--profile", "nobody",
            message:
                "--profile: expected one of seedream-4, fal, aiml, onerouter, apiframe, ark, found nobody"
        ),
        Case(
            "inspect", "a", "--profile", "FAL",
            message:
                "--profile: expected one of seedream-4, fal, aiml, onerouter, apiframe, ark, found FAL"),
        Case("prep", "a", "--quality", "0", message: "--quality: expected 1 to 100, found 0"),
        Case("prep", "a", "--quality", "101", message: "--quality: expected 1 to 100, found 101"),
        Case("prep", "a", "--quality", "high", message: "The value 'high' is invalid for '--quality <q>'"),
        Case("prep", "a", "--threads", "0", message: "--threads: expected 1 or more, found 0"),
        Case("prep", "a", "--min-area", "0", message: "--min-area: expected more than 0, found 0"),
        Case("prep", "a", "--max-area", "0", message: "--max-area: expected more than 0, found 0"),
        Case("prep", "a", "--max-inputs", "0", message: "--max-inputs: expected more than 0, found 0"),
        Case("prep", "a", "--max-bytes", "0", message: "--max-bytes: expected more than 0, found 0"),
        Case("prep", "a", "--max-body", "0MB", message: "--max-body: expected more than 0, found 0"),
        Case(
            "prep", "a", "--max-bytes", "8XB", message: "The value '8XB' is invalid for '--max-bytes <bytes>'"
        ),
        Case("prep", "a", "--max-ratio", "0.99", message: "--max-ratio: expected 1 to 1000000, found 0.99"),
        Case(
            "prep", "a", "--min-area", "2000000", "--max-area", "1999999",
            message:
                "expected --min-area at most --max-area, and --max-area at most 1099511627776, found 2000000 and 1999999"
        ),
        Case(
            "prep", "a", "--max-area", "1099511627777",
            message:
                "expected --min-area at most --max-area, and --max-area at most 1099511627776, found 921600 and 1099511627777"
        ),
        Case(
            "prep", "a", "--background", "sky",
            message: "The value 'sky' is invalid for '--background <colour>'"),
        Case(
            "prep", "a", "--keep-alpha", "--format", "jpeg",
            message: "'--keep-alpha' needs '--format auto', 'png' or 'webp'"),
    ]

    @Test("a wrong command line ends with 64 and a one-line reason", arguments: cases)
    func wrong(_ test: Case) async throws {
        let result = try await CommandRunner().run(test.arguments)
        #expect(result.status == 64)
        #expect(result.errorLines.first == "Error: \(test.message)")
        // With --json, the same as a document; otherwise nothing.
        guard test.arguments.contains("--json") || test.arguments.contains("--ndjson") else {
            #expect(result.text == "")
            return
        }
        let document = try JSONValue(parsing: result.output)
        #expect(document["error"]?["message"]?.string == test.message)
        #expect(document["error"]?["exitCode"] == 64)
    }

    @Test(
        "an unknown option or value ends with 64 and is named",
        arguments: [
            ("--payload=fal", "'--payload'"), ("--nope", "'--nope'"), ("--fit=squeeze", "'squeeze'"),
            ("--format=gif", "'gif'"), ("--filter=sinc", "'sinc'"),
        ])
    func unknown(_ argument: String, _ name: String) async throws {
        let result = try await seedream("prep", Sample.conforming, argument)
        #expect(result.status == 64)
        #expect(result.text == "")
        // The rest of the message is the library's.
        #expect(result.errorLines.first?.contains(name) == true)
    }

    @Test(
        "values on the right side of their bound are accepted",
        arguments: [
            ["--quality", "1"], ["--quality", "100"], ["--threads", "1"], ["--max-ratio", "1.34"],
            ["--max-inputs", "1"],
            ["--max-area", "1099511627776"], ["--min-area", "1228800", "--max-area", "1228800"],
            ["--max-bytes", "8MB"],
            ["--max-body", "20MiB"], ["--memory", "1GiB"], ["--background", "#00fF7f"],
            ["--background", "black"],
            ["--keep-alpha", "--format", "png"], ["--keep-alpha", "--format", "webp"], ["--keep-alpha"],
            ["--profile", "fal"], ["--profile", "ark"], ["--fit", "pad"], ["--filter", "mitchell"],
        ])
    func right(_ arguments: [String]) async throws {
        let result = try await CommandRunner().run(["prep", Sample.conforming, "--dry-run"] + arguments)
        #expect(result.status == 0, "\(result)")
        #expect(result.errors == "")
    }

    @Test("a wrong option is reported before any input is opened or folder created")
    func early() async throws {
        let folder = try TemporaryFolder()
        let result = try await seedream("prep", Sample.conforming, "-o", folder.file("out"), "--quality", "0")
        #expect(result.status == 64)
        #expect(try folder.names() == [])
    }

    @Test("an input that starts with a dash is a file after --")
    func dashes() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: "--json.jpg")
        var runner = CommandRunner()
        runner.directory = folder.path
        let result = try await runner.run(["prep", "--json", "--", "--json.jpg"])
        #expect(result.status == 0)
        #expect(try result.report.images.map(\.source.name) == ["--json.jpg"])
    }
}
