#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes folders, and makes the names in them last.
package enum Folder {
    /// Makes a folder and its parents, as far as they are not there.
    ///
    /// - Parameter mode: Of those that are made, before the process's mask. A folder that is there keeps its own.
    package static func make(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = partial.isEmpty ? "." : partial
            partial += part + "/"
            if mkdir(partial, mode_t(mode)) == 0 {
                sync(parent)
            } else if errno != EEXIST {
                // A parent may be there and not be ours to write.
                let code = errno
                var status = stat()
                if stat(partial, &status) == 0 { continue }
                throw FileError(.makeFolder, path, errno: code)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(.useFolder, path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.useFolder, path, errno: ENOTDIR) }
    }

    /// Checks that files can be made in a folder.
    package static func checkWritable(_ path: String) throws(FileError) {
        guard access(path, W_OK | X_OK) == 0 else { throw FileError(.writeToFolder, path, errno: errno) }
    }

    /// Makes the names in a folder durable. Some file systems refuse; the files themselves are synced.
    package static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = Descriptor.sync(descriptor)
        close(descriptor)
    }

    /// The folder that a path lies in: `"."` for a bare name.
    package static func containing(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
