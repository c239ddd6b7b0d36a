import Synchronization

/// A file, a pipe or standard input that is read once, from beginning to end, in pieces.
package final class SequentialFile: Sendable {
    /// The name used in errors.
    package let name: String
    /// Whether it is a regular file, which can be read again.
    package let isRegular: Bool
    private let descriptor: Int32
    private let isOwned: Bool
    private let isStopped = Atomic(false)

    /// Opens the file or pipe at a path.
    package init(_ path: String) throws(FileError) {
        // Without O_NONBLOCK, opening a FIFO waits for a writer that may never come, and no signal
        // ends the wait.
        descriptor = Descriptor.openFile(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        name = path
        isOwned = true
        isRegular = Self.isRegular(descriptor)
    }

    /// Standard input of this process.
    package init() {
        descriptor = STDIN_FILENO
        name = "standard input"
        isOwned = false
        isRegular = Self.isRegular(STDIN_FILENO)
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Reads the next bytes, waiting for them if necessary.
    ///
    /// - Returns: The number of bytes read; 0 at the end.
    /// - Throws: ``FileError``, with `ECANCELED` if the current task was cancelled while waiting,
    ///   or ``stop()`` was called.
    package func read(into piece: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            guard isRegular || waits() else { throw FileError(.read, name, errno: ECANCELED) }
            let count = Self.read(descriptor, piece)
            if count >= 0 { return count }
            guard errno == EINTR || errno == EAGAIN else { throw FileError(.read, name, errno: errno) }
        }
    }

    private static func read(_ descriptor: Int32, _ piece: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, piece.baseAddress, piece.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, piece.baseAddress, piece.count)
        #else
        Darwin.read(descriptor, piece.baseAddress, piece.count)
        #endif
    }

    /// Ends the wait for more bytes of a pipe, from any thread. Bytes that are there already may
    /// still be returned.
    package func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits until there is something to read.
    ///
    /// - Returns: `false` if the task was cancelled first.
    private func waits() -> Bool {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !Task.isCancelled, !isStopped.load(ordering: .relaxed) {
            let count = poll(&input, 1, 100)
            // A descriptor that cannot be polled can be read at once, and the read reports the
            // error.
            if count > 0 || (count < 0 && errno != EINTR) { return true }
        }
        return false
    }
}

/// Functions that read small files at once.
package enum WholeFile {
    /// Returns the bytes of a file or a pipe.
    ///
    /// - Parameter maximum: The maximum number of bytes; at most one more is read.
    package static func contents(of path: String, maximum: Int) throws(FileError) -> [UInt8] {
        let descriptor = Descriptor.openFile(path, O_RDONLY)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        defer { close(descriptor) }
        return try contents(of: descriptor, named: path, maximum: maximum)
    }

    /// Returns the bytes of an open file from its current position.
    package static func contents(of descriptor: Int32, named path: String, maximum: Int) throws(FileError)
        -> [UInt8]
    {
        // The maximum may far exceed the file's size, so memory grows as it is filled.
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(maximum + 1, 1 << 16))
        while bytes.count <= maximum {
            let wanted = min(piece.count, maximum + 1 - bytes.count)
            let count = piece.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { read(descriptor, $0, wanted) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.read, path, errno: errno) }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}
