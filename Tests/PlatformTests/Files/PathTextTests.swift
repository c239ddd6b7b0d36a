import Foundation
import Platform
import TestSupport
import Testing

@Suite("paths as text") struct PathTextTests {
    /// Names as bytes, each with its peculiarity.
    static let names: [(why: String, bytes: [UInt8])] = [
        ("ASCII", Array("photo 1.jpg".utf8)),
        ("Latin-1", Array("caf".utf8) + [0xE9] + Array(".jpg".utf8)),
        ("Shift JIS", [0x83, 0x65, 0x83, 0x58, 0x83, 0x67] + Array(".png".utf8)),
        ("a lone continuation byte", [0x80]),
        ("all bytes that are no text alone", (0x80...0xFF).map { UInt8($0) }),
        ("overlong", [0xC0, 0xAF, 0xE0, 0x80, 0xAF]),
        ("a surrogate", [0xED, 0xA0, 0x80]),
        ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80]),
        ("a sequence cut short", Array("a".utf8) + [0xE2, 0x82]),
        ("a sequence cut short before a letter", [0xF0, 0x9F, 0x98, 0x41]),
        ("line break, ESC and DEL", [0x61, 0x0A, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x7F]),
        ("a backslash", Array(#"caf\xE9.jpg"#.utf8)),
        ("emoji", Array("👩‍🚀.jpg".utf8)),
        ("decomposed", Array("cafe\u{301}.jpg".utf8)),
        ("composed", Array("caf\u{E9}.jpg".utf8)),
        ("the character that stands for 0xE9", Array("caf\u{10F7E9}.jpg".utf8)),
        ("U+FFFD", Array("caf\u{FFFD}.jpg".utf8)),
        ("private use", Array("\u{F8FF}\u{10F77F}\u{10F800}".utf8)),
        ("zero first", [0x01, 0xFF, 0x2E]),
    ]

    @Test("every name round-trips, and no two names have the same text")
    func roundTrip() {
        var texts: Set<[Unicode.Scalar]> = []
        for name in Self.names {
            let text = PathText.text(name.bytes)
            #expect(PathText.bytes(text) == name.bytes, "\(name.why)")
            #expect(texts.insert(Array(text.unicodeScalars)).inserted, "\(name.why)")
        }
    }

    @Test("random bytes round-trip, and UTF-8 is its own text")
    func random() {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<2000 {
            let count = Int.random(in: 1...12, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 1...255, using: &generator) }
            let text = PathText.text(bytes)
            #expect(PathText.bytes(text) == bytes)
            if let plain = String(validating: bytes, as: UTF8.self),
                !plain.unicodeScalars.contains(where: { PathText.byte($0) != nil })
            {
                #expect(Array(text.utf8) == bytes)
            }
        }
        #expect(PathText.text([0x63, 0xE9]) == "c\u{10F7E9}")
    }

    @Test("files of any name are written, found, locked, replaced and removed")
    func files() throws {
        for name in Self.names {
            let folder = try TemporaryFolder()
            let parent = folder.file(PathText.text(name.bytes))
            try Folder.make(parent)
            try Folder.checkWritable(parent)
            let path = "\(parent)/\(PathText.text(name.bytes))"
            try AtomicFile.write([1], to: path)
            #expect(throws: FileError.self) { try AtomicFile.write([2], to: path) }
            try AtomicFile.write([2, 3], to: path, overwriting: true)
            #expect(try FileLock.isLocked(path) == false)
            if name.bytes.first != UInt8(ascii: ".") {
                #expect(
                    Folder.visibleFiles(in: parent).map { $0.map(PathText.bytes) } == [PathText.bytes(path)])
            }
            // Removed by its bytes, which proves that the name has exactly these bytes.
            let removed = (PathText.bytes(path) + [0]).withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { remove($0.baseAddress!) }
            }
            #expect(removed == 0, "\(name.why)")
            let emptied = (PathText.bytes(parent) + [0]).withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { rmdir($0.baseAddress!) }
            }
            #expect(emptied == 0, "\(name.why): other files were left")
        }
    }
}
