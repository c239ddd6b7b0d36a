#if Client && Emulator
import Foundation
import SeedreamClient
import SeedreamEmulator
import TestSupport
import Testing

/// `seedream edit --each`, started, interrupted and repeated as people do.
@Suite("a folder is as safe as one request")
struct EachRunTests {
    /// A rig with a folder of small images, all with different content.
    struct Folder {
        let rig: CommandRig
        let path: String

        init(_ rig: CommandRig, count: Int = 6, named folder: String = "photos") throws {
            self.rig = rig
            path = rig.folder.file(folder)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for index in 0..<count { try add("image-\(index + 10).jpg", brightness: index * 5) }
        }

        func add(_ name: String, brightness: Int) throws {
            try Data(try Drawing.jpeg(brightness: brightness)).write(
                to: URL(fileURLWithPath: "\(path)/\(name)"))
        }

        func arguments(_ provider: String = "fal", _ more: [String] = []) -> [String] {
            ["edit", "put it in a hat", path, "--each", "--size", "1024x1024"] + more
                + rig.sending(to: provider)
        }

        func edit(_ provider: String = "fal", _ more: [String] = []) async throws -> CommandResult {
            try await rig.run(arguments(provider, more))
        }

        var bought: Int { get async { await rig.emulator.ledger.count } }

