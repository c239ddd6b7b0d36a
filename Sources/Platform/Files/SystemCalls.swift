// The system's calls that take a path, for paths as text made by `PathText`. They have the names of
// the system's calls, and Swift prefers them for a String, so that no path reaches the system by
// another way: every file of Sources that uses one of these calls imports this module
// (scripts/check-structure.sh).

/// `open(2)`.
package func open(_ path: String, _ flags: Int32) -> Int32 {
    PathText.withBytes(path) { open($0, flags) }
}

/// `open(2)` with the mode of a file it creates.
package func open(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    PathText.withBytes(path) { open($0, flags, mode) }
}

/// `stat(2)`, or `lstat(2)` for a link itself; `nil` with the error in `errno`. It has a different
/// name because Swift prefers the C library's function for a String and a structure.
package func fileStatus(_ path: String, followsLinks: Bool = true) -> stat? {
    var status = stat()
    let code = PathText.withBytes(path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
    return code == 0 ? status : nil
}

/// Returns the modification time of a file's contents, in seconds since 1970.
package func modificationTime(_ status: stat) -> Double {
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// `access(2)`.
package func access(_ path: String, _ mode: Int32) -> Int32 {
    PathText.withBytes(path) { access($0, mode) }
}

/// `mkdir(2)`.
package func mkdir(_ path: String, _ mode: mode_t) -> Int32 {
    PathText.withBytes(path) { mkdir($0, mode) }
}

/// `rename(2)`.
package func rename(_ path: String, _ target: String) -> Int32 {
    PathText.withBytes(path) { path in PathText.withBytes(target) { rename(path, $0) } }
}

/// `link(2)`.
package func link(_ path: String, _ target: String) -> Int32 {
    PathText.withBytes(path) { path in PathText.withBytes(target) { link(path, $0) } }
}

/// `unlink(2)`.
@discardableResult
package func unlink(_ path: String) -> Int32 {
    PathText.withBytes(path) { unlink($0) }
}

/// `rmdir(2)`.
@discardableResult
package func rmdir(_ path: String) -> Int32 {
    PathText.withBytes(path) { rmdir($0) }
}

#if canImport(Darwin)
/// `opendir(3)`.
package func opendir(_ path: String) -> UnsafeMutablePointer<DIR>? {
    PathText.withBytes(path) { opendir($0) }
}
#else
/// `opendir(3)`.
package func opendir(_ path: String) -> OpaquePointer? {
    PathText.withBytes(path) { opendir($0) }
}
#endif

/// The system's messages for its error numbers.
package enum SystemCall {
    /// Returns the message for an error number, such as `"No such file or directory"` for `ENOENT`.
    package static func message(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
