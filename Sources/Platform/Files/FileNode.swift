#if os(Linux)
private import CProcess
#endif

/// The identity of a file, the same under each of its names.
package struct FileNode: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Creates the identity of the file or folder at a path, following links; `nil` if the path
    /// does not exist.
    package init?(_ path: String) {
        guard let status = fileStatus(path) else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// Returns whether the first file was written or moved to its place after the second was
    /// written; `false` if either does not exist.
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

/// Information about the file system of a path.
package enum FileSystem {
    /// Returns the name of a network file system or one served by a program, such as `"NFS"`. Locks
    /// are often missing or incomplete there. Returns `nil` for a local or unknown file system.
    package static func sharedName(at path: String) -> String? {
        #if os(Linux)
        return names[cprocess_file_system(path)]
        #else
        var status = statfs()
        guard statfs(path, &status) == 0, status.f_flags & UInt32(MNT_LOCAL) == 0 else { return nil }
        return withUnsafeBytes(of: &status.f_fstypename) { field in
            String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
        }
        #endif
    }

    #if os(Linux)
    /// The numbers from statfs(2) and the kernel's `magic.h`.
    private static let names: [UInt32: String] = [
        0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x517B: "SMB", 0x6573_5546: "FUSE",
        0x0102_1997: "9P", 0x5346_414F: "AFS", 0x00C3_6400: "Ceph", 0x0BD0_0BD0: "Lustre",
    ]
    #endif
}
