import Cryptography
import Platform
import Synchronization

/// Writes the bytes of an image to a temporary file and computes their digest.
final class PictureReception: Sendable {
    private struct State: ~Copyable {
        var digest = SHA256Stream()
        var prefix: [UInt8] = []
        var byteCount = 0
    }

    let file: AtomicFile
    private let state = Mutex(State())
    private let progress: @Sendable (Int) -> Void

    /// Creates the temporary file.
    ///
    /// - Parameter progress: Called with the number of bytes received so far.
    init(in folder: String, progress: @escaping @Sendable (Int) -> Void) throws(FileError) {
        file = try AtomicFile(in: folder)
        self.progress = progress
    }

    /// Discards the bytes of an earlier attempt.
    func begin() throws {
        try file.restart()
        state.withLock { state in
            state.digest.reset()
            state.prefix = []
            state.byteCount = 0
        }
        progress(0)
    }

    func write(_ bytes: [UInt8]) throws {
        try file.write(bytes)
        let count = state.withLock { state in
            state.digest.update(bytes)
            state.prefix += bytes.prefix(ImageSignature.length - state.prefix.count)
            state.byteCount += bytes.count
            return state.byteCount
        }
        progress(count)
    }

    /// The number of bytes received so far.
    var byteCount: Int { state.withLock { $0.byteCount } }
    /// The first bytes, for ``ImageSignature``.
    var prefix: [UInt8] { state.withLock { $0.prefix } }
    /// Returns the SHA-256 digest of all bytes, in hexadecimal. Call only once.
    func digest() -> String { state.withLock { $0.digest.finish().hexadecimal } }
}
