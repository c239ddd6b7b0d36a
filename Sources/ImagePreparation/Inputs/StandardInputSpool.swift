import ImageCodecs
import Pixels
private import Synchronization

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// Standard input, which can be read only once, kept in memory.
final class StandardInputSpool: Sendable {
    private let bytes = Mutex<Result<[UInt8], PreparationError>?>(nil)

    /// The bytes; at most one more than `maximum` are read.
    func contents(maximum: Int) throws(PreparationError) -> [UInt8] {
        let result = bytes.withLock { kept in
            let result = kept ?? Self.readAll(maximum: maximum)
            kept = result
            return result
        }
        return try result.get()
    }

    private static func readAll(maximum: Int) -> Result<[UInt8], PreparationError> {
        var all: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while all.count <= maximum {
            let got = read(STDIN_FILENO, chunk.baseAddress, chunk.count)
            if got < 0, errno == EINTR { continue }
            if got < 0 { return .failure(.codec(.readFailed(errno: errno))) }
            if got == 0 { break }
            // An array that cannot grow ends the process.
            guard all.count + got <= all.capacity || WorkingMemory.isAvailable(2 * all.count + got) else {
                return .failure(.codec(.outOfMemory))
            }
            all.append(contentsOf: chunk[..<got])
        }
        return .success(all)
    }
}
