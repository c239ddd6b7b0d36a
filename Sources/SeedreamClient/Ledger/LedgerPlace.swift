#if Client
import Platform

/// The location of a ledger, checked before it is trusted: the ledger decides what is paid for
/// again, and which files are saved where.
struct LedgerPlace {
    /// The path of the file with links resolved, so that processes that open it by different names
    /// share its locks.
    let path: String
    /// Whether the file exists.
    let isThere: Bool

    /// Checks a path.
    ///
    /// - Throws: ``LedgerError/cannotOpen(path:reason:)``, ``LedgerError/foreign(path:)``,
    ///   ``LedgerError/exposed(path:mode:)``.
    init(_ path: String) throws(LedgerError) {
        let status = fileStatus(path, followsLinks: false)
        if status == nil {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw .cannotOpen(path: path, reason: FileError(.read, path, errno: errno).reason)
            }
            (self.path, isThere) = (path, false)
        } else if let status, status.st_mode & S_IFMT == S_IFLNK {
            guard let target = PathText.resolved(path) else {
                throw .cannotOpen(path: path, reason: "it is a link to a file that does not exist")
            }
            (self.path, isThere) = (target, true)
        } else {
            (self.path, isThere) = (path, true)
        }
        try checkFolder()
        if isThere { try Self.check(self.path, is: .file, "a file") }
        for suffix in ["-wal", "-shm", "-journal"] {
            try Self.check(self.path + suffix, is: .file, "a file", isOptional: true)
        }
        for suffix in [".owners", ".spool"] {
            try Self.check(self.path + suffix, is: .folder, "a folder", isOptional: true)
        }
    }

    private func checkFolder() throws(LedgerError) {
        let folder = Folder.containing(path)
        if let mode = PrivateFile.openMode(ofFolder: folder) { throw .exposed(path: folder, mode: mode) }
    }

    private static func check(
        _ path: String, is kind: PrivateFile.Kind, _ name: String, isOptional: Bool = false
    ) throws(LedgerError) {
        do throws(PrivateFile.Fault) {
            // Other users may read it if its owner allows that, but only the owner may write it.
            try PrivateFile.check(path, is: kind, forbidden: 0o022)
        } catch {
            switch error {
            case .unreadable(let code):
                if isOptional, code == ENOENT || code == ENOTDIR { return }
                throw .cannotOpen(path: path, reason: FileError(.read, path, errno: code).reason)
            case .wrongKind: throw .cannotOpen(path: path, reason: "expected \(name), found something else")
            case .foreign: throw .foreign(path: path)
            case .exposed(let mode): throw .exposed(path: path, mode: mode)
            }
        }
    }

    /// Creates the file with mode 0600 if it does not exist.
    func create() throws(FileError) {
        // Never opens an existing file: closing it would drop the locks that SQLite holds on it in
        // this process.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            try Folder.sync(Folder.containing(path))
        } else if errno != EEXIST {
            throw FileError(.write, path, errno: errno)
        }
    }
}
#endif
