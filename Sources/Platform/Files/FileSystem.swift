#if os(Linux)
private import CProcess
#else
import Darwin
#endif

/// What is known about the file system that a path lies on.
package enum FileSystem {
    /// The name of a file system that other machines share, or that a program serves: `"NFS"`.
    /// `nil` for a local one, and for one that is not known. Locks are often missing or incomplete
    /// there.
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
    /// The numbers of statfs(2) and of the kernel's `magic.h`.
    private static let names: [UInt32: String] = [
        0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x517B: "SMB", 0x6573_5546: "FUSE",
        0x0102_1997: "9P", 0x5346_414F: "AFS", 0x00C3_6400: "Ceph", 0x0BD0_0BD0: "Lustre",
    ]
    #endif
}
