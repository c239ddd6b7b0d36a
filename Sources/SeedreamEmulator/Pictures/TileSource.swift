import PixelEngine
import Pixels

/// Gives a tile out in bands.
final class TileSource: BandSource {
    let format: PlaneFormat
    let bandRows = 16
    var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private let tile: Tile

    init(_ tile: Tile) {
        self.tile = tile
        format = PlaneFormat(.rgb, size: tile.size)
    }

    func readBand(into buffer: PlaneBuffer, at first: Int) throws {
        let width = format.size.width
        tile.samples.withUnsafeBufferPointer { samples in
            for y in first..<min(first + bandRows, format.size.height) {
                for plane in 0..<3 {
                    let row = buffer.row(y, ofPlane: plane)
                    for x in 0..<width { row[x] = samples[(y * width + x) * 3 + plane] }
                }
            }
        }
    }

    func finish() throws {}
}
