import ImageCodecs
import Pixels
import SeedreamModel

/// A picture in memory: the planes of a photograph, repeated in both directions up to the picture's size.
///
/// Repeating keeps the detail of each pixel, and with it the work of the codecs, like that of a camera's picture; an enlarged
/// photograph would be blurred. PNG finds repetitions in a row, so it gets pictures that are no larger than the photograph.
///
/// `@unchecked Sendable`: the planes are written before `init` returns and only read afterwards.
struct Picture: @unchecked Sendable {
    /// What the planes hold; the size is the picture's.
    var format: PlaneFormat
    /// The photograph.
    let tile: PlaneBuffer

    /// As large as the photograph.
    init(tile: PlaneBuffer) {
        self.tile = tile
        format = tile.format
    }

    /// Reads all of a source.
    init(reading source: some BandSource) throws {
        let height = source.format.size.height
        let tile = try PlaneBuffer(
            format: source.format, rows: height.roundedUp(toMultipleOf: source.bandRows),
            widths: source.rowWidths)
        for row in stride(from: 0, to: height, by: source.bandRows) {
            try source.readBand(into: tile, at: row)
        }
        try source.finish()
        self.init(tile: tile)
    }

    /// Y'CbCr 4:2:0 planes as the photograph stores them, repeated up to a size of whole chroma samples.
    static func planes(_ size: PixelSize? = nil) throws -> Picture {
        let source = EncodedSource(try Photo.dandelion.bytes)
        return try JPEGPlaneSource.withSource(of: source, denominator: 1, limits: DecodeLimits()) {
            var picture = try Picture(reading: $0)
            if let size { picture.format.size = size }
            return picture
        }
    }

    /// The photograph as RGB planes.
    static func rgb() throws -> Picture {
        try PackedRows.photograph { try Picture(reading: RowBandSource($0, alpha: .drop)) }
    }

    /// The photograph as RGB planes and an alpha plane that grows from left to right.
    static func rgba() throws -> Picture {
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
        return Picture(tile: tile)
    }

    /// Encoded by one of the project's encoders, quality 90.
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

    /// Moves all rows into a sink of the same format, or of another to which they are resized.
    func write(to sink: any BandSink) throws {
        let pipeline = PixelPipeline(region: PixelRegion(format.size))
        try pipeline.run(from: PictureSource(self), to: sink)
    }
}
