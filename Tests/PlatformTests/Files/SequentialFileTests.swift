import Foundation
import Platform
import TestSupport
import Testing

@Suite("SequentialFile and WholeFile")
struct SequentialFileTests {
    /// Returns all bytes, read in pieces.
    private static func read(_ file: SequentialFile, pieces count: Int) throws -> [UInt8] {
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: count))
        while true {
            let got = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
            if got == 0 { return bytes }
            bytes += piece[..<got]
        }
    }

    @Test("reads a file from its beginning to its end", arguments: [1, 7, 1000])
    func regular(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let content = (0..<100).map { UInt8($0) }
        let file = try SequentialFile(try folder.write(content, as: "a"))
        #expect(file.isRegular)
        #expect(file.name == folder.file("a"))
        #expect(try Self.read(file, pieces: count) == content)
    }

    @Test("waits for the bytes of a FIFO, and ends when its writer closes")
    func pipe() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let file = try SequentialFile(path)
        #expect(!file.isRegular)
        let writing = open(path, O_WRONLY)
        let reader = Task.detached { try Self.read(file, pieces: 10) }
        #expect(write(writing, "hello", 5) == 5)
        close(writing)
        #expect(try await reader.value == Array("hello".utf8))
    }

    @Test("stops waiting when the task is cancelled")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let file = try SequentialFile(path)
        // A writer that writes nothing.
        let writing = open(path, O_WRONLY)
        defer { close(writing) }
        let reader = Task.detached { try Self.read(file, pieces: 10) }
        reader.cancel()
        let error = await #expect(throws: FileError.self) { try await reader.value }
        #expect(error?.errno == ECANCELED)
    }

    @Test("reports the system's error")
    func errors() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try SequentialFile(folder.file("none")) }
        #expect(error?.errno == ENOENT)
        let whole = #expect(throws: FileError.self) {
            try WholeFile.contents(of: folder.path, maximum: 10)
        }
        #expect(whole?.errno == EISDIR)
    }

    @Test(
        "reads at most one byte beyond the limit, which shows that there is more",
        arguments: [(9, 10), (10, 10), (11, 10), (200_000, 200_000)])
    func whole(_ maximum: Int, _ expected: Int) throws {
        let folder = try TemporaryFolder()
        let content = [UInt8](repeating: 7, count: max(10, expected))
        let path = try folder.write(content, as: "a")
        #expect(try WholeFile.contents(of: path, maximum: maximum).count == expected)
    }
}
