import ImageCodecs
import PixelEngine
import Pixels
import Platform
import SeedreamModel

/// Opens inputs of any kind.
enum InputOpener {
    static func open(_ input: ImageInput, limits: DecodeLimits) throws(PreparationError) -> EncodedSource {
        switch input.origin {
        case .file(let path): try openFile(path)
        case .bytes(let bytes): EncodedSource(bytes)
        case .pixels(let bytes, let size): try pixels(bytes, size)
        case .standardInput(let spool): EncodedSource(try spool.contents(maximum: limits.maximumInputBytes))
        case .dataURI(let text): EncodedSource(try decodeDataURI(text, limits: limits))
        }
    }

    private static func openFile(_ path: String) throws(PreparationError) -> EncodedSource {
        // Without O_NONBLOCK, opening a FIFO waits for a writer that may never come.
        let descriptor = Platform.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .cannotOpen(errno: code)
        }
        let kind: PreparationError.FileKind?
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = nil
        case S_IFDIR: kind = .directory
        case S_IFIFO: kind = .fifo
        case S_IFSOCK: kind = .socket
        default: kind = .device
        }
        if let kind {
            close(descriptor)
            throw .notARegularFile(kind)
        }
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        let identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
            byteCount: Int(status.st_size),
            modifiedNanoseconds: Int64(modified.tv_sec) &* 1_000_000_000 &+ Int64(modified.tv_nsec))
        return EncodedSource(adopting: descriptor, identity: identity)
    }

    private static func pixels(_ bytes: [UInt8], _ size: PixelSize) throws(PreparationError) -> EncodedSource
    {
        let (count, isTooMuch) = size.area.multipliedReportingOverflow(by: 4)
        guard size.width > 0, size.height > 0, !isTooMuch, count == bytes.count else {
            throw .malformedPixels(byteCount: bytes.count, width: size.width, height: size.height)
        }
        return EncodedSource(rgba8: bytes, size: size)
    }

    private static func decodeDataURI(_ text: String, limits: DecodeLimits) throws(PreparationError)
        -> [UInt8]
    {
        guard WorkingMemory.isAvailable(text.utf8.count) else { throw .codec(.outOfMemory) }
        do throws(DataURI.DecodingError) {
            return try DataURI.decode(text, maximum: limits.maximumInputBytes)
        } catch {
            switch error {
            case .noComma: throw .malformedDataURI("there is no comma")
            case .notMarkedAsBase64: throw .malformedDataURI("expected `;base64` before the comma")
            case .notBase64: throw .malformedDataURI("content is not base64")
            case .tooLarge(let count):
                throw .codec(.limitExceeded(.inputBytes, value: count, maximum: limits.maximumInputBytes))
            }
        }
    }
}
