#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files of a folder.
enum FolderListing {
    /// Paths of what lies directly in a folder, hidden names and folders left out, sorted by name; `nil` if the path is no
    /// folder.
    static func files(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            // What cannot be looked at is listed, so that it fails under its name.
            let isFolder = stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            guard !name.hasPrefix("."), !isFolder else { continue }
            names.append(name)
        }
        let parent = path.hasSuffix("/") ? String(path.dropLast()) : path
        return names.sorted().map { "\(parent)/\($0)" }
    }
}
