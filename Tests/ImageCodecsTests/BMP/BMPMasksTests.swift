import ImageCodecs
import Testing

@Suite("BMPMasks")
struct BMPMasksTests {
    @Test(
        "finds the position and the range of a channel",
        arguments: [
            (0x7C00, 10, 31), (0xFF, 0, 255), (0x8000_0000, 31, 1), (0x3FF0_0000, 20, 1023), (0, 0, 0),
        ] as [(UInt32, UInt32, UInt32)])
    func channel(_ mask: UInt32, _ shift: UInt32, _ maximum: UInt32) throws {
        let channel = try BMPMasks.Channel(mask: mask)
        #expect(channel.shift == shift)
        #expect(channel.maximum == maximum)
        #expect(channel.isPresent == (mask != 0))
    }

    @Test(
        "refuses a channel whose bits are not contiguous",
        arguments: [0b101, 0xF0F0, 0x8000_0001] as [UInt32])
    func apart(_ mask: UInt32) {
        let error = #expect(throws: CodecError.self) { try BMPMasks.Channel(mask: mask) }
        guard case .corrupt = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("scales samples to 8 bits, rounded to the nearest", arguments: 1...16)
    func samples(_ bits: Int) throws {
        let maximum = (1 << bits) - 1
        let channel = try BMPMasks.Channel(mask: UInt32(maximum) << 8)
        for value in 0...maximum {
            let expected = (Double(value) * 255 / Double(maximum)).rounded()
            // The bits around the channel are ignored.
            #expect(channel.sample(of: UInt32(value) << 8 | 0xFF) == UInt8(expected))
        }
    }

    @Test("a channel without a mask has sample 0")
    func absent() throws {
        #expect(try BMPMasks.Channel(mask: 0).sample(of: .max) == 0)
    }

    @Test("ignores mask bits beyond the pixel's, and refuses masks without any")
    func bitCount() throws {
        let masks = try BMPMasks([0xF_7C00, 0x03E0, 0x001F, 0x8000], bitCount: 16)
        #expect(masks.red.shift == 10)
        #expect(masks.red.maximum == 31)
        #expect(masks.alpha.maximum == 1)
        #expect(try !BMPMasks([0x7C00, 0x03E0, 0x001F], bitCount: 16).alpha.isPresent)
        #expect(throws: CodecError.self) { try BMPMasks([0xF0000, 0, 0, 0x8000], bitCount: 16) }
    }

    @Test(
        "default to 5 bits per channel in 16 bits, and 8 in more, blue lowest",
        arguments: [(16, 5), (24, 8), (32, 8)] as [(Int, UInt32)])
    func standard(_ bitCount: Int, _ bits: UInt32) {
        let masks = BMPMasks(bitCount: bitCount, alpha: 0)
        #expect([masks.blue, masks.green, masks.red].map(\.shift) == [0, bits, 2 * bits])
        #expect([masks.blue, masks.green, masks.red].allSatisfy { $0.maximum == 1 << bits - 1 })
        #expect(!masks.alpha.isPresent)
    }

    @Test("takes alpha only from bits that no colour uses")
    func alpha() {
        #expect(BMPMasks(bitCount: 32, alpha: 0xFF00_0000).alpha.maximum == 255)
        #expect(BMPMasks(bitCount: 16, alpha: 0x8000).alpha.maximum == 1)
        #expect(!BMPMasks(bitCount: 32, alpha: 0xFFFF_0000).alpha.isPresent)
        #expect(!BMPMasks(bitCount: 24, alpha: 0xFF00_0000).alpha.isPresent)
        #expect(!BMPMasks(bitCount: 32, alpha: 0xA500_0000).alpha.isPresent)
    }
}
