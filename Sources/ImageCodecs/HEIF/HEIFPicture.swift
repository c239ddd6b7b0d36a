#if HEIF
import CodecBridge
import Pixels

/// The primary picture of a HEIF or AVIF file, opened by libheif.
final class HEIFPicture {
    let handle: OpaquePointer
    let info: bridge_heif_info

    /// Reads the header. The bytes must outlive the picture.
    init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        var handle: OpaquePointer?
        var info = bridge_heif_info()
        do throws(CodecError) {
            let data = bytes.bindMemory(to: UInt8.self)
            try CodecError.check(bridge_heif_open(data.baseAddress, data.count, &handle, &info))
        } catch {
            throw Self.naming(error)
        }
        guard let handle else { throw .misuse("no picture") }
        self.handle = handle
        self.info = info
    }

    deinit { bridge_heif_close(handle) }

    /// Whether the decoded picture is as large as its header said.
    func checkDecodedSize(_ size: PixelSize) throws(CodecError) {
        var (width, height): (Int32, Int32) = (0, 0)
        bridge_heif_decoded_size(handle, &width, &height)
        let decoded = PixelSize(width: Int(width), height: Int(height))
        guard decoded == size else { throw .sizeDiffers(decoded) }
    }

    /// What libheif cannot read depends on its version, so the message says which one it was.
    static func naming(_ error: CodecError) -> CodecError {
        guard case .unsupportedFeature(let what) = error else { return error }
        return .unsupportedFeature("\(what) (libheif \(CodecVersions.heif))")
    }
}
#endif
