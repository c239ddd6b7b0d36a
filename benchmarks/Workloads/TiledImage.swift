import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel

/// An image in memory: the planes of a photograph, repeated in both directions up to the image's
/// size.
///
/// Repetition keeps the detail of each pixel, and so the work of the codecs, similar to a camera's
/// image; an enlarged photograph would be blurred. PNG compresses repetitions within a row, so its
/// images are no larger than the photograph.
///
/// `@unchecked Sendable`: the planes are written before `init` returns and only read afterwards.
struct TiledImage: @unchecked Sendable {
    /// The format of the planes, with the size of the whole image.
    var format: PlaneFormat
    /// The photograph.
    let tile: PlaneBuffer

    /// Makes an image of the photograph's size.
    init(tile: PlaneBuffer) {
        self.tile = tile
        format = tile.format
    }

    /// Reads a whole source.
    init(reading source: some StripSource) throws {
        let height = source.format.size.height
        let tile = try PlaneBuffer(
            format: source.format, rows: height.roundedUp(toMultipleOf: source.stripRows),
            widths: source.rowWidths)
        for row in stride(from: 0, to: height, by: source.stripRows) {
            try source.readStrip(into: tile, at: row)
        }
        try source.finish()
        self.init(tile: tile)
    }

    /// Returns the Y'CbCr 4:2:0 planes that the photograph stores, repeated up to a size of whole
    /// chroma samples.
    static func planes(_ size: PixelSize? = nil) throws -> TiledImage {
        let source = EncodedSource(try Photo.dandelion.bytes)
        return try JPEGPlaneSource.withSource(of: source, denominator: 1, limits: DecodeLimits()) {
            var image = try TiledImage(reading: $0)
            if let size { image.format.size = size }
            return image
        }
    }

    /// Returns the photograph as RGB planes.
    static func rgb() throws -> TiledImage {
        try PackedRows.photograph { try TiledImage(reading: RowStripSource($0, alpha: .drop)) }
    }

    /// Returns the photograph as RGB planes and an alpha plane that increases from left to right.
    static func rgba() throws -> TiledImage {
        let opaque = try rgb()
        var format = opaque.format
        format.hasAlpha = true
        let tile = try PlaneBuffer(format: format, rows: nil)
        for y in 0..<format.size.height {
            for plane in 0..<3 {
                tile.row(y, ofPlane: plane)
                    .update(from: opaque.tile.row(y, ofPlane: plane), count: format.size.width)
            }
            let alpha = tile.row(y, ofPlane: 3)
            for x in 0..<format.size.width { alpha[x] = UInt8(x * 256 / format.size.width) }
        }
        return TiledImage(tile: tile)
    }

    /// Returns the image encoded by one of the project's encoders, quality 90.
    func encoded(as mediaType: MediaType) throws -> [UInt8] {
        let settings = EncodeSettings(quality: 90)
        let sink: any ImageSink =
            switch mediaType {
            case .jpeg: try JPEGSink(format: format, settings: settings)
            case .png: try PNGSink(format: format, settings: settings)
            case .webp: try WebPSink(format: format, settings: settings)
            }
        try write(to: sink)
        let encoded = try sink.finish()
        let count = encoded.count
        return EncodedBytes(adopting: encoded.release(), count: count).array
    }

    /// Writes all rows to a sink; resizes them if the sink has another size.
    func write(to sink: any StripSink) throws {
        let pipeline = PixelPipeline(region: PixelRegion(format.size))
        try pipeline.run(from: TiledImageSource(self), to: sink)
    }
}

/// Copies the rows of a ``TiledImage``, as a decoder would write them.
final class TiledImageSource: StripSource {
    let format: PlaneFormat
    let stripRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    private let tile: PlaneBuffer

    init(_ image: TiledImage) {
        format = image.format
        tile = image.tile
    }

    func readStrip(into buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let part = tile.format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<min((row + stripRows) >> shift, size.height) {
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

/// Discards rows, to measure only the work of producing them.
final class DiscardingSink: StripSink {
    let format: PlaneFormat
    let stripRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }

    init(_ format: PlaneFormat) { self.format = format }

    func writeStrip(from buffer: PlaneBuffer, at row: Int) throws {}
}
