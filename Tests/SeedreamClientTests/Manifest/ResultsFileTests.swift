import Foundation
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("results file")
struct ResultsFileTests {
    private let folder: TemporaryFolder
    private let path: String
    private let manifest = ManifestIdentity(name: "jobs.csv", sha256: "aa")
    private static let header =
        "{\"manifest\":\"jobs.csv\",\"schema\":1,\"sha256\":\"aa\",\"type\":\"results\"}\n"

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("results.jsonl")
    }

    private var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private func write(_ text: String) throws { try folder.write(text.utf8, as: "results.jsonl") }

    private func append(_ text: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private static func row(_ id: String, _ state: RowState = .saved) -> RowDocument {
        RowDocument(id: id, state: state)
    }

    @Test("a new file starts with its manifest, has a line for each row, and is private to its user")
    func new() throws {
        let file = try ResultsFile(path, of: manifest)
        let (a, b) = (Self.row("a"), Self.row("b", .failed))
        try file.append(a)
        try file.append(b)
        try file.sync()
        #expect(text == Self.header + a.jsonLine + b.jsonLine)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test("the same manifest continues its file, also under another name; an empty file is a new one")
    func again() throws {
        try write("")
        for name in ["jobs.csv", "moved/jobs.csv"] {
            let file = try ResultsFile(path, of: ManifestIdentity(name: name, sha256: "aa"))
            #expect(file.removedBytes == 0)
            try file.append(Self.row(name))
        }
        #expect(text == Self.header + Self.row("jobs.csv").jsonLine + Self.row("moved/jobs.csv").jsonLine)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test("the file of another manifest, or of this one before a change, is refused and left intact")
    func other() throws {
        let begun = try ResultsFile(path, of: manifest)
        try begun.append(Self.row("a"))
        // Even an unfinished line stays.
        try append("{\"type\":")
        let before = text
        for (identity, message) in [
            (
                ManifestIdentity(name: "other.csv", sha256: "bb"),
                "expected results of other.csv, found those of jobs.csv"
            ),
            (
                ManifestIdentity(name: "jobs.csv", sha256: "bb"),
                "expected results of jobs.csv, found those of the manifest before it was changed"
            ),
            (ManifestIdentity(name: "-", sha256: nil), "expected results of -, found those of jobs.csv"),
        ] {
            let error = #expect(throws: ResultsError.self) { try ResultsFile(path, of: identity) }
            #expect(error?.description == "\(path): \(message)")
            #expect(
                error == .otherManifest(path: path, found: "jobs.csv", expected: identity.name))
        }
        #expect(text == before)
    }

    @Test("a file begun from standard input continues only from standard input")
    func standardInput() throws {
        let input = ManifestIdentity(name: "-", sha256: nil)
        for _ in 0..<2 { _ = try ResultsFile(path, of: input) }
        #expect(text == "{\"manifest\":\"-\",\"schema\":1,\"type\":\"results\"}\n")
        #expect(throws: ResultsError.otherManifest(path: path, found: "-", expected: "jobs.csv")) {
            try ResultsFile(path, of: manifest)
        }
    }

    @Test(
        "a file that is not a results file is refused and left intact",
        arguments: [
            "notes", "notes\n", "{}\n", "{\"type\":\"results\"}\n", "\n", "\u{0}", "{\"type\":\"row\"}\n",
        ])
    func notResults(_ content: String) throws {
        try write(content)
        #expect(throws: ResultsError.notResults(path: path)) { try ResultsFile(path, of: manifest) }
        #expect(text == content)
    }

    @Test("a file of a later version is refused and left intact")
    func later() throws {
        let content = Self.header.replacing("\"schema\":1", with: "\"schema\":2")
        try write(content)
        #expect(throws: ResultsError.otherSchema(path: path, found: 2)) {
            try ResultsFile(path, of: manifest)
        }
        #expect(text == content)
    }

    @Test("an unfinished last line of any length is removed", arguments: [1, 100, 65_536, 200_000])
    func unfinished(_ length: Int) throws {
        try ResultsFile(path, of: manifest).append(Self.row("a"))
        try append(String(repeating: "x", count: length))
        let file = try ResultsFile(path, of: manifest)
        #expect(file.removedBytes == length)
        try file.append(Self.row("b"))
        #expect(text == Self.header + Self.row("a").jsonLine + Self.row("b").jsonLine)
    }

    @Test("an unfinished first line is rewritten", arguments: [1, 20, header.utf8.count - 1])
    func unfinishedHeader(_ length: Int) throws {
        try write(String(Self.header.prefix(length)))
        _ = try ResultsFile(path, of: manifest)
        #expect(text == Self.header)
    }

    @Test("a line that another process left unfinished meanwhile does not spoil the next line")
    func unfinishedMeanwhile() throws {
        let file = try ResultsFile(path, of: manifest)
        try append("{\"type\":\"row\",\"id\":\"kil")
        try file.append(Self.row("b"))
        #expect(text == Self.header + Self.row("b").jsonLine)
    }

    @Test("lines of several concurrent writers stay complete, including long ones")
    func atOnce() async throws {
        let path = path
        let manifest = manifest
        // Each writer opens the file separately, as processes do: their locks exclude each other.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let file = try ResultsFile(path, of: manifest)
                    for index in 0..<50 {
                        var row = Self.row("\(writer)-\(index)")
                        row.prompt = String(repeating: "\(writer)", count: index * 1000)
                        try file.append(row)
                    }
                }
            }
            try await group.waitForAll()
        }
        let lines = text.split(separator: "\n").dropFirst()
        let ids = try lines.map { try #require(try JSONValue(parsing: $0.utf8)["id"]?.string) }
        #expect(Set(ids).count == 200)
        #expect(ids.count == 200)
        // The lines of one writer keep their order.
        for writer in 0..<4 {
            #expect(ids.filter { $0.hasPrefix("\(writer)-") } == (0..<50).map { "\(writer)-\($0)" })
        }
    }

    @Test("a line that a full disk does not take is an error, and no part of it stays")
    func full() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.file("results.jsonl")
            let file = try ResultsFile(path, of: ManifestIdentity(name: "m", sha256: "aa"))
            try file.append(RowDocument(id: "a", state: .saved))
            let before = try String(contentsOfFile: path, encoding: .utf8)
            try FileLimit.set(before.utf8.count + 50)
            var long = RowDocument(id: "b", state: .saved)
            long.prompt = String(repeating: "p", count: 1000)
            #expect(throws: ResultsError.self) { try file.append(long) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
            try FileLimit.set(nil)
            try file.append(long)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == before + long.jsonLine)
        }
    }

    @Test("a path that takes no file is an error that names it")
    func places() throws {
        for (place, message) in [
            (folder.path, "\(folder.path): cannot be written: Is a directory"),
            (
                folder.file("absent/results"),
                "\(folder.file("absent/results")): cannot be written: No such file or directory"
            ),
            ("/dev/full", "/dev/full: cannot be written: Invalid argument"),
        ] {
            let error = #expect(throws: ResultsError.self) { try ResultsFile(place, of: manifest) }
            #expect(error?.description == message)
            #expect(error?.hint.isEmpty == false)
        }
    }
}
