#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

/// The commands that send, with a configuration file instead of options.
@Suite("commands with a configuration file")
struct ConfiguredCommandTests {
    private static func with(
        _ configuration: String, images count: Int = 3, _ body: (EachRunTests.Folder) async throws -> Void
    ) async throws {
        try await CommandRig.with {
            $0.ambiguities.resultType = "image/jpeg"
        } _: { rig in
            try configure(rig, configuration)
            try await body(try EachRunTests.Folder(rig, count: count))
        }
    }

    private static func configure(_ rig: CommandRig, _ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("config/seedream"), withIntermediateDirectories: true)
        try Data(text.replacing("OUT", with: rig.output).utf8).write(
            to: URL(fileURLWithPath: rig.folder.file("config/seedream/config.json")))
    }

    /// The arguments of `edit --each` without the options that the file replaces.
    private static func edit(_ folder: EachRunTests.Folder, _ provider: String) -> [String] {
        ["edit", "put it in a hat", folder.path, "--each", "--size", "1024x1024", "--base-url"]
            + ["http://127.0.0.1:\(folder.rig.emulator.port)/\(provider)"] + folder.rig.common
    }

    private static func runs(_ rig: CommandRig) async throws -> [RunSummary] {
        let ledger = try SQLiteLedger.open(path: rig.ledger, access: .reading)
        defer { ledger.close() }
        return try await ledger.runs(limit: nil)
    }

    @Test("edit takes provider, model, output, budget and parallelism from the file")
    func edit() async throws {
        try await Self.with(
            #"{"provider": "apiframe", "model": "seedream-4", "output": "OUT", "budget": "9 credits", "parallel": 1}"#
        ) { folder in
            let result = try await folder.rig.run(Self.edit(folder, "apiframe"))
            #expect(result.status == 0, "\(result)")
            // Progress only: neither a note nor an error.
            #expect(!result.errors.contains("error:") && !result.errors.contains("note:"), "\(result.errors)")
            #expect(try folder.results().count == 3)
            let sent = await folder.rig.emulator.requests.filter { $0.operation == "apiframe.generate" }
            #expect(sent.count == 3)
            #expect(sent.allSatisfy { $0.body?["model"]?.string == "seedream-4" })
            // The run has the values in its command line, around the command's name.
            let run = try #require(try await Self.runs(folder.rig).first?.run)
            #expect(
                run.arguments.map { Array($0.prefix(6)) } == [
                    "configured-model:apiframe=seedream-4", "edit", "--provider=apiframe",
                    "--output=\(folder.rig.output)", "--budget=9 credits", "--parallel=1",
                ])
        }
    }

    @Test("a run is the same with options as with the file, and nothing is bought twice")
    func identity() async throws {
        try await Self.with(#"{"provider": "ark", "output": "OUT", "send-images": "inline"}"#) { folder in
            #expect(try await folder.rig.run(Self.edit(folder, "ark")).status == 0)
            #expect(await folder.bought == 3)
            try Self.configure(folder.rig, "{}")
            let options = ["--provider", "ark", "-o", folder.rig.output]
            let again = try await folder.rig.run(Self.edit(folder, "ark") + options)
            #expect(again.status == 0, "\(again)")
            #expect(again.text.contains("3 rows skipped"), "\(again.text)")
            #expect(await folder.bought == 3)
            #expect(try await Self.runs(folder.rig).count == 1)
        }
    }

    @Test("resume repeats a run with its recorded values, also if the file has changed")
    func resumed() async throws {
        try await Self.with(
            #"{"provider": "ark", "model": {"ark": "seedream-4-0-250828"}, "output": "OUT"}"#
        ) { folder in
            #expect(try await folder.rig.run(Self.edit(folder, "ark")).status == 0)
            let id = try #require(try await Self.runs(folder.rig).first?.run.id)
            try folder.add("image-99.jpg", brightness: 200)
            try Self.configure(
                folder.rig,
                #"{"provider": "fal", "model": {"ark": "seedream-9"}, "output": "OUT/other", "budget": 0}"#)
            let resumed = try await folder.rig.run(["resume", id] + folder.rig.asking)
            #expect(resumed.status == 0, "\(resumed)")
            #expect(resumed.text.contains("3 rows skipped"), "\(resumed.text)")
            #expect(await folder.bought == 4)
            let sent = await folder.rig.emulator.requests.last { $0.method == "POST" }
            #expect(sent?.provider == .ark)
            #expect(sent?.body?["model"]?.string == "seedream-4-0-250828")
            #expect(try folder.results().count == 4)
            // Nor may a file that cannot be used keep a run from being continued.
            try Self.configure(folder.rig, "{")
            #expect(try await folder.rig.run(["resume", id] + folder.rig.asking).status == 0)
        }
    }

    @Test("a request above the configured budget is not sent, and the error names the file")
    func budget() async throws {
        try await Self.with(#"{"output": "OUT", "budget": 0.08}"#) { folder in
            let refused = try await folder.rig.run(Self.edit(folder, "fal"))
            #expect(refused.status == 80, "\(refused)")
            let path = folder.rig.folder.file("config/seedream/config.json")
            #expect(
                refused.errors.contains("note: output \(folder.rig.output), budget 0.08 from \(path)\n"),
                "\(refused.errors)")
            #expect(await folder.bought == 0)
            let allowed = try await folder.rig.run(Self.edit(folder, "fal") + ["--budget", "0.09"])
            #expect(allowed.status == 0, "\(allowed)")
            #expect(await folder.bought == 3)
        }
    }

    @Test("one request at a time, if the file says so")
    func parallel() async throws {
        try await Self.with(#"{"output": "OUT", "parallel": 1}"#, images: 6) { folder in
            await folder.rig.emulator.setFaults([
                FaultRule("fal.submit", .status(422, retryAfter: nil, accepted: false))
            ])
            let result = try await folder.rig.run(Self.edit(folder, "fal") + ["--max-failures", "1"])
            #expect(result.errors.contains("stopped: 1 of 1 rows failed"), "\(result)")
        }
    }

    @Test("a row of a batch that names another provider gets no model of this one")
    func batch() async throws {
        try await Self.with(
            #"""
            {"provider": "ark", "output": "OUT",
             "model": {"ark": "seedream-9", "fal": {"generate": "fal-ai/seedream/v9/text-to-image"}}}
            """#
        ) { folder in
            let rows = [
                #"{"id": "a", "prompt": "a hat", "images": []}"#,
                #"{"id": "b", "prompt": "a hat", "images": [], "provider": "apiframe"}"#,
                #"{"id": "c", "prompt": "a hat", "images": [], "provider": "fal"}"#,
                #"{"id": "d", "prompt": "a hat", "images": [], "model": "seedream-8"}"#,
            ]
            let manifest = try folder.rig.folder.write(
                Array(rows.joined(separator: "\n").utf8), as: "jobs.jsonl")
            let plan = try await folder.rig.run(
                ["batch", manifest, "--dry-run", "--ndjson"] + folder.rig.common)
            #expect(plan.status == 0, "\(plan)")
            // Rows are printed as they are planned, in any order.
            var models: [String: String] = [:]
            for line in plan.lines {
                let row = try JSONValue(parsing: Array(line.utf8))
                models[row["id"]?.string ?? ""] = row["model"]?.string
            }
            #expect(
                models == [
                    "a": "seedream-9", "b": "seedream-4", "c": "fal-ai/seedream/v9/text-to-image",
                    "d": "seedream-8",
                ])
        }
    }

    @Test("images are sent as the file says, and a way that the provider lacks is refused")
    func sendImages() async throws {
        try await Self.with(#"{"output": "OUT", "send-images": "upload"}"#, images: 1) { folder in
            #expect(try await folder.rig.run(Self.edit(folder, "fal")).status == 0)
            #expect(await folder.rig.emulator.requests.contains { $0.operation == "fal.put" })
            let refused = try await folder.rig.run(Self.edit(folder, "ark") + ["-p", "ark"])
            #expect(refused.status != 0)
            #expect(refused.errors.contains("Ark does not support uploads"), "\(refused.errors)")
            #expect(refused.errors.contains("--send-images inline"), "\(refused.errors)")
            let inline = try await folder.rig.run(
                Self.edit(folder, "ark") + ["-p", "ark", "--send-images", "auto", "--retry-failed"])
            #expect(inline.status == 0, "\(inline)")
        }
    }

    @Test("an option of another provider than the configured one is refused")
    func foreignOption() async throws {
        try await Self.with(#"{"provider": "ark", "output": "OUT"}"#, images: 1) { folder in
            let refused = try await folder.rig.run(Self.edit(folder, "ark") + ["--fal-no-store"])
            #expect(refused.status == 64, "\(refused)")
            #expect(
                refused.errors.contains(
                    "error: --fal-no-store: an option of fal only, and the request goes to Ark"))
            #expect(refused.errors.contains("note: provider ark"), "\(refused.errors)")
            #expect(await folder.bought == 0)
            let own = try await folder.rig.run(Self.edit(folder, "ark") + ["--ark-watermark"])
            #expect(own.status == 0, "\(own)")
        }
    }

    @Test("-o names a file or standard output as before")
    func oneResult() async throws {
        try await Self.with(#"{"output": "OUT"}"#, images: 1) { folder in
            let base = ["--base-url", "http://127.0.0.1:\(folder.rig.emulator.port)/fal"] + folder.rig.common
            let image = try await folder.rig.run(["generate", "a hat", "-o", "-"] + base)
            #expect(image.status == 0, "\(image.errors)")
            #expect(image.output.starts(with: [0xFF, 0xD8]))
            let file = folder.rig.folder.file("hat.jpg")
            #expect(try await folder.rig.run(["generate", "a hat", "-o", file] + base).status == 0)
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(!FileManager.default.fileExists(atPath: folder.rig.output))
            #expect(try await folder.rig.run(["generate", "another hat"] + base).status == 0)
            #expect(try folder.results().count == 1)
        }
    }
}
#endif
