import ImageCodecs
import PixelEngine
import Pixels
import Testing

@Suite("PlaneInterleaver")
struct PlaneInterleaverTests {
    /// Returns one row of 3 pixels, whose samples are 10 times the plane plus the column.
    private static func row(
        _ model: PlaneFormat.Model, hasAlpha: Bool = false, expandingGrey: Bool = false
    ) throws -> [UInt8] {
        let format = PlaneFormat(model, size: PixelSize(width: 3, height: 2), hasAlpha: hasAlpha)
        let buffer = try PlaneBuffer(format: format, rows: nil)
        for plane in 0..<format.planeCount {
            for x in 0..<3 { buffer.row(1, ofPlane: plane)[x] = UInt8(10 * plane + x) }
        }
        // One byte more than any row has, which must not change.
        var result = [UInt8](repeating: 99, count: 13)
        PlaneInterleaver.interleave(buffer, row: 1, into: &result, expandingGrey: expandingGrey)
        return result
    }

    @Test("copies a grey plane, or writes it three times")
    func grey() throws {
        #expect(try Self.row(.grey).prefix(4) == [0, 1, 2, 99])
        #expect(try Self.row(.grey, expandingGrey: true).prefix(10) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 99])
    }

    @Test("interleaves the channels of each pixel, alpha last")
    func channels() throws {
        #expect(try Self.row(.rgb).prefix(10) == [0, 10, 20, 1, 11, 21, 2, 12, 22, 99])
        #expect(try Self.row(.rgb, hasAlpha: true) == [0, 10, 20, 30, 1, 11, 21, 31, 2, 12, 22, 32, 99])
        #expect(try Self.row(.grey, hasAlpha: true).prefix(7) == [0, 10, 1, 11, 2, 12, 99])
        #expect(
            try Self.row(.grey, hasAlpha: true, expandingGrey: true)
                == [0, 0, 0, 10, 1, 1, 1, 11, 2, 2, 2, 12, 99])
        // Only grey is expanded.
        #expect(try Self.row(.rgb, expandingGrey: true) == Self.row(.rgb))
    }
}
