import Foundation
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("formats of a manifest")
struct ManifestFormatTests {
    static let good = "{\"prompt\":\"p\",\"images\":[]}"

    /// Lines of JSON Lines between two good ones, and their messages.
    static let broken: [(line: [UInt8], message: String)] = [
        (Array("{\"prompt\":\"p\",\"images\":[]".utf8), "broken JSON: expected a comma or } at byte 25"),
        (Array("{\"prompt\":\"p\",}".utf8), "broken JSON: expected the name of a member at byte 14"),
        (Array("{\"prompt\":\"p\"} x".utf8), "broken JSON: expected the end at byte 15"),
        (Array("{'prompt':1}".utf8), "broken JSON: expected the name of a member at byte 1"),
        (Array("hello".utf8), "broken JSON: expected a value at byte 0"),
        (
            Array("{\"prompt\":\"\\uD800\",\"images\":[]}".utf8),
            "broken JSON: expected both halves of a character at byte 17"
        ),
        (Array("[1,2]".utf8), "expected a JSON object, found another value"),
        (Array("\"text\"".utf8), "expected a JSON object, found another value"),
        (Array("null".utf8), "expected a JSON object, found another value"),
        ([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], "expected UTF-8, found other bytes"),
        (
            [0x7B, 0x22, 0x00, 0x22, 0x3A, 0x31, 0x7D],
            "broken JSON: expected no control character in a string at byte 2"
        ),
        ([0x00, 0x00], "broken JSON: expected a value at byte 0"),
        (
            Array("{\"a\":\(String(repeating: "[", count: 70))".utf8),
            "broken JSON: expected at most 64 values within each other at byte 68"
        ),
    ]

    @Test(
        "a line that is not an object is one failed row, and the lines around it are read", arguments: broken)
    func brokenLine(_ line: [UInt8], _ message: String) throws {
        let file = try ManifestFile(
            Array("\(Self.good)\n".utf8) + line + Array("\n\(Self.good)".utf8))
        let failure = try file.failure()
        #expect(failure.message == message)
        #expect(failure.line == 2)
        #expect(failure.id == nil)
        #expect(try file.records().map(\.line) == [1, 2, 3])
    }

    @Test(
        "empty lines, CRLF, a byte order mark and a missing final line break change nothing",
        arguments: [
            "\(good)\n\(good)\n", "\u{FEFF}\(good)\n\(good)\n", "\(good)\r\n\(good)\r\n", "\(good)\n\(good)",
            "\(good)\n\u{FEFF}\(good)\n",
        ])
    func ends(_ text: String) throws {
        #expect(try ManifestFile(text).rows().map(\.id) == ["1", "2"])
        #expect(
            try ManifestFile("\r\n \t\n" + text.dropFirst(text.first == "\u{FEFF}" ? 1 : 0)).rows().map(\.id)
                == ["3", "4"])
    }

    @Test(
        "the content decides the format, not the name",
        arguments: ["jobs.csv", "jobs.jsonl", "jobs", "jobs.txt"])
    func content(_ name: String) throws {
        let lines = try ManifestFile(Self.good, named: name)
        #expect(try ManifestReader(lines.path).format == .jsonLines)
        let csv = try ManifestFile("prompt,images\np,\n", named: name)
        #expect(try ManifestReader(csv.path).format == (name == "jobs.jsonl" ? .jsonLines : .csv))
        guard name != "jobs.jsonl" else { return }
        #expect(try csv.rows() == [ManifestRow(id: "2", line: 2, prompt: "p")])
    }

    @Test("an empty manifest has no rows", arguments: ["", "\n", "\u{FEFF}", "prompt,images\n", "\n\n"])
    func empty(_ text: String) throws {
        #expect(try ManifestFile(text, named: "jobs.csv").records() == [])
    }

