import ImageCodecs
import Testing

@Suite("HeaderReader")
struct HeaderReaderTests {
    private static let bytes = (0..<20).map { UInt8($0) }

    @Test("reads any range in any order, through a window of any size", arguments: [1, 2, 3, 7, 20, 100])
    func ranges(_ windowSize: Int) throws {
        var reader = HeaderReader(EncodedSource(Self.bytes), windowSize: windowSize)
        #expect(reader.count == 20)
        for length in 1...20 {
            // Forwards and backwards, so that the window moves both ways.
            for offset in Array(0..<20) + Array((0..<20).reversed()) {
                let expected = Self.bytes[offset..<min(offset + length, 20)]
                #expect(try reader.bytes(at: offset, length: length) == expected)
            }
        }
    }

    @Test("returns fewer bytes at the end of the source, and none outside")
    func ends() throws {
        var reader = HeaderReader(EncodedSource(Self.bytes), windowSize: 4)
        #expect(try reader.bytes(at: 18, length: 5) == [18, 19])
        #expect(try reader.bytes(at: 20, length: 1).isEmpty)
        #expect(try reader.bytes(at: -1, length: 3).isEmpty)
        #expect(try reader.bytes(at: 3, length: 0).isEmpty)
        #expect(try reader.byte(at: 19) == 19)
        #expect(try reader.byte(at: 20) == nil)
    }

    @Test("reads integers in both byte orders, but not truncated ones")
    func numbers() throws {
        var reader = HeaderReader(EncodedSource(Self.bytes), windowSize: 4)
        #expect(try reader.bigEndian(at: 1, bytes: 2) == 0x0102)
        #expect(try reader.littleEndian(at: 1, bytes: 2) == 0x0201)
        #expect(try reader.bigEndian(at: 16, bytes: 4) == 0x1011_1213)
        #expect(try reader.littleEndian(at: 16, bytes: 4) == 0x1312_1110)
        #expect(try reader.bigEndian(at: 17, bytes: 4) == nil)
        #expect(try reader.littleEndian(at: 17, bytes: 4) == nil)
    }
}
