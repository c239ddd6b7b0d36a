#if HEIF
import CodecBridge
import Pixels

/// The planes of a HEIF or AVIF picture as they are coded, transformations applied. libheif decodes it at once.
final class HEIFPlaneSource: BandSource {
    let format: PlaneFormat
    let bandRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }
    private let picture: HEIFPicture

    /// Decodes the picture; `nil` if its samples are not 8 bits of Y'CbCr in the subsampling that the probe expects.
    init?(
        _ bytes: UnsafeRawBufferPointer, probe: ImageProbe, primaries: PlaneFormat.Primaries
    ) throws(CodecError) {
        guard let subsampling = probe.planeSubsampling else { return nil }
        picture = try HEIFPicture(bytes)
        format = PlaneFormat(.yCbCr, size: probe.size, subsampling: subsampling, primaries: primaries)
        let status = bridge_heif_decode_planes(
            picture.handle, Int32(subsampling.horizontalShift), Int32(subsampling.verticalShift))
        if status.code == Int32(BRIDGE_MISUSE.rawValue) { return nil }
        do throws(CodecError) {
            try CodecError.check(status)
        } catch {
            throw HEIFPicture.naming(error)
        }
        try picture.checkDecodedSize(probe.size)
    }

    func readBand(into buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let size = format.size(ofPlane: plane)
            var stride: Int32 = 0
            guard let samples = bridge_heif_plane(picture.handle, Int32(plane), &stride) else {
                throw CodecError.misuse("no plane \(plane)")
            }
            for y in (row >> shift)..<min((row + bandRows) >> shift, size.height) {
                buffer.row(y, ofPlane: plane).update(from: samples + y * Int(stride), count: size.width)
            }
        }
    }

    func finish() throws {}
}
#endif
