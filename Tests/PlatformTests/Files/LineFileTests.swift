import Foundation
import Platform
import TestSupport
import Testing

@Suite("LineFile")
struct LineFileTests {
    @Test("is created with access for the user alone")
    func new() throws {
        let folder = try TemporaryFolder()
        let file = try LineFile(folder.file("lines"))
        #expect(try file.length() == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("appends to an existing file, and keeps its mode")
    func appends() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("one\n".utf8, as: "lines")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let file = try LineFile(path)
        try file.append(Array("two\n".utf8))
        try file.sync()
        #expect(try file.length() == 8)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("one\ntwo\n".utf8))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o644)
    }

    @Test("reads a range, and fewer bytes at the end of the file")
    func ranges() throws {
        let folder = try TemporaryFolder()
        let file = try LineFile(try folder.write((0..<10).map { UInt8($0) }, as: "lines"))
        #expect(try file.bytes(2..<5) == [2, 3, 4])
        #expect(try file.bytes(8..<20) == [8, 9])
        #expect(try file.bytes(10..<12) == [])
        #expect(try file.bytes(3..<3) == [])
        try file.truncate(to: 4)
        #expect(try file.bytes(0..<10) == [0, 1, 2, 3])
        // Appends follow the end of the file, not the last read.
        try file.append([9])
        #expect(try file.bytes(0..<10) == [0, 1, 2, 3, 9])
    }

    @Test("loses no line when two instances append to one file")
    func both() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try LineFile(folder.file("lines")), try LineFile(folder.file("lines")))
        for number in 0..<10 {
            let file = number.isMultiple(of: 2) ? first : second
            try file.lock()
            try file.append(Array("\(number)\n".utf8))
            file.unlock()
        }
        #expect(try first.length() == 20)
        #expect(try second.bytes(0..<20) == Array((0..<10).map { "\($0)\n" }.joined().utf8))
    }

    @Test("refuses anything but a regular file, without blocking on it")
    func notRegular() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
        let error = #expect(throws: FileError.self) { try LineFile(folder.file("fifo")) }
        #expect(error?.errno == EINVAL)
        #expect(throws: FileError.self) { try LineFile(folder.path) }
        #expect(throws: FileError.self) { try LineFile(folder.file("no/such/folder")) }
    }
}
