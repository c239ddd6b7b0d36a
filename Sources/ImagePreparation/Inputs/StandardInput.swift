import ImageCodecs
import PixelEngine
import Pixels
private import Platform
private import Synchronization

/// Standard input, read to its end by a task that may be cancelled.
package enum StandardInput {
    /// Reads all of standard input.
    ///
    /// - Parameter maximum: The maximum number of bytes; at most one more is read.
    /// - Throws: ``PreparationError``; `readFailed` with `ECANCELED` if the task was cancelled
    ///   while reading.
    package static func contents(maximum: Int) throws(PreparationError) -> [UInt8] {
        var all: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while all.count <= maximum {
            if !waits() { throw .codec(.readFailed(errno: ECANCELED)) }
            let got = read(STDIN_FILENO, chunk.baseAddress, chunk.count)
            if got < 0, errno == EINTR || errno == EAGAIN { continue }
            if got < 0 { throw .codec(.readFailed(errno: errno)) }
            if got == 0 { break }
            // An array that cannot grow crashes the process.
            guard all.count + got <= all.capacity || WorkingMemory.isAvailable(2 * all.count + got) else {
                throw .codec(.outOfMemory)
            }
            all.append(contentsOf: chunk[..<got])
        }
        return all
    }

    /// Waits until there is something to read.
    ///
    /// - Returns: `false` if the task was cancelled first. A blocking read would not notice that.
    private static func waits() -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while !Task.isCancelled {
            let count = poll(&input, 1, 100)
            // A descriptor that cannot be polled can be read at once, and the read reports the
            // error.
            if count > 0 || (count < 0 && errno != EINTR) { return true }
        }
        return false
    }
}

/// Standard input kept in memory, since it can be read only once.
final class StandardInputSpool: Sendable {
    private let bytes = Mutex<Result<[UInt8], PreparationError>?>(nil)

    /// Returns the bytes; at most one more than `maximum` is read.
    func contents(maximum: Int) throws(PreparationError) -> [UInt8] {
        let result = bytes.withLock { kept in
            let result =
                kept ?? Result { () throws(PreparationError) in try StandardInput.contents(maximum: maximum) }
            kept = result
            return result
        }
        return try result.get()
    }
}
