#if os(Linux)
import Foundation
import SeedreamKit
import TestSupport
import Testing

@Suite("memory of a manifest", .serialized)
struct ManifestMemoryTests {
    /// Returns the anonymous resident memory of this process, in bytes.
    private static func residentBytes() throws -> Int {
        try #require(ProcessStatus()?.bytes("RssAnon"))
    }

    /// Writes a manifest of `count` rows in pieces.
    private static func write(_ count: Int, to path: String, header: String, _ row: (Int) -> String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: Data(header.utf8))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        for start in stride(from: 0, to: count, by: 10_000) {
            let text = (start..<min(start + 10_000, count)).map(row).joined(separator: "\n") + "\n"
            try handle.write(contentsOf: Data(text.utf8))
        }
        try handle.close()
    }

    /// Reads the whole manifest.
    ///
    /// - Returns: The number of rows, the number of failed ones, and the maximum increase in
    ///   memory, in bytes.
    private static func read(_ path: String) throws -> (rows: Int, failures: Int, growth: Int) {
        let before = try residentBytes()
        let reader = try ManifestReader(path)
        var (rows, failures, growth) = (0, 0, 0)
        while let record = try reader.next() {
            rows += 1
            if case .failure = record { failures += 1 }
            if rows % 20_000 == 1 { growth = max(growth, try residentBytes() - before) }
        }
        return (rows, failures, max(growth, try residentBytes() - before))
    }

    /// The number of rows; `SEEDREAM_MANIFEST_ROWS` sets another one.
    private static var count: Int {
        ProcessInfo.processInfo.environment["SEEDREAM_MANIFEST_ROWS"].flatMap { Int($0) } ?? 100_000
    }

    @Test("100,000 rows of JSON Lines and of CSV are read in 16 MiB", arguments: ["jobs.jsonl", "jobs.csv"])
    func rows(_ name: String) throws {
        let file = try ManifestFile("")
        let path = file.folder.file(name)
        let isCSV = name.hasSuffix("csv")
        try Self.write(Self.count, to: path, header: isCSV ? "id,prompt,images,sku\n" : "") { index in
            isCSV
                ? "row-\(index),\"a red fox, number \(index)\",in/\(index).jpg,\(index)"
                : "{\"id\":\"row-\(index)\",\"prompt\":\"a red fox\",\"images\":[\"in/\(index).jpg\"],\"sku\":\(index)}"
        }
        let start = ContinuousClock.now
        let (rows, failures, growth) = try Self.read(path)
        print(
            "\(name): \(rows) rows in \(ContinuousClock.now - start), \(growth >> 10) KiB more at most")
        #expect(rows == Self.count)
        #expect(failures == 0)
        // 2.5 MB of ids, and twice that while their table grows; other tests may run at the same
        // time.
        #expect(growth < (16 << 20) * max(1, Self.count / 100_000), "\(growth >> 10) KiB")
    }

    @Test(
        "a line of 256 MiB is one failed row and is not kept in memory",
        arguments: ["jobs.jsonl", "jobs.csv"])
    func longLine(_ name: String) throws {
        let isCSV = name.hasSuffix("csv")
        let good = isCSV ? "p,\n" : "{\"prompt\":\"p\",\"images\":[]}\n"
        let file = try ManifestFile((isCSV ? "prompt,images\n" : "") + good, named: name)
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        // A hole: it takes no space on the disk, and reads as NUL. CSV looks at each byte.
        let length = UInt64(isCSV ? 16 << 20 : 256 << 20)
        try handle.truncate(atOffset: try handle.seekToEnd() + length)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(("\n" + good).utf8))
        try handle.close()
        let (rows, failures, growth) = try Self.read(file.path)
        #expect(rows == 3)
        #expect(failures == 1)
        #expect(growth < 16 << 20, "\(growth >> 10) KiB")
        #expect(try file.failure().message == "expected at most 1048576 bytes, found more")
    }

    @Test(
        "a line of 1 MiB is read, one byte more is not",
        arguments: ["jobs.jsonl", "jobs.csv"], [0, 1])
    func longest(_ name: String, _ more: Int) throws {
        let isCSV = name.hasSuffix("csv")
        let frame = isCSV ? "," : "{\"prompt\":\"\",\"images\":[]}"
        let prompt = String(repeating: "x", count: ManifestReader.maximumLineBytes - frame.utf8.count + more)
        let text =
            isCSV ? "prompt,images\n\(prompt),\n" : "{\"prompt\":\"\(prompt)\",\"images\":[]}\n"
        let file = try ManifestFile(text, named: name)
        if more == 0 {
            #expect(try file.rows().map(\.prompt.utf8.count) == [prompt.utf8.count])
        } else {
            #expect(try file.failure().message == "expected at most 1048576 bytes, found more")
        }
    }
}
#endif
