#if Client && Emulator
import Foundation
import Pixels
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

/// What the command prints and writes, held to the schemas that it prints.
@Suite(
    "machine contract",
    .enabled(
        if: JSONSchemaValidator.isPresent,
        "python3-jsonschema is not installed: the documents are not held to their schemas"))
struct ContractTests {
    private static let photo = Fixtures.path("shapes/phone-1.jpg")
    private static let text = Fixtures.path("corrupt/text.jpg")

    /// Documents of the command, each with the name of its schema.
    private final class Collection {
        let rig: CommandRig
        var claims: [JSONSchemaValidator.Claim] = []

        init(rig: CommandRig) { self.rig = rig }

        /// Runs the command, which must succeed with one document as its whole stdout.
        @discardableResult
        func document(
            _ schema: String, _ arguments: [String], _ change: (inout CommandRunner) -> Void = { _ in }
        ) async throws -> JSONValue {
            try await document(schema, 0, arguments, change)
        }

        /// Runs the command, whose whole stdout must be one document.
        @discardableResult
        func document(
            _ schema: String, _ status: Int32, _ arguments: [String],
            _ change: (inout CommandRunner) -> Void = { _ in }
        ) async throws -> JSONValue {
            var runner = rig.runner
            change(&runner)
            let result = try await runner.run(arguments)
            #expect(result.status == status, "\(arguments): \(result)")
            claims.append(.init(schema, "\(arguments)", result.text))
            let value = try JSONValue(parsing: result.output)
            if schema == "error" {
                #expect(value["error"]?["exitCode"]?.integer == Int(status), "\(arguments)")
            }
            return value
        }

        /// Runs the command, each line of whose stdout must be a document; the last one is an error
        /// if `ends` says so.
        @discardableResult
        func lines(
            _ schema: String, _ status: Int32, endsWithError: Bool = false, _ arguments: [String]
        ) async throws -> [String] {
            let result = try await rig.run(arguments)
            #expect(result.status == status, "\(arguments): \(result)")
            for (index, line) in result.lines.enumerated() {
                let isError = endsWithError && index == result.lines.count - 1
                claims.append(.init(isError ? "error" : schema, "\(arguments) \(index)", line))
            }
            #expect(!result.lines.isEmpty, "\(arguments): \(result)")
            return result.lines
        }

