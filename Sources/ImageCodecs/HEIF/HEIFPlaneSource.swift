#if HEIF
import PixelEngine
import CodecBridge
import Pixels

/// Reads the planes of a HEIF or AVIF image as coded, transformations applied, if they have the
/// same meaning as JPEG's.
final class HEIFPlaneSource: StripSource {
    let format: PlaneFormat
    let stripRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    private let window: HEIFWindow

    /// Decodes the image, or its first tile.
    ///
    /// - Parameter threads: The most tiles decoded at the same time.
    /// - Returns: `nil` if its samples are not 8 bits of Y'CbCr (BT.601, full range) in the
    ///   subsampling that the probe expects.
    init?(
        _ bytes: UnsafeRawBufferPointer, probe: ImageProbe, limits: DecodeLimits,
        primaries: PlaneFormat.Primaries, threads: Int
    ) throws(CodecError) {
        guard let subsampling = probe.planeSubsampling else { return nil }
        window = try HEIFWindow(
            HEIFDecoder(bytes, limits: limits), memory: probe.decodeMemory, threads: threads)
        guard window.coding.isJPEGs, window.planes.bits == 8, window.subsampling == subsampling else {
            return nil
        }
        guard window.size == probe.size else { throw .sizeDiffers(window.size) }
        format = PlaneFormat(.yCbCr, size: probe.size, subsampling: subsampling, primaries: primaries)
    }

    func readStrip(into buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let size = format.size(ofPlane: plane)
            for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, size.height)) {
                buffer.row(y, ofPlane: plane).update(
                    from: try window.row(y, ofPlane: plane), count: size.width)
            }
        }
    }

    func finish() throws {}
}
#endif
