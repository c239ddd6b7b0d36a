#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// The identity of a file: the same under each of its names.
package struct FileNode: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// The file or folder at a path, links followed; `nil` where nothing has that path.
    package init?(_ path: String) {
        guard let status = fileStatus(path) else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// Whether the first file was written, or came to its place, after the second was written.
    /// `false` if one is not there.
    package static func isNewer(_ path: String, than other: String) -> Bool {
        guard let one = fileStatus(path), let two = fileStatus(other) else { return false }
        #if canImport(Darwin)
        let (written, changed, before) = (one.st_mtimespec, one.st_ctimespec, two.st_mtimespec)
        #else
        let (written, changed, before) = (one.st_mtim, one.st_ctim, two.st_mtim)
        #endif
        return [written, changed].contains { ($0.tv_sec, $0.tv_nsec) > (before.tv_sec, before.tv_nsec) }
    }
}
