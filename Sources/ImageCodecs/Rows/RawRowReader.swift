import PixelEngine
import Pixels

/// Reads pixels in memory: RGBA, 8 bits per sample, straight alpha, rows from top to bottom.
final class RawRowReader: RowReader {
    let size: PixelSize
    let channels = 4
    let sampleType = SampleType.byte
    private let source: EncodedSource
    private var row = 0

    /// Returns the probe of such pixels. They have alpha; only the samples show whether any pixel
    /// is transparent.
    static func probe(_ source: EncodedSource, size: PixelSize) -> ImageProbe {
        var probe = ImageProbe(format: .rgba8, size: size, colorModel: .rgb, byteCount: source.count)
        probe.hasAlpha = true
        return probe
    }

    init(_ source: EncodedSource, size: PixelSize) {
        (self.source, self.size) = (source, size)
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        let row = UnsafeMutableRawBufferPointer(start: target, count: rowBytes)
        guard try source.read(at: self.row * rowBytes, into: row) == rowBytes else {
            throw CodecError.misuse("no such row")
        }
        self.row += 1
    }

    func finish() throws {}
}
