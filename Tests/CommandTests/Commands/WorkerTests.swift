import Foundation
import TestSupport
import Testing

@Suite("seedream worker, preparing")
struct WorkerTests {
    /// An answer of a worker.
    typealias Answer = [String: Any]

    static func answers(of result: CommandResult) throws -> [Answer] {
        try result.lines.map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Answer, "\(line)")
        }
    }

    static func line(_ fields: [String: Any]) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: fields, options: [.withoutEscapingSlashes]),
            as: UTF8.self)
    }

    private static let photo = Fixtures.path("photos/rocket.jpg")

    private func worker(_ lines: [String], _ options: String..., in folder: TemporaryFolder) async throws
        -> CommandResult
    {
        try await CommandRunner().run(
            ["worker", "-o", folder.file("out")] + options,
            input: Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    @Test("answers each line in order, carries fields through, and ends with a summary")
    func order() async throws {
        let folder = try TemporaryFolder()
        var lines: [String] = []
        for index in 0..<12 {
            // A broken image among them, which is done sooner than the others.
            let image = index % 4 == 3 ? Fixtures.path("photos/absent.jpg") : Self.photo
            lines.append(
                try Self.line([
                    "operation": "prep", "id": "row \(index)", "images": [image], "split": "train",
                    "weight": index,
                ]))
        }
        lines.insert("", at: 3)
        let result = try await worker(lines, in: folder)
        #expect(result.status == 0, "\(result)")
        let answers = try Self.answers(of: result)
        try #require(answers.count == 13)
        for (index, answer) in answers.dropLast().enumerated() {
            #expect(answer["type"] as? String == "row" && answer["operation"] as? String == "prep")
            #expect(answer["id"] as? String == "row \(index)")
            #expect(answer["line"] as? Int == (index < 3 ? index + 1 : index + 2))
            #expect(answer["split"] as? String == "train" && answer["weight"] as? Int == index)
            #expect(answer["prompt"] == nil)
            if index % 4 == 3 {
                #expect(answer["state"] as? String == "failed")
                let error = try #require(answer["error"] as? Answer)
                #expect(error["category"] as? String == "input" && error["hint"] != nil, "\(error)")
            } else {
                #expect(answer["state"] as? String == "saved")
                let file = try #require((answer["files"] as? [Answer])?.first)
                let path = try #require(file["path"] as? String)
                #expect(path.hasPrefix("/") && path.hasSuffix("/row \(index).jpg"))
                let bytes = try bytes(ofFile: path)
                #expect(file["bytes"] as? Int == bytes.count)
                #expect(
                    ((answer["image"] as? Answer)?["prepared"] as? Answer)?["sha256"] as? String
                        == file["sha256"] as? String)
            }
        }
        let summary = try #require(answers.last)
        #expect(summary["type"] as? String == "summary" && summary["rows"] as? Int == 12)
        #expect(summary["states"] as? [String: Int] == ["saved": 9, "failed": 3])
        #expect(summary["exitCode"] as? Int == 0 && summary["error"] == nil)
        #expect(summary["peakMemory"] as? Int ?? 0 > 1 << 20)
    }

    @Test("a repeated row writes the same file with the same bytes; --existing skip keeps it")
    func repeated() async throws {
        let folder = try TemporaryFolder()
        let line = try Self.line(["id": "x/y", "images": [Self.photo]])
        var digests: [String] = []
        for options in [[], [], ["--existing", "skip"]] {
            let result = try await CommandRunner().run(
                ["worker", "-o", folder.file("out"), "--operation", "prep"] + options,
                input: Data("\(line)\n".utf8))
            let answer = try #require(try Self.answers(of: result).first)
            #expect(answer["state"] as? String == (options.isEmpty ? "saved" : "skipped"), "\(result)")
            digests.append(try #require((answer["files"] as? [Answer])?.first?["sha256"] as? String))
        }
        #expect(Set(digests).count == 1)
        // The id is not a name, so a digest tells it from others that look the same.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
        #expect(names.count == 1 && names[0].hasPrefix("xy-") && names[0].hasSuffix(".jpg"), "\(names)")
    }

    @Test("images come as paths, file: URLs and data: URIs; rows without an id get names of their own")
    func forms() async throws {
        let folder = try TemporaryFolder()
        try folder.write(try Fixtures.bytes("photos/rocket.jpg"), as: "a b.jpg")
        let data = try Data(Fixtures.bytes("photos/rocket.jpg")).base64EncodedString()
        let images = [
            folder.file("a b.jpg"), "file://\(folder.path)/a%20b.jpg", "file:\(folder.path)/a%20b.jpg",
            "file://localhost\(folder.path)/a%20b.jpg", "data:image/jpeg;base64,\(data)",
        ]
        let result = try await worker(
            try images.map { try Self.line(["images": [$0]]) }, "--operation", "prep", in: folder)
        let answers = try Self.answers(of: result).dropLast()
        #expect(answers.allSatisfy { $0["state"] as? String == "saved" }, "\(result)")
        #expect(answers.compactMap { $0["id"] as? String } == ["1", "2", "3", "4", "5"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        // The first four are one image under one path.
        #expect(names.count == 2 && names[0].hasPrefix("a b-") && names[1].hasPrefix("image-"), "\(names)")
    }

    @Test("a line that is no valid row is answered as failed, and the others go on")
    func invalid() async throws {
        let folder = try TemporaryFolder()
        let good = try Self.line(["operation": "prep", "id": "good", "images": [Self.photo]])
        let lines: [(line: String, words: String)] = [
            ("{", "broken JSON"), ("[1]", "JSON object"), ("\u{FF}", "JSON"),
            (#"{"operation":"prep","images":["a","b"]}"#, "one image"),
            (#"{"operation":"prep","images":[]}"#, "one image"),
            (#"{"operation":"prep","image":"a"}"#, "images"),
            (#"{"operation":"turn","images":["a"]}"#, "prep or edit"),
            (#"{"images":["a"]}"#, "operation"),
            (#"{"operation":"edit","prompt":"p","images":["a"]}"#, "id: expected text"),
            (#"{"operation":"prep","id":"good","images":["a"]}"#, "unique id"),
            (#"{"operation":"prep","id":"m","model":"4.5","images":["a"]}"#, "model"),
            (#"{"operation":"prep","id":"f","images":["ftp://h/a"]}"#, "ftp"),
            (#"{"operation":"prep","id":"h","images":["file://host/a"]}"#, "this machine"),
            (#"{"operation":"prep","id":"n","name":"{seed}","images":["a"]}"#, "{seed}"),
            (#"{"operation":"prep","id":"k","key_file":"a","images":["a"]}"#, "keys"),
        ]
        let result = try await worker([good] + lines.map(\.line), in: folder)
        #expect(result.status == 0, "\(result)")
        let answers = try Self.answers(of: result)
        try #require(answers.count == lines.count + 2)
        #expect(answers[0]["state"] as? String == "saved")
        for (answer, (line, words)) in zip(answers.dropFirst(), lines) {
            #expect(answer["state"] as? String == "failed", "\(line)")
            let error = try #require(answer["error"] as? Answer)
            #expect((error["message"] as? String)?.contains(words) == true, "\(line): \(error)")
        }
    }

    @Test("a line of 100 MB is answered as failed, in bounded memory")
    func longLine() async throws {
        let folder = try TemporaryFolder()
        var input = Data(#"{"operation":"prep","id":"long","images":["data:image/png;base64,"#.utf8)
        input.append(Data(repeating: UInt8(ascii: "A"), count: 100 << 20))
        input.append(Data("\"]}\n".utf8))
        input.append(
            Data((try Self.line(["operation": "prep", "id": "b", "images": [Self.photo]]) + "\n").utf8))
        let result = try await CommandRunner().run(["worker", "-o", folder.file("out")], input: input)
        let answers = try Self.answers(of: result)
        try #require(answers.count == 3, "\(result)")
        #expect(
            (answers[0]["error"] as? Answer)?["message"] as? String
                == "expected at most 33554432 bytes, found more")
        #expect(answers[1]["state"] as? String == "saved")
        #expect(answers[2]["peakMemory"] as? Int ?? .max < 200 << 20)
    }

    @Test("no result replaces an image of the folder of its input, or the result of another row")
    func sparing() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("out"), withIntermediateDirectories: true)
        try folder.write(try Fixtures.bytes("photos/rocket.jpg"), as: "out/a.jpg")
        let lines = try [
            ["id": "b", "images": [folder.file("out/a.jpg")]],
            ["id": "c", "images": [Self.photo], "name": "same"],
            ["id": "d", "images": [Fixtures.path("photos/coffee.png")], "name": "same"],
        ].map { try Self.line($0) }
        let answers = try Self.answers(of: try await worker(lines, "--operation", "prep", in: folder))
        #expect(answers.map { $0["state"] as? String } == ["failed", "saved", "failed", nil])
        #expect((answers[0]["error"] as? Answer)?["category"] as? String == "output")
        #expect((answers[2]["error"] as? Answer)?["hint"] as? String == "put {id} into the template")
    }

    @Test("answers come as rows end, while the input stays open")
    func interactive() async throws {
        let folder = try TemporaryFolder()
        let line = try Self.line(["operation": "prep", "id": "1", "images": [Self.photo]])
        // The second row is written only after the first is answered.
        let script = """
            mkfifo "$1/in"; "$0" worker -o "$1/out" <"$1/in" >"$1/answers" & exec 3>"$1/in"
            echo "$2" >&3
            for try in $(seq 200); do [ -s "$1/answers" ] && break; sleep 0.05; done
            [ -s "$1/answers" ] || exit 9
            echo "$2" | sed 's/"1"/"2"/' >&3; exec 3>&-; wait $! && cat "$1/answers"
            """
        var runner = CommandRunner()
        runner.leadingArguments = ["-c", script, runner.executable]
        runner.executable = "/bin/sh"
        let result = try await runner.run([folder.path, line])
        #expect(result.status == 0 && result.lines.count == 3, "\(result)")
    }

    @Test(
        "SIGTERM ends the reading with 143, and SIGINT with 130; what was read is answered",
        arguments: [SIGTERM, SIGINT])
    func signals(_ signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let fifo = folder.file("in")
        try #require(mkfifo(fifo, 0o600) == 0)
        var runner = CommandRunner()
        runner.leadingArguments = ["-c", #"exec "$0" "$@" <"$SEEDREAM_TEST_INPUT""#, runner.executable]
        runner.environment["SEEDREAM_TEST_INPUT"] = fifo
        runner.executable = "/bin/sh"
        let command = try runner.start(["worker", "-o", folder.file("out"), "--operation", "prep"])
        let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: fifo))
        try writer.write(contentsOf: Data((try Self.line(["id": "a", "images": [Self.photo]]) + "\n").utf8))
        try await command.wait { command.textSoFar.contains("\n") }
        command.send(signal)
        let result = try await command.result()
        try writer.close()
        let answers = try Self.answers(of: result)
        #expect(result.status == (signal == SIGTERM ? 143 : 130), "\(result)")
        try #require(answers.count == 2)
        #expect(answers[1]["exitCode"] as? Int == (signal == SIGTERM ? 143 : 130))
        #expect((answers[1]["error"] as? Answer)?["category"] as? String == "interrupted")
    }

    @Test("a closed standard output ends the worker with 73")
    func closedOutput() async throws {
        let folder = try TemporaryFolder()
        let line = try Self.line(["operation": "prep", "images": [Self.photo]])
        let script =
            #"yes "$2" | { "$0" worker -o "$1/out"; echo $? >"$1/status"; } | head -n 3; cat "$1/status""#
        var runner = CommandRunner()
        runner.leadingArguments = ["-c", script, runner.executable]
        runner.executable = "/bin/sh"
        let result = try await runner.run([folder.path, line])
        #expect(result.lines.count == 4 && result.lines.last == "73", "\(result)")
    }

    @Test("wrong command lines are refused with an error line")
    func usage() async throws {
        for (options, words) in [
            (["--json"], "JSON lines"), (["--dry-run"], "batch"), (["-o", "a.jpg"], "folder"),
            (["--allow-private", "http://h/"], "host"), (["--operation", "turn"], "operation"),
        ] {
            let result = try await CommandRunner().run(["worker"] + options)
            #expect(result.status == 64, "\(options): \(result)")
            #expect(result.errors.contains(words), "\(options): \(result.errors)")
            #expect(result.lines.count == 1 && result.text.contains("\"type\":\"error\""), "\(result)")
        }
        let folder = try TemporaryFolder()
        try folder.write([1], as: "file")
        let result = try await CommandRunner().run(["worker", "-o", folder.file("file/out")])
        #expect(result.status == 73 && result.lines.count == 1, "\(result)")
    }
}
