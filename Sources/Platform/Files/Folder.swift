/// Operations on folders.
package enum Folder {
    /// Creates a folder and its missing parents.
    ///
    /// - Parameter mode: The mode of folders that are created, before the process's mask is
    ///   applied. Existing folders keep theirs.
    package static func make(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = partial.isEmpty ? "." : partial
            partial += part + "/"
            if Descriptor.retrying({ mkdir(partial, mode_t(mode)) }) == 0 {
                try sync(parent)
            } else if errno != EEXIST {
                // A parent may exist and not be writable.
                let code = errno
                if fileStatus(partial) != nil { continue }
                throw FileError(.makeFolder, path, errno: code)
            }
        }
        guard let status = fileStatus(path) else { throw FileError(.useFolder, path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.useFolder, path, errno: ENOTDIR) }
    }

    /// Returns whether a folder exists at a path.
    package static func exists(_ path: String) -> Bool {
        fileStatus(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Returns whether a path exists, broken links included.
    package static func isTaken(_ path: String) -> Bool {
        fileStatus(path, followsLinks: false) != nil
    }

    /// Checks that files can be created in a folder.
    package static func checkWritable(_ path: String) throws(FileError) {
        guard access(path, W_OK | X_OK) == 0 else { throw FileError(.writeToFolder, path, errno: errno) }
    }

    /// Makes the names in a folder durable.
    ///
    /// - Throws: ``FileError`` if the medium fails or is full. It is not an error if the file
    ///   system does not support this or the folder is not readable: the files themselves are
    ///   synced.
    package static func sync(_ path: String) throws(FileError) {
        let descriptor = Descriptor.openFile(path, O_RDONLY | O_DIRECTORY)
        let code = descriptor >= 0 ? Descriptor.sync(descriptor) : errno
        if descriptor >= 0 { close(descriptor) }
        if let code, [EIO, ENOSPC, EDQUOT, ESTALE].contains(code) {
            throw FileError(.write, path, errno: code)
        }
    }

    /// Returns the names in a folder without `.` and `..`, in the system's order; empty if the
    /// folder cannot be read.
    package static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text($0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Returns the paths of the files directly in a folder, without hidden names and subfolders,
    /// sorted by name; `nil` if the path is not a folder.
    package static func visibleFiles(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        let parent = path.hasSuffix("/") ? String(path.dropLast()) : path
        var paths: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text($0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let path = "\(parent)/\(name)"
            // A file that cannot be examined is listed, so that it fails under its name.
            if !exists(path) { paths.append(path) }
        }
        return paths.sorted()
    }

    /// Returns the folder that contains a path: `"."` for a bare name.
    package static func containing(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
