import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("ResampleGeometry")
struct ResampleGeometryTests {
    private static func format(
        _ width: Int, _ height: Int, _ model: PlaneFormat.Model = .grey,
        _ subsampling: ChromaSubsampling = .full
    ) -> PlaneFormat {
        PlaneFormat(model, size: PixelSize(width: width, height: height), subsampling: subsampling)
    }

    private static func geometry(
        _ source: PlaneFormat, _ result: PlaneFormat, _ orientation: Orientation = .topLeft
    ) -> ResampleGeometry {
        ResampleGeometry(
            source: source, region: PixelRegion(source.size), stored: result, orientation: orientation)
    }

    @Test("reaches three rows around a row, more if the image is reduced or chroma is subsampled")
    func reach() {
        // 3 lobes and 2 rows for rounding, times the rows of a chroma sample.
        #expect(Self.geometry(Self.format(100, 100), Self.format(100, 100)).reach == 5)
        #expect(Self.geometry(Self.format(100, 100), Self.format(200, 200)).reach == 5)
        #expect(Self.geometry(Self.format(100, 100), Self.format(50, 50)).reach == 8)
        let quarter = Self.format(100, 100, .yCbCr, .quarter)
        #expect(Self.geometry(quarter, quarter).reach == 10)
        // The chroma of the result covers 4 rows of the source.
        #expect(Self.geometry(quarter, Self.format(50, 50, .yCbCr, .quarter)).reach == 16)
    }

    @Test("gives the source rows of a strip, within the image")
    func rows() {
        let half = Self.geometry(Self.format(100, 100), Self.format(50, 50))
        #expect(half.rows(for: 10..<20) == 12..<48)
        #expect(half.rows(for: 0..<10) == 0..<28)
        #expect(half.rows(for: 40..<50) == 72..<100)
        // Rounded to whole chroma rows.
        let quarter = Self.format(100, 100, .yCbCr, .quarter)
        let same = Self.geometry(quarter, quarter)
        #expect(same.rows(for: 16..<32) == 6..<42)
        #expect(same.rows(for: 17..<31) == 6..<42)
    }

    @Test("covers every row under the kernel of every row of a strip", arguments: 0..<60)
    func support(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let shift = [0, 0, 1].randomElement(using: &generator) ?? 0
        let model: PlaneFormat.Model = shift == 0 ? .grey : .yCbCr
        let subsampling = ChromaSubsampling(horizontalShift: shift, verticalShift: shift)
        // Even, so that nothing is mirrored.
        let source = Self.format(8, 2 * Int.random(in: 1...200, using: &generator), model, subsampling)
        let result = Self.format(8, 2 * Int.random(in: 1...200, using: &generator), model, subsampling)
        let geometry = Self.geometry(source, result)
        let scale = Double(source.size.height) / Double(result.size.height)
        let lobes = 3 * max(1, scale)
        for first in stride(from: 0, to: result.size.height, by: 16) {
            let strip = first..<min(first + 16, result.size.height)
            let rows = geometry.rows(for: strip)
            for row in strip {
                let centre = (Double(row) + 0.5) * scale
                let top = max(0, Int((centre - lobes).rounded(.down)))
                let bottom = min(source.size.height, Int((centre + lobes).rounded(.up)))
                #expect(
                    rows.lowerBound <= top && bottom <= rows.upperBound, "row \(row) of \(result.size.height)"
                )
            }
            #expect(rows.lowerBound.isMultiple(of: 1 << shift))
            #expect(rows.upperBound <= source.size.height)
        }
    }

    @Test("pads the result to whole chroma samples, on the side where a rotated image ends")
    func padding() {
        let odd = Self.format(5, 7, .yCbCr, .quarter)
        let upright = Self.geometry(odd, odd)
        #expect(upright.target.size == PixelSize(width: 6, height: 8))
        #expect(upright.region == PixelRegion(left: 0, top: 0, width: 6, height: 8))
        let rotated = Self.geometry(odd, odd, .bottomRight)
        #expect(rotated.region == PixelRegion(left: -1, top: -1, width: 6, height: 8))
        // At twice the size, 10x14 needs no padding.
        let enlarged = Self.geometry(odd, Self.format(10, 14, .yCbCr, .quarter), .bottomRight)
        #expect(enlarged.region == PixelRegion(left: 0, top: 0, width: 5, height: 7))
    }

    @Test("mirrors columns if the source ends in half a chroma sample")
    func mirroring() {
        // By the reach of the filter, 10 columns, rounded up to a whole sample.
        let odd = Self.format(5, 8, .yCbCr, .quarter)
        #expect(Self.geometry(odd, odd).extended(rows: 4).size == PixelSize(width: 16, height: 4))
        let even = Self.format(6, 8, .yCbCr, .quarter)
        #expect(Self.geometry(even, even).extended(rows: 4).size == PixelSize(width: 6, height: 4))
    }

    @Test("converts RGB to Y'CbCr in the horizontal pass, and Y'CbCr to RGB in the vertical one")
    func middle() {
        let rgb = Self.format(10, 10, .rgb)
        let chroma = Self.format(20, 20, .yCbCr, .quarter)
        let across = Self.geometry(rgb, chroma).middle(rows: 4)
        #expect(across.model == .yCbCr)
        #expect(across.size == PixelSize(width: 20, height: 4))
        #expect(across.subsampling == .halfColumns)
        #expect(Self.geometry(chroma, rgb).middle(rows: 4).model == .yCbCr)
        var wide = rgb
        wide.primaries = .displayP3
        let later = Self.geometry(wide, chroma).middle(rows: 4)
        #expect(later.model == .rgb)
        #expect(later.primaries == .displayP3)
    }

    @Test("interpolates chroma linearly if the colour model changes and the size does not")
    func chromaFilter() {
        let (rgb, chroma) = (Self.format(10, 10, .rgb), Self.format(10, 10, .yCbCr, .quarter))
        #expect(Self.geometry(chroma, rgb).chromaFilter == .bilinear)
        #expect(Self.geometry(chroma, chroma).chromaFilter == nil)
        #expect(Self.geometry(chroma, Self.format(20, 20, .rgb)).chromaFilter == nil)
    }
}