        func results() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: rig.output).filter { !$0.hasSuffix(".json") }
                .sorted()
        }
    }

    private static func with(
        count: Int = 6, _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ body: (Folder) async throws -> Void
    ) async throws {
        try await CommandRig.with { configuration in
            configuration.ambiguities.resultType = "image/jpeg"
            change(&configuration)
        } _: { rig in
            try await body(try Folder(rig, count: count))
        }
    }

    private static let providers = ["fal", "aiml", "onerouter", "apiframe", "ark"]

    @Test("interrupted and repeated, each image is bought once", arguments: providers)
    func interrupted(_ provider: String) async throws {
        try await Self.with(count: 20) {
            $0.generationTime = 0.2
        } _: { folder in
            let command = try folder.rig.runner.start(folder.arguments(provider))
            try await command.wait { await folder.bought >= 4 }
            command.send(SIGINT)
            let stopped = try await command.result()
            #expect(stopped.status == 130, "\(stopped.errors)")
            let before = await folder.bought
            #expect(before < 20)
            #expect(
                stopped.errors.contains("waiting") && stopped.errors.contains("seedream resume"),
                "\(stopped.errors)")
            let again = try await folder.edit(provider)
            #expect(again.status == 0, "\(again.errors)")
            #expect(await folder.bought == 20)
            #expect(try folder.results().count == 20)
            // Again: nothing is requested.
            let requests = await folder.rig.emulator.requests.count
            let third = try await folder.edit(provider)
            #expect(third.status == 0 && third.text.contains("20 rows skipped"), "\(third.text)")
            #expect(await folder.rig.emulator.requests.count == requests)
        }
    }

    @Test("a run continues from any folder by its id, including the rows that were never begun")
    func resumed() async throws {
        try await Self.with {
            $0.generationTime = 0.2
        } _: { folder in
            let command = try folder.rig.runner.start(folder.arguments("fal", ["--parallel", "1"]))
            try await command.wait { await folder.bought >= 2 }
            command.send(SIGTERM)
            let stopped = try await command.result()
            #expect(stopped.status == 143, "\(stopped.errors)")
            let advice = try #require(PrintedAdvice.commands(in: stopped.errors).last, "\(stopped.errors)")
            let resumed = try await PrintedAdvice.type(advice, folder.rig)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(await folder.bought == 6)
            #expect(try folder.results().count == 6)
            let runs = try await folder.rig.run(["runs"] + folder.rig.common)
            #expect(runs.lines.count == 2, "\(runs.text)")
            // The key is not sent to an address that only the ledger names.
            let id = try #require(advice.split(separator: " ").dropFirst(2).first.map(String.init))
            let refused = try await folder.rig.run(["resume", id] + folder.rig.common)
            #expect(refused.status == 64 && refused.errors.contains("--base-url"), "\(refused.errors)")
        }
    }

    @Test("an added file is bought alone, a renamed one is not bought, and a changed one is")
    func changes() async throws {
        try await Self.with(count: 3) { folder in
            #expect(try await folder.edit().status == 0)
            try folder.add("image-00.jpg", brightness: 90)
            let added = try await folder.edit()
            #expect(added.status == 0 && added.text.contains("3 rows skipped"), "\(added.text)")
            #expect(await folder.bought == 4)
            try FileManager.default.moveItem(
                atPath: "\(folder.path)/image-11.jpg", toPath: "\(folder.path)/renamed.jpg")
            #expect(try await folder.edit().text.contains("4 rows skipped"))
            #expect(await folder.bought == 4)
            try folder.add("image-12.jpg", brightness: 95)
            #expect(try await folder.edit().status == 0)
            #expect(await folder.bought == 5)
            // Another prompt, size or seed makes other requests.
            for more in [["--seed", "7"], ["--size", "2048x2048"], ["--background", "black"]] {
                #expect(try await folder.edit("fal", more).status == 0)
            }
            #expect(await folder.bought == 17)
        }
    }

    @Test("results beside the images are not edited in the next run, nor are their sidecars")
    func besideImages() async throws {
        try await Self.with(count: 2) { folder in
            try Data("notes".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/notes.txt"))
            for _ in 0..<2 {
                let result = try await folder.rig.run(
                    ["edit", "put it in a hat", folder.path, "--each", "--size", "1024x1024"]
                        + folder.rig.common + [
                            "--provider", "fal", "--base-url",
                            "http://127.0.0.1:\(folder.rig.emulator.port)/fal", "-o", folder.path,
                        ])
                #expect(result.status == 0, "\(result.errors)")
                #expect(await folder.bought == 2)
            }
        }
    }

    @Test(
        "a touched result is skipped, and one of the same length with other bytes is fetched again"
    )
    func touched() async throws {
        try await Self.with(count: 2) { folder in
            #expect(try await folder.edit().status == 0)
            let paths = try folder.results().map { "\(folder.rig.output)/\($0)" }
            let before = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            try FileManager.default.setAttributes(
                [.modificationDate: Date.distantPast], ofItemAtPath: paths[0])
            var other = before[1]
            other[other.count / 2] ^= 0xFF
            try other.write(to: URL(fileURLWithPath: paths[1]))
            let again = try await folder.edit()
            #expect(again.status == 0 && again.text.contains("1 row skipped"), "\(again.text)")
            #expect(await folder.bought == 2)
            // The file that is there now was written by the user: it stays, and the result gets
            // another name.
            #expect(try Data(contentsOf: URL(fileURLWithPath: paths[1])) == other)
            let saved = try folder.results().map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder.rig.output)/\($0)"))
            }
            #expect(saved.count == 3 && before.allSatisfy(saved.contains))
        }
    }

    @Test("reads folders in folders and a list of names, mirrors folders, and prints each row as it ends")
    func lists() async throws {
        try await Self.with(count: 1) { folder in
            let inner = "\(folder.path)/trip/first"
            try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
            try folder.add("trip/first/a.jpg", brightness: 40)
            let outer = folder.rig.folder.file("list.jpg")
            try Data(try Drawing.jpeg(brightness: 60)).write(to: URL(fileURLWithPath: outer))
            let list = try folder.rig.folder.write(Array("\(outer)\0".utf8), as: "list")
            let more = ["-r", "--files-from", list, "-0", "--ndjson", "--progress", "none"]
            let result = try await folder.edit("fal", more)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.lines.count == 3 && result.lines.allSatisfy { $0.contains("\"state\":\"saved\"") })
            #expect(try folder.results() == ["image-10-1.jpg", "list-1.jpg", "trip"])
            #expect(FileManager.default.fileExists(atPath: "\(folder.rig.output)/trip/first/a-1.jpg"))
            // Again: rows are skipped, and results are not used as inputs.
            let again = try await folder.edit("fal", more)
            #expect(again.lines.allSatisfy { $0.contains("\"state\":\"skipped\"") }, "\(again.text)")
            #expect(await folder.bought == 3)
            let planned = try await folder.edit("fal", more.filter { $0 != "--ndjson" } + ["--dry-run"])
            #expect(planned.text.contains("3 rows, 0 of them failed, 3 saved already; nothing was sent"))
        }
    }

    @Test("intentionally equal files are separate purchases, and are all skipped later")
    func equal() async throws {
        try await Self.with(count: 1) { folder in
            for name in ["b", "c", "d"] { try folder.add("\(name).jpg", brightness: 0) }
            #expect(try await folder.edit().status == 0)
            #expect(await folder.bought == 4)
            #expect(try await folder.edit().text.contains("4 rows skipped"))
            #expect(await folder.bought == 4)
        }
    }

    @Test("the same folder is bought again at another address")
    func otherAddress() async throws {
        try await Self.with(count: 2) { folder in
            #expect(try await folder.edit().status == 0)
            try await CommandRig.with { other in
                let result = try await folder.rig.runner.run(
                    folder.arguments() + ["--base-url", "http://127.0.0.1:\(other.emulator.port)/fal"])
                #expect(result.status == 0, "\(result.errors)")
                #expect(await other.emulator.ledger.count == 2)
            }
            #expect(await folder.bought == 2)
        }
    }

    @Test(
        "a deleted result is fetched again; one that is gone everywhere is listed, and bought only on demand"
    )
    func deleted() async throws {
        try await Self.with(count: 2) { folder in
            #expect(try await folder.edit().status == 0)
            let name = try #require(try folder.results().first)
            try FileManager.default.removeItem(atPath: "\(folder.rig.output)/\(name)")
            #expect(try await folder.edit().status == 0)
            #expect(try folder.results().count == 2 && folder.results().contains(name))
            #expect(await folder.bought == 2)
            try FileManager.default.removeItem(atPath: "\(folder.rig.output)/\(name)")
            await folder.rig.emulator.setFaults([
                FaultRule("fal.download", .status(404, retryAfter: nil, accepted: false)),
                FaultRule("fal.result", .status(404, retryAfter: nil, accepted: false)),
            ])
            let gone = try await folder.edit("fal", ["--timeout", "5"])
            #expect(gone.status == 1, "\(gone.errors)")
            #expect(await folder.bought == 2)
            await folder.rig.emulator.setFaults([
                FaultRule("fal.download", .status(404, retryAfter: nil, accepted: false), count: 20)
            ])
            let again = try await folder.edit("fal", ["--again", "--timeout", "5"])
            #expect(await folder.bought == 3, "\(again.errors)")
        }
    }

    @Test("a wrong key stops the run at once, and the rows wait for the right one", arguments: providers)
    func wrongKey(_ provider: String) async throws {
        try await Self.with(count: 12) { folder in
            let operation = [
                "fal": "fal.submit", "aiml": "aiml.generate", "onerouter": "onerouter.edit",
                "apiframe": "apiframe.generate", "ark": "ark.generate",
            ]
            await folder.rig.emulator.setFaults([
                FaultRule(operation[provider] ?? "", .status(401, retryAfter: nil, accepted: false))
            ])
            let refused = try await folder.edit(provider, ["--parallel", "3"])
            #expect(refused.status == 77, "\(refused.errors)")
            let asked = await folder.rig.emulator.requests.filter { $0.operation == operation[provider] }
                .count
            #expect((1...3).contains(asked))
            #expect(refused.errors.contains("12 waiting"), "\(refused.errors)")
            #expect(await folder.bought == 0)
            await folder.rig.emulator.setFaults([])
            #expect(try await folder.edit(provider).status == 0)
            #expect(await folder.bought == 12)
        }
    }

    @Test("a refused row is left alone until --retry-failed")
    func failed() async throws {
        try await Self.with(count: 3) { folder in
            await folder.rig.emulator.setFaults([
                FaultRule("fal.submit", .status(422, retryAfter: nil, accepted: false), count: 1)
            ])
            let first = try await folder.edit()
            #expect(first.status == 1 && first.errors.contains("--retry-failed"), "\(first.errors)")
            #expect(await folder.bought == 2)
            #expect(try await folder.edit().status == 1)
            #expect(await folder.bought == 2)
            #expect(try await folder.edit("fal", ["--retry-failed"]).status == 0)
            #expect(await folder.bought == 3)
        }
    }

    @Test("too many failures stop the run")
    func fuse() async throws {
        try await Self.with(count: 12) { folder in
            await folder.rig.emulator.setFaults([
                FaultRule("fal.submit", .status(422, retryAfter: nil, accepted: false))
            ])
            let result = try await folder.edit("fal", ["--max-failures", "2", "--parallel", "1"])
            #expect(
                result.status == 1 && result.errors.contains("stopped: 2 of 2 rows failed"),
                "\(result.errors)")
            #expect(await folder.rig.emulator.requests.filter { $0.operation == "fal.submit" }.count <= 3)
        }
    }

    @Test("a budget applies to all starts of a run, and saved rows count once")
    func budget() async throws {
        try await Self.with(count: 3) { folder in
            let refused = try await folder.edit("fal", ["--budget", "0.08"])
            #expect(refused.status == 80, "\(refused.errors)")
            #expect(await folder.bought == 0)
            #expect(try await folder.edit("fal", ["--budget", "0.09"]).status == 0)
            #expect(try await folder.edit("fal", ["--budget", "0.09"]).status == 0)
            try folder.add("more.jpg", brightness: 80)
            #expect(try await folder.edit("fal", ["--budget", "0.11"]).status == 80)
            #expect(try await folder.edit("fal", ["--budget", "0.12"]).status == 0)
            #expect(await folder.bought == 4)
        }
    }

    @Test("two starts at the same time buy each image once")
    func together() async throws {
        try await Self.with(count: 8) {
            $0.generationTime = 0.1
        } _: { folder in
            let one = try folder.rig.runner.start(folder.arguments())
            let two = try folder.rig.runner.start(folder.arguments())
            let statuses = [try await one.result().status, try await two.result().status]
            #expect(statuses.allSatisfy { [0, 76].contains($0) }, "\(statuses)")
            #expect(try await folder.edit().status == 0)
            #expect(await folder.bought == 8)
            #expect(try folder.results().count == 8)
        }
    }

    @Test("a single request buys another image, but not while an equal one is open")
    func single() async throws {
        try await Self.with(count: 1) {
            $0.generationTime = 0.05
        } _: { folder in
            let file = "\(folder.path)/image-10.jpg"
            let arguments = ["edit", "a hat", file, "--size", "1024x1024"] + folder.rig.sending(to: "fal")
            #expect(try await folder.rig.run(arguments).status == 0)
            let second = try await folder.rig.run(arguments)
            #expect(
                second.status == 0 && second.errors.contains("an equal request is already saved"),
                "\(second.errors)")
            #expect(try await folder.rig.run(arguments + ["--no-wait"]).status == 0)
            #expect(await folder.bought == 3)
            let refused = try await folder.rig.run(arguments)
            #expect(refused.status == 76, "\(refused.errors)")
            #expect(await folder.bought == 3)
            let advice = try #require(PrintedAdvice.commands(in: refused.errors).first)
            #expect(try await PrintedAdvice.type(advice, folder.rig).status == 0)
            #expect(try await folder.rig.run(arguments).status == 0)
            #expect(await folder.bought == 4)
            // A request of unknown outcome is only sent again on demand.
            await folder.rig.emulator.setFaults([FaultRule("fal.submit", .reset(.afterAccept))])
            let words = ["generate", "a hat", "--size", "1024x1024"] + folder.rig.sending(to: "fal")
            #expect(try await folder.rig.run(words).status == 76)
            await folder.rig.emulator.setFaults([])
            #expect(try await folder.rig.run(words).status == 76)
            #expect(await folder.bought == 5)
            #expect(try await folder.rig.run(words + ["--again"]).status == 0)
            #expect(await folder.bought == 6)
        }
    }

    @Test("a row of unknown outcome is settled after a look at the account, and only then sent again")
    func unknown() async throws {
        try await Self.with(count: 2) { folder in
            await folder.rig.emulator.setFaults([FaultRule("ark.generate", .reset(.afterAccept), count: 1)])
            #expect(try await folder.edit("ark").status == 76)
            await folder.rig.emulator.setFaults([])
            #expect(try await folder.edit("ark").status == 76)
            #expect(await folder.bought == 2)
            let jobs = try await folder.rig.run(["jobs", "--state", "unknown", "--json"] + folder.rig.common)
            let document = try JSONSerialization.jsonObject(with: jobs.output) as? [String: Any]
            let id = try #require((document?["jobs"] as? [[String: Any]])?.first?["id"] as? String)
            let settled = try await folder.rig.run(["jobs", "settle", id, "not-bought"] + folder.rig.common)
            #expect(settled.status == 0 && settled.text.contains("waits to be sent"), "\(settled)")
            #expect(try await folder.edit("ark").status == 0)
            #expect(await folder.bought == 3)
            #expect(
                try await folder.rig.run(["jobs", "settle", id, "bought"] + folder.rig.common).status == 64)
        }
    }
}
#endif
