import Foundation
import ImageCodecs
import SeedreamModel
import TestSupport
import Testing

@Suite("files in memory")
struct LoadedFileTests {
    /// Returns the file as a source that is read on demand; its identity may state more bytes than
    /// there are.
    private static func source(_ path: String, promising more: Int = 0) throws -> EncodedSource {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        let count = Int(lseek(descriptor, 0, SEEK_END))
        return EncodedSource(
            adopting: descriptor,
            identity: FileIdentity(device: 1, inode: 1, byteCount: count + more, modifiedNanoseconds: 0))
    }

    private static func file(_ bytes: [UInt8], in memory: FileMemory) throws -> LoadedFile {
        let folder = try TemporaryFolder()
        try folder.write(bytes, as: "file")
        return try LoadedFile(source(folder.path + "/file"), memory: memory)
    }

    @Test("equal a copy of their pieces", arguments: ContainerStripperTests.rows)
    func keeping(_ row: Fixtures.Row) throws {
        let bytes = try Fixtures.bytes(row.path)
        let expected = try ContainerStripperTests.strip(bytes)
        let loaded = try Self.file(bytes, in: FileMemory(maximumSpares: 1))
        #expect(Array(loaded.bytes) == bytes)
        let source = EncodedSource(loaded)
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let stripped = try ContainerStripper.strip(source, probe: probe, limits: DecodeLimits())
        #expect(stripped.pieces == expected.plan.pieces)
        if let kept = loaded.keep(stripped) {
            #expect(Array(kept) == expected.bytes)
        } else {
            // Nothing was moved.
            #expect(Array(loaded.bytes) == bytes)
        }
    }

    @Test(
        "stay in place if they are photographs: metadata is before the pixels, additions after them"
    )
    func photographs() throws {
        for path in [
            "shapes/phone-1.jpg", "photos/dandelion.jpg", "corrupt/no-end-marker.jpg", "photos/chelsea.png",
        ] {
            let loaded = try Self.file(Fixtures.bytes(path), in: FileMemory(maximumSpares: 1))
            let source = EncodedSource(loaded)
            let probe = try Prober.probe(source, limits: DecodeLimits())
            let stripped = try ContainerStripper.strip(source, probe: probe, limits: DecodeLimits())
            #expect(loaded.keep(stripped) != nil, "\(path)")
        }
    }

    @Test("reuse memory that is no longer needed")
    func recycling() throws {
        let memory = FileMemory(maximumSpares: 1)
        var first: LoadedFile? = try Self.file([UInt8](repeating: 1, count: 100_000), in: memory)
        let address = first?.bytes.baseAddress
        let second = try Self.file([UInt8](repeating: 2, count: 100_000), in: memory)
        #expect(second.bytes.baseAddress != address)
        #expect(first?.bytes.allSatisfy { $0 == 1 } == true)
        first = nil
        let third = try Self.file([UInt8](repeating: 3, count: 101_000), in: memory)
        #expect(third.bytes.baseAddress == address)
        #expect(third.count == 101_000)
        #expect(third.bytes.allSatisfy { $0 == 3 })
        #expect(second.bytes.allSatisfy { $0 == 2 })
    }

    @Test("live as long as the bytes made from them, even without the owner of the memory")
    func lifetime() throws {
        let bytes = [UInt8](0...255)
        let encoded: EncodedBytes
        do {
            let loaded = try Self.file(bytes, in: FileMemory(maximumSpares: 1))
            encoded = EncodedBytes(loaded.bytes, in: loaded)
        }
        #expect(encoded.array == bytes)
    }

    @Test("are refused if the file has become shorter")
    func shorter() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], as: "file")
        let source = try Self.source(folder.path + "/file", promising: 1)
        let memory = FileMemory(maximumSpares: 1)
        #expect(throws: CodecError.truncated("the file became shorter while it was read")) {
            _ = try LoadedFile(source, memory: memory)
        }
    }
}
