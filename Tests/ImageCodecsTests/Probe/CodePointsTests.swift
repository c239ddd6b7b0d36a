import ImageCodecs
import PixelEngine
import Testing

@Suite("CodePoints")
struct CodePointsTests {
    private static func meaning(_ primaries: Int, _ transfer: Int) -> CodePoints.Meaning {
        CodePoints(primaries: primaries, transfer: transfer).meaning
    }

    @Test("mean the colours of ITU-T H.273, tables 2 and 3")
    func colors() {
        #expect(Self.meaning(1, 13) == .color(DescribedColor(.bt709, .sRGB)))
        #expect(Self.meaning(12, 13) == .color(DescribedColor(.displayP3, .sRGB)))
        #expect(Self.meaning(9, 14) == .color(DescribedColor(.bt2020, .bt709)))
        #expect(Self.meaning(9, 15) == .color(DescribedColor(.bt2020, .bt709)))
        #expect(Self.meaning(1, 4) == .color(DescribedColor(.bt709, .gamma(2.2))))
        #expect(Self.meaning(1, 5) == .color(DescribedColor(.bt709, .gamma(2.8))))
        #expect(Self.meaning(1, 8) == .color(DescribedColor(.bt709, .gamma(1))))
        // Only one of the two is given.
        #expect(Self.meaning(2, 13) == .color(DescribedColor(.bt709, .sRGB)))
        #expect(Self.meaning(12, 2) == .color(DescribedColor(.displayP3, .sRGB)))
    }

    @Test("treat BT.709's curve as that of sRGB, unless the primaries are wider")
    func video() {
        for transfer in [1, 6] {
            for primaries in [1, 2, 5, 6] {
                #expect(Self.meaning(primaries, transfer) == .color(DescribedColor(.bt709, .sRGB)))
            }
            #expect(Self.meaning(9, transfer) == .color(DescribedColor(.bt2020, .bt709)))
            #expect(Self.meaning(12, transfer) == .color(DescribedColor(.displayP3, .bt709)))
        }
    }

    @Test("name PQ and HLG for all primaries")
    func highDynamicRange() {
        for primaries in [1, 2, 9, 12, 22] {
            #expect(Self.meaning(primaries, 16) == .highDynamicRange("PQ"))
            #expect(Self.meaning(primaries, 18) == .highDynamicRange("HLG"))
        }
    }

    @Test("mean nothing if both are unspecified, reserved or unknown")
    func others() {
        #expect(Self.meaning(2, 2) == .unspecified)
        for (primaries, transfer) in [(1, 0), (1, 3), (1, 9), (1, 19), (0, 13), (3, 13), (10, 13), (22, 13)] {
            #expect(Self.meaning(primaries, transfer) == .unknown, "\(primaries)/\(transfer)")
        }
    }
}
