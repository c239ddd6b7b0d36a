/// What tells one state of a file from another.
package struct FileIdentity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var byteCount: Int
    /// Of the last modification, since 1970.
    package var modifiedNanoseconds: Int64

    package init(device: UInt64, inode: UInt64, byteCount: Int, modifiedNanoseconds: Int64) {
        self.device = device
        self.inode = inode
        self.byteCount = byteCount
        self.modifiedNanoseconds = modifiedNanoseconds
    }
}