        /// Adds the sidecars of a folder.
        func sidecars(in folder: String) throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder)
            where name.hasSuffix(".json") && !name.hasPrefix(".") {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
                claims.append(.init("sidecar", name, String(decoding: data, as: UTF8.self)))
            }
        }
    }

    /// Keys that none of these documents has, with the reason.
    private static let unseen: Set<String> = [
        // Nothing counts attempts yet.
        "row.attempts",
        // Only HEIF files of certain cameras, and PNGs without a profile, name another source.
        "image.source.colorOrigin",
        // A plan writes no images.
        "plan.requests.preparation.error", "plan.requests.preparation.skipped",
        // Ark, and only for its own rewriting.
        "sidecar.revisedPrompt",
        // Only results in formats that are not expected.
        "saved-file.notice", "sidecar.file.notice",
        // No document gives the price of a layer.
        "plan.requests.request.rule.perLayer", "models.models.price.rule.perLayer",
    ]

    @Test("every document obeys its schema, has no other key, and would not obey it if changed")
    func all() async throws {
        var (claims, schemas) = ([JSONSchemaValidator.Claim](), [String: String]())
        try await CommandRig.with {
            $0.ambiguities.resultType = "image/jpeg"
        } _: { rig in
            let documents = Collection(rig: rig)
            try await Self.preparations(documents)
            try await Self.requests(documents)
            try await Self.runs(documents)
            try await Self.workers(documents)
            try await Self.ledger(documents)
            try await Self.failures(documents)
            try await Self.rest(documents)
            claims = documents.claims
            let list = try await rig.run(["schema", "--json"])
            for document in try #require(JSONValue(parsing: list.output)["documents"]?.array) {
                let name = try #require(document["name"]?.string)
                schemas[name] = try await rig.run(["schema", name]).text
            }
            schemas["all"] = try await rig.run(["schema", "--all"]).text
        }
        let emulate = try await EmulateCommand.start(["--tls"])
        claims.append(.init("emulator", "emulate --json", emulate.command.textSoFar))
        try await emulate.end()
        // Everything is in the schema of all documents too.
        claims += Set(claims.map(\.schema)).compactMap { name in
            claims.first { $0.schema == name }.map { .init("all", $0.label, $0.text) }
        }
        let report = try JSONSchemaValidator.report(on: claims, schemas: schemas)
        #expect(report.errors == [])
        #expect(report.tolerated == [])
        #expect(report.changes > 150)
        #expect(Set(report.unseen.filter { !$0.hasPrefix("all.") }).subtracting(Self.unseen) == [])
        for name in schemas.keys { #expect(report.counts[name, default: 0] > 0, "\(name)") }
    }

    private static func workers(_ documents: Collection) async throws {
        let rig = documents.rig
        let lines = [
            #"{"operation":"prep","id":"p","images":["\#(photo)"],"state":"carried"}"#,
            #"{"operation":"edit","id":"e","prompt":"hat","images":["\#(photo)"]}"#, "{",
        ]
        func work(_ status: Int32, _ change: (inout CommandRunner) -> Void = { _ in }) async throws {
            var runner = rig.runner
            change(&runner)
            let result = try await runner.run(
                ["worker", "--run", "contract"] + rig.sending(to: "fal"),
                input: Data((lines.joined(separator: "\n") + "\n").utf8))
            #expect(result.status == status, "\(result)")
            #expect(result.lines.count == 4)
            for (index, line) in result.lines.enumerated() {
                documents.claims.append(.init(index < 3 ? "row" : "summary", "worker \(index)", line))
            }
        }
        try await work(0)
        try await work(77) { $0.environment["FAL_KEY"] = nil }
        try await documents.lines("error", 64, ["worker", "--json"])
    }

    @Test("the validator finds a missing key, a wrong word, a surplus key, and a second document")
    func validator() throws {
        let schema = """
            {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x"]}, "b": {"type": "integer"}}}
            """
        let texts = [
            #"{"a":"x"}"#, #"{"a":"y"}"#, #"{"b":1}"#, #"{"a":"x","c":1}"#, #"{"a":"x"} {"a":"x"}"#, "",
        ]
        let report = try JSONSchemaValidator.report(
            on: texts.enumerated().map { .init("s", "\($0.offset)", $0.element) },
            schemas: ["s": schema, "bad": #"{"type": "objekt"}"#])
        #expect(report.errors.map { $0.prefix { $0 != ":" } } == ["schema bad", "1", "2", "3", "4", "5"])
        #expect(report.tolerated == [])
        #expect(report.unseen == ["s.b"])
    }

    // MARK: Documents

    private static func preparations(_ documents: Collection) async throws {
        let folder = documents.rig.folder
        let turned = Fixtures.path("shapes/phone-6.jpg")
        let out = folder.file("prepared")
        try await documents.document(
            "preparation", 1,
            [
                "prep", "--json", "--color-profile", "keep", "--max-inputs", "2", "-o", out, photo, turned,
                text,
            ])
        try await documents.document("preparation", 1, ["prep", "--json", "--dry-run", photo, text])
        try await documents.document(
            "preparation",
            ["prep", "--each", "--json", "--existing", "skip", "-o", folder.file("each"), photo])
        try await documents.document(
            "preparation",
            ["prep", "--each", "--json", "--existing", "skip", "-o", folder.file("each"), photo])
        try await documents.document("preparation", 1, ["inspect", "--json", photo, text])
        try await documents.document("preparation", 73, ["prep", "--json", "-o", "\(photo)/x", photo])
        try await documents.lines(
            "preparation-record", 1,
            ["prep", "--each", "--ndjson", "--existing", "skip", "-o", folder.file("each"), text, photo])
        try await documents.lines("preparation-record", 1, ["prep", "--ndjson", photo, text])
        try await documents.lines("preparation-record", 0, ["inspect", "--ndjson", photo, turned])
        try await documents.lines("error", 73, ["prep", "--ndjson", "-o", "\(photo)/x", photo])
        try await documents.document("error", 64, ["prep", "--json", "--max-inputs", "0", photo])
    }

    private static func requests(_ documents: Collection) async throws {
        let rig = documents.rig
        for provider in ["fal", "aiml", "ark"] {
            try await documents.document(
                "jobs", ["edit", "put it in a hat", photo, "--json"] + rig.sending(to: provider))
        }
        try await documents.document(
            "plan", ["edit", "a hat", photo, "--dry-run", "--json", "--seed", "7"] + rig.sending(to: "fal"))
        try await documents.document(
            "plan",
            ["generate", "a hat", "--dry-run", "--json", "--seed", "7", "--ignore-unsupported"]
                + rig.sending(to: "apiframe"))
        try await documents.document(
            "plan",
            ["edit", "a hat", photo, "--model", "5.5", "--dry-run", "--json"] + rig.sending(to: "ark"))
        let layers = rig.folder.file("layers")
        try await documents.document(
            "jobs",
            ["edit", "", photo, "--layers", "--model", "5.5", "--json"] + rig.sending(to: "ark")
                + ["-o", layers])
        try documents.sidecars(in: layers)
        // An input that cannot be prepared, and a budget that does not suffice.
        try await documents.document("jobs", 65, ["edit", "a hat", text, "--json"] + rig.sending(to: "fal"))
        try await documents.document(
            "jobs", 80, ["generate", "a hat", "--budget", "0.001", "--json"] + rig.sending(to: "fal"))
        try await documents.document("jobs", 77, ["generate", "x", "--json"] + rig.sending(to: "fal")) {
            $0.environment["FAL_KEY"] = ""
        }
        // A provider that fails, one that refuses, and one that is not there.
        try await documents.document("jobs", 64, ["generate", "x", "--json", "-o", photo] + rig.common)
        try await Emulator.with {
            $0.keys = ["another"]
        } _: { emulator in
            // The first refusal stops a run.
            try await documents.document(
                "jobs", 77,
                ["edit", "x", photo, text, "--each", "--json", "-o", rig.output] + rig.common
                    + ["--base-url", "http://127.0.0.1:\(emulator.port)/fal"])
            try await documents.document(
                "jobs", 77,
                ["generate", "x", "--json", "--provider", "aiml", "-o", rig.output] + rig.common
                    + ["--base-url", "http://127.0.0.1:\(emulator.port)/aiml"])
        }
        try await documents.document(
            "jobs", 69,
            ["generate", "x", "--json", "-o", rig.output, "--timeout", "1"] + rig.common
                + ["--base-url", "http://127.0.0.1:1/fal"])
        try documents.sidecars(in: rig.output)
    }

    private static func runs(_ documents: Collection) async throws {
        let rig = documents.rig
        let manifest = try rig.folder.write(
            """
            {"id": "a", "prompt": "a hat", "images": ["\(photo)"], "sku": "R-17", "files": "mine"}
            {"id": "b", "prompt": "a hat", "images": ["missing.jpg"]}
            {"prompt": 5}
            no JSON

            """.utf8, as: "rows.jsonl")
        let results = rig.folder.file("results.jsonl")
        let batch = ["batch", manifest, "--run", "shop"] + rig.sending(to: "apiframe")
        try await documents.lines("row", 1, batch + ["--dry-run", "--ndjson"])
        try await documents.lines("row", 1, batch + ["--ndjson", "--results", results])
        let written = try String(contentsOfFile: results, encoding: .utf8).split(separator: "\n")
        for (index, line) in written.enumerated() {
            documents.claims.append(.init(index == 0 ? "results" : "row", "results \(index)", String(line)))
        }
        #expect(written.count == 5)
        // Rows, then the error that stopped the run.
        let stopped = try await documents.lines(
            "row", 1, endsWithError: true,
            ["batch", manifest, "--run", "strict", "--ndjson", "--max-failures", "1"] + rig.sending(to: "fal")
        )
        #expect(stopped.last?.contains("stopped: ") == true)
        try await documents.lines(
            "error", 65, ["batch", "nowhere.jsonl", "--ndjson"] + rig.sending(to: "fal"))
        try await documents.lines(
            "row", 1,
            ["edit", "a cap", photo, text, "--each", "--ndjson"] + rig.sending(to: "fal"))
        try await documents.document(
            "jobs", ["edit", "a cap", photo, "--each", "--json"] + rig.sending(to: "fal"))
        let runs = try await documents.document("runs", ["runs", "--json"] + rig.common)
        #expect(runs["runs"]?.array?.contains { $0["name"] == "shop" } == true)
        try await documents.document("runs", 1, ["resume", "shop", "--json"] + rig.asking)
        try await documents.document("runs", 1, ["resume", "strict", "--json"] + rig.asking)
        try await documents.document("jobs", ["resume", "--json"] + rig.asking)
    }

    /// Inserts jobs with everything that a record can hold.
    private static func insert(_ path: String) async throws {
        let ledger = try SQLiteLedger.open(path: path)
        var job = SampleJob.submitting("11111111-full")
        var usage = Usage()
        (usage.credits, usage.tokens, usage.billableUnits, usage.usDollars) = (2, 40, 1.5, 0.25)
        try await ledger.insert(job)
        job = try await ledger.update(job.id) { job in
            job.state = .accepted
            job.ticket = JobTicket(requestID: "r-1", model: job.model)
        }
        var result = GenerationResult(
            images: [GeneratedImage(location: .url("https://cdn.test/a.png"))], seed: 9, requestID: "r-1",
            failures: ["the second image was refused"])
        result.usage = usage
        let ended = result
        try await ledger.update(job.id) { job in
            (job.state, job.result) = (.finished, ended)
            var error = ClientError(
                .result, provider: .fal, operation: "fal.result", status: 502, code: "bad_gateway",
                message: "the result cannot be fetched", field: "body.images.0", requestID: "r-1",
                purchase: .taken)
            error.isFinal = false
            job.error = error
        }
        // One that was being sent when its process ended, and one of unknown outcome.
        try await ledger.insert(SampleJob.submitting("22222222-sent"))
        try await ledger.insert(SampleJob.submitting("33333333-lost"))
        try await ledger.update("33333333-lost") { $0.state = .unknown }
        ledger.close()
    }

    private static func ledger(_ documents: Collection) async throws {
        let rig = documents.rig
        let path = rig.folder.file("state/full.sqlite")
        try await insert(path)
        let common = ["--ledger", path]
        try await documents.document("jobs", ["jobs", "--json", "--limit", "0"] + common)
        try await documents.document("jobs", ["jobs", "--json", "--state", "unknown"] + common)
        try await documents.document("jobs", ["status", "11111111", "--json"] + common)
        // It resumes what it can, and says what is unknown.
        try await documents.document("jobs", 76, ["resume", "22222222-sent", "--json"] + common)
        let settled = try await documents.document(
            "jobs", ["jobs", "settle", "33333333", "not-bought", "--json"] + common)
        #expect(settled["jobs"]?[0]?["settlement"] == "not-bought")
        try await documents.document(
            "error", 64, ["jobs", "settle", "33333333", "bought", "--json"] + common)
        try await documents.document(
            "prune", ["jobs", "prune", "--before", "2026-11-01", "--json"] + common)
        let page = rig.folder.file("page.html")
        try await documents.document("page", ["report", "-o", page, "--json"] + rig.common)
        try await documents.document("error", 73, ["report", "-o", page, "--json"] + rig.common)
        try await documents.document("error", 79, ["cancel", "33333333", "--json"] + common)

        // A job that stays in the queue: its status, and its cancellation.
        try await Emulator.with {
            $0.queueTime = 600
        } _: { emulator in
            let base = ["--base-url", "http://127.0.0.1:\(emulator.port)/fal"]
            let sent = try await documents.document(
                "jobs",
                ["generate", "later", "--no-wait", "--json", "-o", rig.output] + rig.common + base)
            let id = try #require(sent["jobs"]?[0]?["id"]?.string)
            let status = try await documents.document(
                "jobs", ["status", id, "--json", "--verbose"] + rig.common + base)
            #expect(status["jobs"]?[0]?["host"]?["phase"] == "queued")
            try await documents.document(
                "jobs", 76, ["result", id, "--json", "--timeout", "0.5"] + rig.common + base)
            let cancelled = try await documents.document(
                "jobs", ["cancel", id, "--json"] + rig.common + base)
            #expect(cancelled["jobs"]?[0]?["cancellation"] == "requested")
        }
        try await Emulator.with {
            $0.generationTime = 600
        } _: { emulator in
            let base = ["--base-url", "http://127.0.0.1:\(emulator.port)/apiframe", "--provider", "apiframe"]
            let sent = try await documents.document(
                "jobs",
                ["generate", "later", "--no-wait", "--json", "-o", rig.output] + rig.common + base)
            let id = try #require(sent["jobs"]?[0]?["id"]?.string)
            try await eventually("the image is being generated") {
                let status = try await documents.document(
                    "jobs", ["status", id, "--json"] + rig.common + base)
                return status["jobs"]?[0]?["host"]?["phase"] == "running"
            }
        }
    }

    /// Command lines that cannot be parsed, and commands that can do nothing.
    private static func failures(_ documents: Collection) async throws {
        let rig = documents.rig
        let help = try JSONValue(parsing: try await rig.run(["help", "--json"]).output)
        var count = 0
        for command in help["commands"]?.array ?? [] {
            let words = command["name"]?.string?.split(separator: " ").dropFirst().map(String.init) ?? []
            for (form, schema) in [("--json", "document"), ("--ndjson", "lines")]
            where command["arguments"]?.array?.contains(where: { $0["names"]?[0]?.string == form }) == true {
                count += 1
                // Each run takes a second in a debug build, and one mechanism serves all commands.
                guard ["prep", "edit", "jobs", "jobs settle"].contains(words.joined(separator: " ")) else {
                    continue
                }
                let wrong = words + [form, "--no-such-option"]
                if schema == "lines" {
                    #expect(try await documents.lines("error", 64, wrong).count == 1)
                } else {
                    try await documents.document("error", 64, wrong)
                }
            }
        }
        #expect(count > 18)
        try await documents.document("error", 64, ["eidt", "x", photo, "--json"])
        try await documents.document("error", 64, ["--json"])
        try await documents.document("error", 64, ["help", "--json", "nothing"])
        try await documents.document("error", 64, ["schema", "nothing", "--json"])
        try await documents.document("error", 64, ["runs", "--json", "--ledger", "/nowhere/jobs.sqlite"])
        try await documents.document("jobs", 64, ["jobs", "--json", "--ledger", "/nowhere/jobs.sqlite"])
        try await documents.document("jobs", 64, ["status", "nothing", "--json"] + rig.common)
        let foreign = try rig.folder.write("no ledger at all".utf8, as: "foreign.sqlite")
        try await documents.document("jobs", 78, ["jobs", "--json", "--ledger", foreign])
        try await documents.document("error", 75, ["jobs", "--json"] + rig.common) {
            $0.executable = "/bin/sh"
            $0.leadingArguments = ["-c", "ulimit -n 6 && exec \"$0\" \"$@\"", CommandRunner.seedream]
        }
        try await documents.document("error", 64, ["edit", "--json", "--prompt-file", "/nowhere/p", photo])
        // After the terminator, the word is a file.
        let plain = try await rig.run(["prep", "--", "--json"])
        #expect(plain.status == 65 && !plain.text.hasPrefix("{"), "\(plain)")
    }

    private static func rest(_ documents: Collection) async throws {
        try await documents.document("providers", ["providers", "--json"])
        try await documents.document("models", ["models", "--json"])
        try await documents.document("schemas", ["schema", "--json"])
        try await documents.document("configuration", ["config", "--json"]) {
            $0.environment["SEEDREAM_MODEL"] = "own-model"
        }
        let folder = documents.rig.folder.file("configured/seedream")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(#"{"model": {"ark": {"edit": "own-model"}}, "budget": "30credits"}"#.utf8)
            .write(to: URL(fileURLWithPath: folder + "/config.json"))
        try await documents.document("configuration", ["config", "--json"]) {
            $0.environment["XDG_CONFIG_HOME"] = documents.rig.folder.file("configured")
        }
        try await documents.document("error", 78, ["config", "--json"]) {
            $0.environment["SEEDREAM_PARALLEL"] = "many"
        }
        try await documents.document("help", ["help", "--json"])
        try await documents.document("help", ["help", "--json", "jobs"])
    }
}
#endif
