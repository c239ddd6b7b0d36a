#if Client && Emulator
import Foundation
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

/// `seedream batch`, as people and schedulers use it.
@Suite("a manifest is as safe as one request")
struct BatchTests {
    /// Returns rows of text to image.
    private static func rows(_ count: Int) -> String {
        (0..<count).map { "{\"id\":\"r-\($0)\",\"prompt\":\"number \($0)\",\"images\":[]}\n" }.joined()
    }

    private static func with(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (CommandRig) async throws -> Void
    ) async throws {
        try await CommandRig.with { configuration in
            configuration.ambiguities.resultType = "image/jpeg"
            change(&configuration)
        } _: { rig in
            try await body(rig)
        }
    }

    private static func batch(_ rig: CommandRig, _ manifest: String, _ more: [String] = []) -> [String] {
        ["batch", manifest, "--size", "1024x1024", "--results", rig.folder.file("results.jsonl")] + more
            + rig.sending(to: "fal")
    }

    /// Returns the rows of the results file, the last one for each id or line.
    private static func results(_ rig: CommandRig) throws -> [String: JSONValue] {
        let text = try String(contentsOfFile: rig.folder.file("results.jsonl"), encoding: .utf8)
        var rows: [String: JSONValue] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let row = try JSONValue(parsing: line.utf8)
            rows[row["id"]?.string ?? "line \(row["line"]?.integer ?? 0)"] = row
        }
        return rows
    }

    @Test(
        "bad rows become rows of the result, the others are sent, and a repeated command sends nothing twice")
    func whole() async throws {
        try await Self.with { rig in
            try rig.folder.write(Drawing.jpeg(brightness: 40), as: "street.jpg")
            let manifest = try rig.folder.write(
                """
                {"id":"a","prompt":"make it night","images":["street.jpg"],"sku":17}
                {"id":"b","prompt":"a red fox","images":[],"seed":7}
                not json
                {"id":"c","prompt":"p","images":["absent.jpg"]}
                {"id":"d","promt":"p","images":[]}
                {"id":"e","prompt":"p","images":[],"base_url":"http://evil"}
                {"id":"f","prompt":"p","images":[],"provider":"ark"}
                {"id":"a","prompt":"p","images":[]}
                """.utf8, as: "jobs.jsonl")
            let first = try await rig.run(Self.batch(rig, manifest, ["--ndjson"]))
            #expect(first.status == 1, "\(first.errors)")
            #expect(await rig.emulator.ledger.count == 2)
            let rows = try Self.results(rig)
            #expect(
                rows.mapValues { $0["state"]?.string } == [
                    "a": "saved", "b": "saved", "line 3": "failed", "c": "failed", "d": "failed",
                    "e": "failed",
                    "f": "failed", "line 8": "failed",
                ])
            #expect(rows["a"]?["sku"] == 17)
            #expect(rows["c"]?["error"]?["code"] == "unreadable-input")
            let path = try #require(rows["a"]?["files"]?[0]?["path"]?.string)
            #expect(FileManager.default.fileExists(atPath: path))
            // Standard output has the same lines.
            #expect(first.lines.count == 8)
            let second = try await rig.run(Self.batch(rig, manifest))
            #expect(second.status == 1, "\(second.errors)")
            #expect(await rig.emulator.ledger.count == 2)
            #expect(try Self.results(rig)["a"]?["state"] == "skipped")
            #expect(try Self.results(rig)["a"]?["files"] == rows["a"]?["files"])
        }
    }

    @Test("hints name options in the results file, on standard error and on standard output")
    func advice() async throws {
        try await Self.with { rig in
            try rig.folder.write(Fixtures.bytes("corrupt/ratio-3.5.jpg"), as: "long.jpg")
            let manifest = try rig.folder.write(
                #"{"id":"a","prompt":"p","images":["long.jpg"]}"#.utf8, as: "jobs.jsonl")
            let result = try await rig.run(Self.batch(rig, manifest, ["--ndjson"]))
            let hint =
                "crop the image, pass `--fit pad` or `--fit crop`, or `--max-ratio 4` if your provider takes it"
            #expect(try Self.results(rig)["a"]?["error"]?["hint"]?.string == hint)
            #expect(try JSONValue(parsing: Array(result.lines[0].utf8))["error"]?["hint"]?.string == hint)
            #expect(result.errors.contains("\n  hint: \(hint)\n"), "\(result.errors)")
        }
    }

    @Test("interrupted and repeated, each row is bought once")
    func interrupted() async throws {
        try await Self.with {
            $0.generationTime = 0.2
        } _: { rig in
            let manifest = try rig.folder.write(Self.rows(12).utf8, as: "jobs.jsonl")
            let command = try rig.runner.start(Self.batch(rig, manifest))
            try await command.wait { await rig.emulator.ledger.count >= 3 }
            command.send(SIGINT)
            let stopped = try await command.result()
            #expect(stopped.status == 130, "\(stopped.errors)")
            #expect(await rig.emulator.ledger.count < 12)
            let again = try await rig.run(Self.batch(rig, manifest))
            #expect(again.status == 0, "\(again.errors)")
            #expect(await rig.emulator.ledger.count == 12)
            #expect(try Self.results(rig).count == 12)
        }
    }

    @Test("four intentionally equal rows are four purchases, and a row's name names its results")
    func equal() async throws {
        try await Self.with { rig in
            let manifest = try rig.folder.write(
                "prompt,images,name\np,,one\np,,two\np,,three\np,,four\n".utf8, as: "jobs.csv")
            for _ in 0..<2 {
                let result = try await rig.run(Self.batch(rig, manifest))
                #expect(result.status == 0, "\(result.errors)")
                #expect(await rig.emulator.ledger.count == 4)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: rig.output)
                .filter { !$0.hasSuffix(".json") }
            #expect(Set(names.map { $0.prefix { $0 != "." } }) == ["one", "two", "three", "four"])
        }
    }

    @Test("an unreadable manifest, or the results of another, stops the command before anything is sent")
    func refused() async throws {
        try await Self.with { rig in
            let manifest = try rig.folder.write("promt,images\np,\n".utf8, as: "jobs.csv")
            let header = try await rig.run(Self.batch(rig, manifest))
            #expect(header.status == 65, "\(header.errors)")
            #expect(header.errors.contains("line 1: \"promt\": expected prompt"), "\(header.errors)")
            try rig.folder.write(
                "{\"manifest\":\"old.csv\",\"schema\":1,\"sha256\":\"aa\",\"type\":\"results\"}\n".utf8,
                as: "results.jsonl")
            let good = try rig.folder.write(Self.rows(1).utf8, as: "good.jsonl")
            let other = try await rig.run(Self.batch(rig, good))
            #expect(other.status == 73, "\(other.errors)")
            #expect(other.errors.contains("found those of old.csv"), "\(other.errors)")
            #expect(await rig.emulator.ledger.isEmpty)
        }
    }

    @Test("a dry run counts rows and costs, and sends nothing")
    func dryRun() async throws {
        try await Self.with { rig in
            let manifest = try rig.folder.write(Self.rows(3).utf8, as: "jobs.jsonl")
            let result = try await rig.run(Self.batch(rig, manifest, ["--dry-run"]))
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                result.errors.contains("3 rows of JSON Lines, 0 of them failed; 3 images, at most"),
                "\(result.errors)")
            #expect(await rig.emulator.ledger.isEmpty)
        }
    }
}
#endif
