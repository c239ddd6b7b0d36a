import PixelEngine
import Pixels

/// Collects a picture as a tile.
final class TileSink: BandSink {
    let format: PlaneFormat
    let bandRows = 16
    var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private(set) var tile: Tile

    init(size: PixelSize) {
        format = PlaneFormat(.rgb, size: size)
        tile = Tile(size: size, color: (0, 0, 0))
    }

    func writeBand(from buffer: PlaneBuffer, at first: Int) throws {
        let width = format.size.width
        let rows = first..<min(first + bandRows, format.size.height)
        tile.samples.withUnsafeMutableBufferPointer { samples in
            for y in rows {
                for plane in 0..<3 {
                    let row = buffer.row(y, ofPlane: plane)
                    for x in 0..<width { samples[(y * width + x) * 3 + plane] = row[x] }
                }
            }
        }
    }
}
