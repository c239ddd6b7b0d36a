import AtomicFiles
import Cryptography
import Synchronization

/// Takes the bytes of a picture into a temporary file, and their digest on the way.
final class PictureReception: Sendable {
    private struct State: ~Copyable {
        var digest = SHA256Stream()
        var prefix: [UInt8] = []
        var byteCount = 0
    }

    let file: AtomicFile
    private let state = Mutex(State())
    private let progress: @Sendable (Int) -> Void

    /// Makes the temporary file.
    ///
    /// - Parameter progress: Called with the number of bytes so far.
    init(in folder: String, progress: @escaping @Sendable (Int) -> Void) throws(FileError) {
        file = try AtomicFile(in: folder)
        self.progress = progress
    }

    /// Forgets what an earlier attempt has brought.
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

    /// How many bytes have come.
    var byteCount: Int { state.withLock { $0.byteCount } }
    /// The first bytes.
    var prefix: [UInt8] { state.withLock { $0.prefix } }
    /// SHA-256 of all bytes, in hexadecimal. To be asked for once.
    func digest() -> String { state.withLock { $0.digest.finish().hexadecimal } }
}
