import Pixels

/// Copies the rows of a ``Picture``, as a decoder would write them.
final class PictureSource: BandSource {
    let format: PlaneFormat
    let bandRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    private let tile: PlaneBuffer

    init(_ picture: Picture) {
        format = picture.format
        tile = picture.tile
    }

    func readBand(into buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let part = tile.format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<min((row + bandRows) >> shift, size.height) {
                let target = buffer.row(y, ofPlane: plane)
                let samples = tile.row(y % part.height, ofPlane: plane)
                for x in stride(from: 0, to: size.width, by: part.width) {
                    (target + x).update(from: samples, count: min(part.width, size.width - x))
                }
            }
        }
    }

    func finish() throws {}
}