    /// Manifests without any readable row.
    static let refused: [(text: [UInt8], message: String)] = [
        (Array("[{\"prompt\":\"p\"}]".utf8), "expected one JSON object per line, or CSV, found a JSON array"),
        ([0xFF, 0xFE, 0x7B, 0x00], "expected UTF-8, found UTF-16"),
        ([0xFE, 0xFF, 0x00, 0x7B], "expected UTF-8, found UTF-16"),
        (
            Array("id,prompt\n1,p\n".utf8),
            "line 1: expected a header with the fields prompt and images, found no images"
        ),
        (
            Array("hello\n".utf8),
            "line 1: expected a header with the fields prompt and images, found no prompt"
        ),
        (Array("prompt;images\np;\n".utf8), "line 1: expected commas between the fields, found semicolons"),
        (Array("prompt\timages\np\t\n".utf8), "line 1: expected commas between the fields, found tabs"),
        (Array("prompt,images,prompt\n".utf8), "line 1: \"prompt\": expected once, found twice"),
        (Array("promt,images\n".utf8), "line 1: \"promt\": expected prompt, found a field that resembles it"),
        (
            Array("prompt,images,\"x\n".utf8),
            "line 1: expected the quote on line 1 to be closed, found the end on line 2"
        ),
        (
            Array("prompt,images,\u{FFFD}".utf8).dropLast() + [0x0A],
            "line 1: expected UTF-8, found other bytes"
        ),
    ]

    @Test("a manifest whose beginning shows that no row can be read is one error", arguments: refused)
    func whole(_ text: [UInt8], _ message: String) throws {
        let file = try ManifestFile(text, named: "jobs.csv")
        let error = #expect(throws: ManifestError.self) { try file.records() }
        #expect(error?.description == "\(file.path): \(message)")
        #expect(error?.hint.isEmpty == false)
    }

    @Test("a missing file and a folder are one error each")
    func unreadable() throws {
        let file = try ManifestFile("")
        let absent = file.folder.file("absent.jsonl")
        #expect(throws: ManifestError.cannotRead(name: absent, reason: "No such file or directory")) {
            try ManifestReader(absent)
        }
        #expect(throws: ManifestError.cannotRead(name: file.folder.path, reason: "Is a directory")) {
            try ManifestReader(file.folder.path)
        }
    }

    @Test("relative image paths start from the manifest's folder, and from nowhere else")
    func folders() throws {
        let rows = "{\"prompt\":\"p\",\"images\":[\"a.jpg\",\"../b.jpg\",\"data:image/png;base64,AA==\"]}"
        let file = try ManifestFile(rows)
        let folder = file.folder.path
        #expect(
            try file.rows().map(\.images) == [
                ["\(folder)/a.jpg", "\(folder)/../b.jpg", "data:image/png;base64,AA=="]
            ])
    }

    @Test("the digest of a manifest is that of its bytes, before and after reading")
    func digest() throws {
        let file = try ManifestFile("\u{FEFF}\(Self.good)\n\n\(Self.good)")
        let reader = try ManifestReader(file.path)
        #expect(reader.digest == nil)
        while try reader.next() != nil {}
        let identity = try ManifestIdentity(file.path)
        #expect(reader.digest == identity.sha256)
        // printf '\357\273\277{"prompt":"p","images":[]}\n\n{"prompt":"p","images":[]}' | sha256sum
        #expect(identity.sha256 == "09322e558c92f4bdd8d7338b349fab525a1e64981fca4c73b29134a96df3ffd2")
        #expect(try ManifestIdentity("-").sha256 == nil)
        #expect(try reader.next() == nil)
    }

    @Test("a pipe is read as it arrives, and has no digest in advance")
    func pipe() async throws {
        let file = try ManifestFile("")
        let path = file.folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Task.detached {
            let handle = try #require(FileHandle(forWritingAtPath: path))
            for piece in ["{\"prom", "pt\":\"p\",\"images\":[]}", "\n{\"prompt\":\"q\",\"images\":[]}\n"] {
                try handle.write(contentsOf: Data(piece.utf8))
            }
            try handle.close()
        }
        let reader = try ManifestReader(path)
        var prompts: [String] = []
        while let record = try reader.next() {
            if case .row(let row) = record { prompts.append(row.prompt) }
        }
        try await writer.value
        #expect(prompts == ["p", "q"])
        #expect(reader.digest != nil)
        #expect(try ManifestIdentity(path).sha256 == nil)
    }

    @Test("a reader that waits for a pipe ends with its task")
    func cancelled() async throws {
        let file = try ManifestFile("")
        let path = file.folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reading = Task.detached { try ManifestReader(path) }
        reading.cancel()
        await #expect(throws: ManifestError.cancelled(name: path)) { try await reading.value }
    }
}
