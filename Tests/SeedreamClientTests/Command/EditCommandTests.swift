#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("seedream edit and generate, as people type them")
struct EditCommandTests {
    static let photo = Fixtures.path("photos/rocket.jpg")

    @Test(
        "saves an image with its provenance, and reports it",
        arguments: ["fal", "aiml", "onerouter", "apiframe", "ark"])
    func editing(_ provider: String) async throws {
        try await CommandRig.with { rig in
            let result = try await rig.run(
                ["edit", "put it in a hat", Self.photo] + rig.sending(to: provider))
            #expect(result.status == 0, "\(result.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: rig.output).sorted()
            #expect(
                names.count == 2 && names.allSatisfy { $0.hasPrefix("rocket-1.") }
                    && names[1].hasSuffix(".json"), "\(names)")
            #expect(
                result.lines.last?.hasPrefix("1 of 1 request done, 1 image saved") == true, "\(result.text)"
            )
            #expect(result.errors.isEmpty)
        }
    }

    @Test("file names that are not UTF-8 are kept in results, sidecars, the ledger and its path")
    func rawNames() async throws {
        try await CommandRig.with { rig in
            var runner = rig.runner
            runner.executable = "/bin/sh"
            // \351 and \377 are not valid UTF-8 at these places.
            let script = """
                work=$(printf '%s/\\377' "$1"); mkdir "$work"; cp "$2" "$work/$(printf 'caf\\351.jpg')"; shift 2
                XDG_STATE_HOME=$work; export XDG_STATE_HOME; cd "$work"
                "$0" edit hat "$(printf 'caf\\351.jpg')" -o "$(printf '\\376')" "$@" >&2 || exit 9
                "$0" jobs --json | tr -d '\\n'; echo; cat "$(printf '\\376')"/*.json | tr -d '\\n'; echo
                ls "$(printf '\\376')" seedream | od -An -v -tx1 | tr -d ' \\n'; rm -rf "$work"
                """
            runner.leadingArguments = ["-c", script, CommandRunner.seedream]
            let result = try await runner.run([
                rig.folder.path, Self.photo, "--provider", "fal", "--base-url",
                "http://127.0.0.1:\(rig.emulator.port)/fal",
            ])
            #expect(result.status == 0, "\(result)")
            let lines = result.lines
            try #require(lines.count == 3, "\(result)")
            let name = "caf\u{10F7E9}.jpg"
            #expect(lines[0].contains(name), "the ledger: \(lines[0])")
            #expect(lines[0].contains("/\u{10F7FF}/\u{10F7FE}/caf\u{10F7E9}-1."), "the ledger: \(lines[0])")
            #expect(lines[1].contains(name), "the sidecar: \(lines[1])")
            #expect(lines[2].contains("636166e92d312e"), "the result's name: \(lines[2])")
            #expect(lines[2].contains("6a6f62732e73716c697465"), "the ledger's file: \(lines[2])")
            #expect(result.errors.contains(#"caf\xE9-1."#), "\(result.errors)")
        }
    }

    @Test("a folder: a request for each file, with one bad file among them")
    func each() async throws {
        try await CommandRig.with { rig in
            let photos = try TemporaryFolder()
            for name in ["coffee.png", "rocket.jpg", "dandelion.jpg"] {
                try photos.write(try Fixtures.bytes("photos/\(name)"), as: name)
            }
            try photos.write(Array("no picture".utf8), as: "notes.jpg")
            let result = try await rig.run(
                ["edit", "make it night", photos.path, "--each", "--json"] + rig.sending(to: "fal"))
            #expect(result.status == 1)
            let document = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
            let totals = document?["totals"] as? [String: Int]
            #expect(totals?["saved"] == 3)
            #expect(
                (document?["failed"] as? [[String: Any]])?.first?["name"] as? String
                    == photos.file("notes.jpg"))
            #expect(await rig.emulator.ledger.count == 3)
            #expect(result.errors.contains("notes.jpg"))
        }
    }

    @Test("a request with one bad image is not sent")
    func shortOfAPicture() async throws {
        try await CommandRig.with { rig in
            let bad = try rig.folder.write(Array("no picture".utf8), as: "bad.jpg")
            let result = try await rig.run(["edit", "both", Self.photo, bad] + rig.sending(to: "fal"))
            #expect(result.status == 65)
            #expect(result.errors.contains("bad.jpg"))
            #expect(await rig.emulator.requests.isEmpty)
        }
    }

    @Test("never overwrites a result")
    func names() async throws {
        try await CommandRig.with { rig in
            for _ in 0..<2 {
                let result = try await rig.run(
                    ["edit", "again", Self.photo, "--name", "cat"] + rig.sending(to: "ark"))
                #expect(result.status == 0, "\(result.errors)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: rig.output).filter {
                !$0.hasSuffix(".json")
            }
            #expect(names.count == 2)
        }
    }

    @Test("--dry-run shows the whole request and its cost, without a key and without a network")
    func dryRun() async throws {
        var runner = CommandRunner()
        runner.environment["FAL_KEY"] = ""
        let result = try await runner.run([
            "edit", "put it in a hat", Self.photo, "--count", "2", "--dry-run",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("POST https://queue.fal.run/fal-ai/bytedance/seedream/v4/edit"))
        #expect(result.text.contains("data:image/jpeg;base64,<"))
        #expect(result.text.contains("costs at most 0.06 USD"))
        #expect(result.text.contains("2026-11-21"))
    }

    @Test("-o names the file of one result, or standard output")
    func namedResult() async throws {
        try await CommandRig.with {
            $0.ambiguities.resultType = "image/jpeg"
        } _: { rig in
            func edit(_ output: String, _ more: [String] = []) async throws -> CommandResult {
                try await rig.run(
                    ["edit", "a hat", Self.photo, "--size", "1024x1024", "-o", output] + more + rig.common
                        + ["--provider", "fal", "--base-url", "http://127.0.0.1:\(rig.emulator.port)/fal"])
            }
            let path = rig.folder.file("new/cat.jpg")
            #expect(try await edit(path).status == 0)
            #expect(FileManager.default.fileExists(atPath: path))
            let taken = try await edit(path)
            #expect(taken.status == 64 && taken.errors.contains("none is overwritten"), "\(taken.errors)")
            let other = try await edit(rig.folder.file("new/dog.png"))
            #expect(other.status == 0 && other.errors.contains("dog.jpg"), "\(other.errors)")
            let piped = try await edit("-")
            #expect(piped.status == 0 && piped.output.starts(with: [0xFF, 0xD8, 0xFF]), "\(piped.errors)")
            #expect(piped.output.suffix(2).elementsEqual([0xFF, 0xD9]))
            let left = FileManager.default.enumerator(atPath: rig.folder.path)?.compactMap { $0 as? String }
            #expect(left?.contains { $0.contains("received-") } == false)
            for more in [["--count", "2"], ["--each"], ["--name", "{stem}"]] {
                let refused = try await edit(rig.folder.file("new/owl.jpg"), more)
                #expect(refused.status == 64 && refused.errors.contains("-o"), "\(refused.errors)")
            }
            #expect(try await edit("-", ["--json"]).status == 64)
            #expect(await rig.emulator.ledger.count == 3)
        }
    }

    @Test("--budget stops before anything is sent, also if no price is known")
    func budget() async throws {
        try await CommandRig.with { rig in
            let dear = try await rig.run(
                ["edit", "x", Self.photo, "--count", "4", "--budget", "0.11"] + rig.sending(to: "fal"))
            #expect(dear.status == 80)
            #expect(dear.errors.contains("0.12 USD"))
            let unknown = try await rig.run(
                ["edit", "x", Self.photo, "--budget", "1"] + rig.sending(to: "ark"))
            #expect(unknown.status == 80)
            #expect(unknown.errors.contains("no price is known"))
            #expect(await rig.emulator.requests.isEmpty)
            let told = try await rig.run(
                ["edit", "x", Self.photo, "--budget", "1", "--price", "0.5"] + rig.sending(to: "ark"))
            #expect(told.status == 0, "\(told.errors)")
        }
    }

    @Test("what a provider cannot express is refused, and dropped with --ignore-unsupported")
    func lenient() async throws {
        try await CommandRig.with { rig in
            let refused = try await rig.run(
                ["edit", "x", Self.photo, "--seed", "3"] + rig.sending(to: "ark"))
            #expect(refused.status == 64)
            #expect(refused.errors.contains("seed: Ark does not support it"))
            let dropped = try await rig.run(
                ["edit", "x", Self.photo, "--seed", "3", "--ignore-unsupported"] + rig.sending(to: "ark"))
            #expect(dropped.status == 0, "\(dropped.errors)")
            #expect(dropped.errors.contains("Ark does not support it"))
        }
    }

    @Test("--no-wait leaves a job that jobs, status and resume know")
    func noWait() async throws {
        try await CommandRig.with {
            $0.queueTime = 0.5
        } _: { rig in
            let sent = try await rig.run(
                ["edit", "later", Self.photo, "--no-wait", "--json"] + rig.sending(to: "fal"))
            #expect(sent.status == 0, "\(sent.errors)")
            let jobs = try await rig.run(["jobs"] + rig.common)
            #expect(jobs.text.contains("accepted"))
            let id = try #require(jobs.lines.dropFirst().first?.split(separator: " ").first.map(String.init))
            let status = try await rig.run(["status", id] + rig.asking)
            #expect(status.status == 0, "\(status.errors)")
            let resumed = try await rig.run(["resume"] + rig.asking)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try await rig.run(["jobs"] + rig.common).text.contains("saved"))
            #expect(try await rig.run(["resume"] + rig.asking).errors.contains("nothing to resume"))
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test("cancel stops a queued job")
    func cancelling() async throws {
        try await CommandRig.with {
            $0.queueTime = 60
        } _: { rig in
            _ = try await rig.run(["edit", "later", Self.photo, "--no-wait"] + rig.sending(to: "fal"))
            let jobs = try await rig.run(["jobs", "--json"] + rig.common)
            let document = try JSONSerialization.jsonObject(with: jobs.output) as? [String: Any]
            let id = try #require((document?["jobs"] as? [[String: Any]])?.first?["id"] as? String)
            let cancelled = try await rig.run(["cancel", id] + rig.asking)
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            let resumed = try await rig.run(["resume", id] + rig.asking)
            #expect(resumed.status == 79)
            #expect(await rig.emulator.ledger.map(\.state) == [.released])
        }
    }

    @Test("result fetches a job that no ledger knows by the provider's id")
    func foreign() async throws {
        try await CommandRig.with { rig in
            _ = try await rig.run(["edit", "later", Self.photo, "--no-wait"] + rig.sending(to: "fal"))
            let request = try #require(await rig.emulator.ledger.first?.requestID)
            let result = try await rig.run([
                "result", request, "--provider", "fal", "--base-url",
                "http://127.0.0.1:\(rig.emulator.port)/fal",
                "--ledger", rig.folder.file("another.sqlite"), "-o", rig.output,
            ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: rig.output).count == 2)
        }
    }

    @Test("a missing key, a wrong key, no credits and a moderated prompt have their exit codes")
    func codes() async throws {
        try await CommandRig.with {
            $0.keys = ["right"]
        } _: { rig in
            let wrong = try await rig.run(["edit", "x", Self.photo] + rig.sending(to: "aiml"))
            #expect(wrong.status == 77, "\(wrong.errors)")
            var runner = rig.runner
            runner.environment["AIML_API_KEY"] = ""
            let missing = try await runner.run(["edit", "x", Self.photo] + rig.sending(to: "aiml"))
            #expect(missing.status == 77)
            #expect(missing.errors.contains("AIML_API_KEY"))
        }
        try await CommandRig.with {
            $0.credits = 0
        } _: { rig in
            let poor = try await rig.run(["edit", "x", Self.photo] + rig.sending(to: "apiframe"))
            #expect(poor.status == 79, "\(poor.errors)")
        }
        try await CommandRig.with { rig in
            await rig.emulator.setFaults([FaultRule("*", .moderated)])
            let refused = try await rig.run(["edit", "x", Self.photo] + rig.sending(to: "fal"))
            #expect(refused.status == 79, "\(refused.errors)")
            await rig.emulator.setFaults([FaultRule("aiml.generate", .reset(.afterAccept))])
            let unknown = try await rig.run(["edit", "x", Self.photo] + rig.sending(to: "aiml"))
            #expect(unknown.status == 76, "\(unknown.errors)")
            #expect(await rig.emulator.ledger.filter { $0.provider == .aiml }.count == 1)
        }
    }

    @Test("nothing is sent if the ledger cannot be written")
    func readOnly() async throws {
        try await CommandRig.with { rig in
            let file = try rig.folder.write(
                Array("no ledger, and long enough to be looked at".utf8), as: "notes.txt")
            let result = try await rig.run([
                "edit", "x", Self.photo, "--provider", "fal", "--base-url",
                "http://127.0.0.1:\(rig.emulator.port)/fal",
                "--ledger", file, "-o", rig.output,
            ])
            #expect([73, 78].contains(result.status), "\(result.errors)")
            #expect(result.errors.contains("notes.txt"))
            #expect(await rig.emulator.requests.isEmpty)
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("no ledger"))
        }
    }

    @Test("prep --payload prints the body that edit sends", arguments: ["fal", "aiml", "onerouter", "ark"])
    func payload(_ provider: String) async throws {
        try await CommandRig.with { rig in
            let payload = try await rig.run([
                "prep", Self.photo, "--payload", provider, "--prompt", "put it in a hat",
            ])
            #expect(payload.status == 0, "\(payload.errors)")
            let sent = try await rig.run(
                ["edit", "put it in a hat", Self.photo, "--send-images", "inline"] + rig.sending(to: provider)
            )
            #expect(sent.status == 0, "\(sent.errors)")
            let body = sha256Text(payload.output.dropLast())
            #expect(await rig.emulator.ledger.map(\.bodySHA256) == [body])
        }
    }
}
#endif
