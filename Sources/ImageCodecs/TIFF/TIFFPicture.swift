#if TIFF
import CodecBridge
import Pixels

/// The first page of a TIFF that is not a reduced copy of another, opened by libtiff.
final class TIFFPicture {
    let handle: OpaquePointer
    let info: bridge_tiff_info

    /// Reads the directory. What the input reads from must outlive the picture.
    init(_ input: bridge_input, limits: DecodeLimits) throws(CodecError) {
        var handle: OpaquePointer?
        var info = bridge_tiff_info()
        try CodecError.check(
            bridge_tiff_open(input, limits.bridged, limits.maximumDecodeMemory, &handle, &info))
        guard let handle else { throw .misuse("no picture") }
        self.handle = handle
        self.info = info
    }

    deinit { bridge_tiff_close(handle) }
}
#endif
