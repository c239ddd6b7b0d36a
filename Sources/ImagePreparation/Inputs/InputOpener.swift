import ImageCodecs
import Pixels
import SeedreamModel

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// Opens inputs, whatever they are.
enum InputOpener {
    static func open(_ input: ImageInput, limits: DecodeLimits) throws(PreparationError) -> EncodedSource {
        switch input.origin {
        case .file(let path): try openFile(path)
        case .bytes(let bytes): EncodedSource(bytes)
        case .standardInput(let spool): EncodedSource(try spool.contents(maximum: limits.maximumInputBytes))
        case .dataURI(let text): EncodedSource(try decodeDataURI(text, limits: limits))
        }
    }

    private static func openFile(_ path: String) throws(PreparationError) -> EncodedSource {
        // Without O_NONBLOCK, opening a FIFO waits for a writer that may never come.
        #if canImport(Darwin)
        let descriptor = Darwin.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        #elseif canImport(Musl)
        let descriptor = Musl.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        #else
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        #endif
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

    private static func decodeDataURI(_ text: String, limits: DecodeLimits) throws(PreparationError)
        -> [UInt8]
    {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            throw .malformedDataURI("there is no comma")
        }
        guard text[..<comma].lowercased().hasSuffix(";base64") else {
            throw .malformedDataURI("expected `;base64` before the comma")
        }
        let body = text.utf8[text.utf8.index(after: comma)...]
        let limit = limits.maximumInputBytes
        guard body.count / 4 * 3 <= limit else {
            throw .codec(.limitExceeded(.inputBytes, value: body.count / 4 * 3, maximum: limit))
        }
        guard WorkingMemory.isAvailable(body.count) else { throw .codec(.outOfMemory) }
        // Most texts lie in memory in one piece.
        let decoded =
            body.withContiguousStorageIfAvailable { Base64.decode($0) }
            ?? Array(body).withUnsafeBufferPointer { Base64.decode($0) }
        guard let decoded else { throw .malformedDataURI("content is not base64") }
        return decoded
    }
}
