import Foundation
import TestSupport
import Testing

@Suite("prep --each --shard")
struct PrepShardTests {
    @Test("the shards together write what one process writes, under the same names")
    func union() async throws {
        let folder = try TemporaryFolder()
        let photo = try Fixtures.bytes("photos/rocket.jpg")
        // Two inputs share a stem: their names depend on the whole list.
        for name in ["a.jpg", "a.png", "b.jpg", "c.jpg", "sub/a.jpg", "sub/d.jpg"] {
            try FileManager.default.createDirectory(
                atPath: folder.file("in/sub"), withIntermediateDirectories: true)
            try Data(photo).write(to: URL(fileURLWithPath: folder.file("in/\(name)")))
        }
        func files(_ output: String, _ options: [String], _ environment: [String: String] = [:]) async throws
            -> (status: Int32, lines: Int)
        {
            var runner = CommandRunner()
            runner.environment.merge(environment) { $1 }
            let result = try await runner.run(
                ["prep", "--each", "-r", folder.file("in"), "-o", folder.file(output), "--ndjson"] + options)
            return (result.status, result.lines.count)
        }
        func names(_ output: String) -> [String] {
            (FileManager.default.enumerator(atPath: folder.file(output))?.compactMap { $0 as? String } ?? [])
                .filter { $0.contains(".") }.sorted()
        }
        #expect(try await files("whole", []) == (0, 6))
        var lines = 0
        for index in 0..<3 {
            let part = try await files("parts", ["--shard", "\(index)/3", "--existing", "refuse"])
            #expect(part.status == 0)
            lines += part.lines
        }
        #expect(lines == 6)
        #expect(names("parts") == names("whole"))
        for index in 0..<3 {
            let part = try await files(
                "pods", ["--shard", "env/3"], ["JOB_COMPLETION_INDEX": "\(index)"])
            #expect(part.status == 0)
        }
        #expect(names("pods") == names("whole"))
        // More shards than inputs: the empty ones end well.
        for index in 0..<40 {
            #expect(try await files("many", ["--shard", "\(index)/40"]).status == 0)
        }
        #expect(names("many") == names("whole"))
    }

    @Test("a plan has the numbers that the inputs have in the whole list")
    func plan() async throws {
        let photos = ["rocket.jpg", "coffee.png", "dandelion.jpg"].map { Fixtures.path("photos/\($0)") }
        var indices: [Int] = []
        for index in 0..<2 {
            let result = try await seedream(
                "prep", "--each", photos[0], photos[1], photos[2], "--dry-run",
                "--ndjson", "--shard", "\(index)/2")
            #expect(result.status == 0, "\(result)")
            indices += result.lines.compactMap { line in
                (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["index"] as? Int
            }
        }
        #expect(indices.sorted() == [0, 1, 2])
    }

    @Test(
        "what does not tell the shard is refused before anything is written",
        arguments: [
            (["--shard", "4/4"], "found 4/4"), (["--shard", "env"], "job array"),
            (["--shard", "x"], "expected i/n"),
        ])
    func refused(_ options: [String], _ words: String) async throws {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(
            ["prep", "--each", Fixtures.path("photos"), "-o", folder.file("out")] + options)
        #expect(result.status == 64, "\(result)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test("it is for many inputs")
    func each() async throws {
        let result = try await seedream("prep", Fixtures.path("photos/rocket.jpg"), "--shard", "0/2")
        #expect(result.status == 64 && result.errors.contains("--each"), "\(result)")
    }
}
