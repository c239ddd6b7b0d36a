import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("RotatedPlanes")
struct RotatedPlanesTests {
    /// 1 2 3 above 4 5 6 as a viewer shows it: the rows of EXIF 2.32, section 4.6.4.
    static let shown: [(Orientation, [UInt8])] = [
        (.topLeft, [1, 2, 3, 4, 5, 6]), (.topRight, [3, 2, 1, 6, 5, 4]),
        (.bottomRight, [6, 5, 4, 3, 2, 1]), (.bottomLeft, [4, 5, 6, 1, 2, 3]),
        (.leftTop, [1, 4, 2, 5, 3, 6]), (.rightTop, [4, 1, 5, 2, 6, 3]),
        (.rightBottom, [6, 3, 5, 2, 4, 1]), (.leftBottom, [3, 6, 2, 5, 1, 4]),
    ]

    @Test("puts every sample in its place", arguments: shown)
    func samples(_ orientation: Orientation, _ expected: [UInt8]) throws {
        let format = PlaneFormat(.grey, size: PixelSize(width: 3, height: 2))
        let planes = try PlaneBuffer(format: format, rows: nil)
        for y in 0..<2 { for x in 0..<3 { planes.row(y, ofPlane: 0)[x] = UInt8(3 * y + x + 1) } }
        var target = format
        target.size = orientation.displaySize(of: format.size)
        let sink = PlaneImageSink(target)
        try RotatedPlanes(planes, size: format.size, orientation: orientation).write(to: sink) { _ in }
        #expect(sink.picture.planes == [expected])
    }

    /// Smaller than the tiles that are transposed at once, whole tiles, and tiles with a rest.
    static let sizes = [
        PixelSize(width: 34, height: 22), PixelSize(width: 128, height: 64),
        PixelSize(width: 210, height: 138),
    ]

    @Test("works strip by strip, with each plane in its own size", arguments: Orientation.allCases, sizes)
    func strips(_ orientation: Orientation, _ size: PixelSize) throws {
        let format = PlaneFormat(.yCbCr, size: size, subsampling: .quarter)
        let planes = try PlaneBuffer(format: format, rows: nil)
        let stored = PlaneImage(format) { plane, x, y -> Double in
            let value: Double = 7001 * x + 9973 * y
            return value.truncatingRemainder(dividingBy: plane == 0 ? 251 : 239)
        }
        try PlaneImageSource(stored, stripRows: size.height).readStrip(into: planes, at: 0)
        var target = format
        target.size = orientation.displaySize(of: format.size)
        let sink = PlaneImageSink(target, stripRows: 8)
        var shares: [Double] = []
        try RotatedPlanes(planes, size: format.size, orientation: orientation).write(to: sink) {
            shares.append($0)
        }
        let strips = (target.size.height + 7) / 8
        #expect(shares == (0..<strips).map { Double(8 * $0) / Double(target.size.height) })
        for plane in 0..<3 {
            let (from, to) = (format.size(ofPlane: plane), target.size(ofPlane: plane))
            for y in 0..<to.height {
                for x in 0..<to.width {
                    // The inverse, in the order of the definition: the axes, then the directions.
                    let (column, row) = orientation.swapsAxes ? (y, x) : (x, y)
                    let storedX = orientation.reversesColumns ? from.width - 1 - column : column
                    let storedY = orientation.reversesRows ? from.height - 1 - row : row
                    let expected = stored.planes[plane][storedY * from.width + storedX]
                    #expect(sink.picture.planes[plane][y * to.width + x] == expected)
                }
            }
        }
    }
}
