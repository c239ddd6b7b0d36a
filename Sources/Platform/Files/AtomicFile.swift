import Synchronization

/// A file that appears under its name either complete or not at all.
///
/// The bytes are written to a temporary file in the same folder. Its name begins with `.seedream-`
/// and ends with 128 random bits, so that it cannot be guessed. The file is locked while its
/// process writes it. If the process is killed, the file stays behind unlocked, and the next
/// process that creates a file in the folder removes it.
package final class AtomicFile: Sendable {
    private struct State {
        /// The temporary file's descriptor; -1 if closed.
        var descriptor: Int32
        /// A descriptor that keeps the temporary file locked after it is closed; -1 if there is
        /// none.
        var lock: Int32 = -1
        /// Whether the temporary file exists.
        var isPending = true
        /// The error that kept bytes from reaching the medium.
        var failure: Int32?
    }

    /// The path of the temporary file, for callers that check it before publishing.
    package let path: String
    /// The path named in errors: the file or folder that the caller asked for.
    private let subject: String
    private let state: Mutex<State>

    /// Creates an empty temporary file.
    ///
    /// - Parameters:
    ///   - folder: The folder of the file.
    ///   - subject: The path named in errors. Default: the folder.
    ///   - mode: The file's mode, before the process's mask is applied.
    package init(in folder: String, subject: String? = nil, mode: UInt32 = 0o666) throws(FileError) {
        self.subject = subject ?? folder
        let folder = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        Leftovers.sweep(folder.isEmpty ? "/" : folder)
        let made = try Self.make(in: folder, mode: mode_t(mode), subject: self.subject)
        path = made.path
        state = Mutex(State(descriptor: made.descriptor))
    }

    private static func make(in folder: String, mode: mode_t, subject: String) throws(FileError) -> (
        path: String, descriptor: Int32
    ) {
        for _ in 0..<3 {
            let path = "\(folder)/\(Leftovers.prefix)\(unguessable())"
            let descriptor = Descriptor.openFile(
                path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: UInt32(mode))
            guard descriptor >= 0 else { throw FileError(.write, subject, errno: errno) }
            // Between the two calls another process may have removed it as a leftover.
            if FileLock.locksNewFile(descriptor) { return (path, descriptor) }
            close(descriptor)
            unlink(path)
        }
        throw FileError(.write, subject, errno: EAGAIN)
    }

    deinit { discard() }

    /// Returns 128 random bits as hexadecimal digits.
    private static func unguessable() -> String {
        let digits = Array("0123456789abcdef")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in digits[Int(generator.next(upperBound: UInt(16)))] })
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if let code = append(bytes) { throw FileError(.write, subject, errno: code) }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        if let code = bytes.withUnsafeBytes(append) { throw FileError(.write, subject, errno: code) }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        state.withLock { state in
            precondition(state.descriptor >= 0, "a file is written before it is published or discarded")
            return Descriptor.writeAll(bytes, to: state.descriptor)
        }
    }

    /// Discards the bytes written so far, so that they can be written again.
    package func restart() throws(FileError) {
        let code: Int32? = state.withLock { state in
            precondition(state.descriptor >= 0, "a file is written before it is published or discarded")
            guard Descriptor.retrying({ ftruncate(state.descriptor, 0) }) == 0,
                lseek(state.descriptor, 0, SEEK_SET) == 0
            else {
                return errno
            }
            return nil
        }
        if let code { throw FileError(.write, subject, errno: code) }
    }

    /// Waits until all bytes have reached the medium. Nothing can be written afterwards.
    package func finish() throws(FileError) {
        if let code = state.withLock({ state in Self.finish(&state) }) {
            throw FileError(.write, subject, errno: code)
        }
    }

    private static func finish(_ state: inout State) -> Int32? {
        guard state.descriptor >= 0 else { return state.failure }
        state.failure = Descriptor.sync(state.descriptor)
        state.lock = fcntl(state.descriptor, F_DUPFD_CLOEXEC, 0)
        // Some file systems report a full disk only here.
        if close(state.descriptor) != 0, state.failure == nil, errno != EINTR { state.failure = errno }
        state.descriptor = -1
        return state.failure
    }

    /// Gives the file its name durably.
    ///
    /// - Parameters:
    ///   - target: A path in the folder in which the file was created.
    ///   - overwriting: Whether an existing file, or a link but not its target, is replaced.
    /// - Throws: ``FileError``. After `EEXIST`, which occurs only without `overwriting`, another
    ///   name can be tried; after any other error the file can only be discarded. After `EIO` the
    ///   file may have its name, but not durably.
    package func publish(as target: String, overwriting: Bool = false) throws(FileError) {
        let code: Int32? = state.withLock { state in
            precondition(state.isPending, "a file is published once")
            if let code = Self.finish(&state) { return code }
            let code = overwriting ? Self.replace(path, target) : Self.create(path, target)
            if code == nil {
                state.isPending = false
                Self.unlock(&state)
            }
            return code
        }
        if let code { throw FileError(.write, target, errno: code) }
        do throws(FileError) {
            try Folder.sync(Folder.containing(target))
        } catch {
            throw FileError(.write, target, errno: error.errno)
        }
    }

    private static func unlock(_ state: inout State) {
        if state.lock >= 0 { close(state.lock) }
        state.lock = -1
    }

    private static func replace(_ path: String, _ target: String) -> Int32? {
        Descriptor.retrying { rename(path, target) } == 0 ? nil : errno
    }

    /// Gives the temporary file a name that no file has.
    private static func create(_ path: String, _ target: String) -> Int32? {
        let isUnsupported: Set = [EPERM, EINVAL, ENOTSUP, EOPNOTSUPP, ENOSYS]
        #if canImport(Darwin)
        if renamex_np(path, target, UInt32(RENAME_EXCL)) == 0 { return nil }
        guard isUnsupported.contains(errno) else { return errno }
        #endif
        // Unlike rename, link never replaces a file that another process has created meanwhile.
        if Descriptor.retrying({ link(path, target) }) == 0 || errno == EEXIST && isSameFile(path, target) {
            unlink(path)
            return nil
        }
        guard isUnsupported.contains(errno) else { return errno }
        // A file system without both calls has no atomic way; this is the closest approximation.
        if fileStatus(target, followsLinks: false) != nil { return EEXIST }
        return replace(path, target)
    }

    /// Returns whether two names belong to one file: a call interrupted by a signal may have
    /// created the second name before it was repeated.
    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        let saved = errno
        defer { errno = saved }
        guard let one = fileStatus(first, followsLinks: false),
            let other = fileStatus(second, followsLinks: false)
        else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Removes the temporary file. Does nothing once it is published.
    package func discard() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
            if state.isPending { unlink(path) }
            state.isPending = false
            Self.unlock(&state)
        }
    }

    /// Writes a whole file.
    ///
    /// - Parameters:
    ///   - overwriting: Whether an existing file is replaced.
    ///   - mode: The file's mode, before the process's mask is applied.
    package static func write(
        _ bytes: [UInt8], to target: String, overwriting: Bool = false, mode: UInt32 = 0o666
    ) throws(FileError) {
        let file = try AtomicFile(in: Folder.containing(target), subject: target, mode: mode)
        defer { file.discard() }
        try file.write(bytes)
        try file.publish(as: target, overwriting: overwriting)
    }
}

/// The temporary files that killed processes have left in folders.
enum Leftovers {
    /// The prefix of the names of temporary files; 32 hexadecimal digits follow.
    static let prefix = ".seedream-"
    private static let swept = Mutex<Set<String>>([])

    /// Removes them from a folder, once per folder and process.
    ///
    /// Files in use by a living process are locked and stay. So do other users' files and files
    /// with other names.
    static func sweep(_ folder: String) {
        guard swept.withLock({ $0.insert(folder).inserted }) else { return }
        for name in Folder.names(in: folder) where isName(name) {
            FileLock.removeUnlocked("\(folder)/\(name)")
        }
    }

    private static func isName(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 32
            && name.dropFirst(prefix.count).allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    }
}
