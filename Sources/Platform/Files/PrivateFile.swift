/// The check for files that decide where money or keys go: they must belong to this user and be
/// closed to others.
package enum PrivateFile {
    /// The reason why a file is not trusted.
    package enum Fault: Error, Hashable, Sendable {
        /// It cannot be examined; the system's error number.
        case unreadable(errno: Int32)
        /// It is a folder, a link, a pipe or another unexpected kind.
        case wrongKind
        /// It belongs to another user.
        case foreign
        /// Others have permissions they must not have. `mode` is the lowest nine bits.
        case exposed(mode: Int)
    }

    /// The kind expected at a path.
    package enum Kind: Hashable, Sendable {
        case file, folder
    }

    /// Checks an open file.
    ///
    /// - Parameter forbidden: The permissions that make it untrusted: `0o077` for a secret, `0o022`
    ///   for a file that others may read but not change.
    package static func check(descriptor: Int32, forbidden: Int) throws(Fault) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno: errno) }
        try check(status, .file, forbidden: forbidden)
    }

    /// Checks the file or folder at a path. A link is not followed; it is of the wrong kind.
    ///
    /// - Parameter forbidden: As for ``check(descriptor:forbidden:)``.
    package static func check(
        _ path: String, is kind: Kind = .file, forbidden: Int
    ) throws(Fault) {
        guard let status = fileStatus(path, followsLinks: false) else { throw .unreadable(errno: errno) }
        try check(status, kind, forbidden: forbidden)
    }

    private static func check(_ status: stat, _ kind: Kind, forbidden: Int) throws(Fault) {
        guard status.st_mode & S_IFMT == (kind == .file ? S_IFREG : S_IFDIR) else { throw .wrongKind }
        guard status.st_uid == geteuid() else { throw .foreign }
        let mode = Int(status.st_mode & 0o777)
        guard mode & forbidden == 0 else { throw .exposed(mode: mode) }
    }

    /// Returns the mode of a folder in which any user may replace any file; `nil` for other
    /// folders. In a folder with the sticky bit, such as `/tmp`, users can replace only their own
    /// files.
    package static func openMode(ofFolder path: String) -> Int? {
        guard let status = fileStatus(path), status.st_mode & 0o002 != 0, status.st_mode & S_ISVTX == 0
        else { return nil }
        return Int(status.st_mode & 0o777)
    }
}
