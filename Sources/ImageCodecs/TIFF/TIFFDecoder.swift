#if TIFF
import CodecBridge
import Pixels

/// Opens the image among the pages of a TIFF with libtiff.
final class TIFFDecoder {
    let handle: OpaquePointer
    let info: bridge_tiff_info

    /// Whether the file marks its only image as a reduced copy of another.
    let isReduced: Bool
    /// The reason why the linked codec cannot decode the JPEG data; `nil` without one.
    let unsupportedFeature: String?

    /// Reads the directories. `input` reads the same bytes as `source`, which must outlive the
    /// decoder.
    init(
        _ source: EncodedSource, _ input: bridge_input, limits: DecodeLimits, toleratesDamage: Bool = false
    ) throws(CodecError) {
        guard let (page, isReduced) = try TIFFPages(source).image() else {
            throw .corrupt("no directory can be read")
        }
        let frame = try page.jpegFrame(in: source)
        var bridged = bridge_tiff_page()
        bridged.directory = UInt64(page.offset)
        bridged.jpeg_frame = Int32(frame?.marker ?? 0)
        if let first = frame?.components.first {
            bridged.jpeg_factors = Int32(first.horizontal << 4 | first.vertical)
        }
        self.isReduced = isReduced
        // Process 14 of old-style JPEG is lossless.
        unsupportedFeature =
            page[.jpegProcess] == 14
            ? "lossless JPEG in TIFF is not read" : frame?.unsupportedFeature
        var handle: OpaquePointer?
        var info = bridge_tiff_info()
        try CodecError.check(
            bridge_tiff_open(
                input, limits.bridged(toleratesDamage: toleratesDamage), limits.maximumDecodeMemory, bridged,
                &handle,
                &info))
        guard let handle else { throw .misuse("no image") }
        self.handle = handle
        self.info = info
    }

    deinit { bridge_tiff_close(handle) }
}
#endif
