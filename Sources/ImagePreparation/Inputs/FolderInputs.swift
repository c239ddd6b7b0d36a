import ImageCodecs
import Platform

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// The images that a folder stands for.
///
/// The content says what an image is: a format that is recognised, whether this build reads it or
/// not. A file whose name claims an image counts as well, so that one that is empty, damaged or not
/// to be opened fails under its name. Anything else is left out: the `.json` beside a result,
/// lists, programs. Hidden names are left out too, and links to folders are not followed.
package struct FolderInputs: Hashable, Sendable {
    /// One image.
    package struct File: Hashable, Sendable {
        /// The path to open, as `PathText` has it: the folder as it was named, and the rest.
        package var path: String
        /// The folders between the named one and the file: `""`, or `"a/b"`.
        package var subfolder: String
    }

    /// Sorted by path.
    package var files: [File] = []
    /// How many files are no images.
    package var others = 0
    /// How many folders lie directly in it: what `recursive` would add.
    package var subfolders = 0

    /// Lists a folder; `nil` if the path is not a folder, or cannot be listed.
    ///
    /// - Parameters:
    ///   - recursive: Whether its folders are listed too.
    ///   - isLeftOut: Asked with the path of each file and folder in it; what a run writes there is
    ///     no input
    ///     of that run.
    package init?(
        _ path: String, recursive: Bool = false,
        leavingOut isLeftOut: (_ path: String) -> Bool = { _ in false }
    ) {
        guard let folder = opendir(path) else { return nil }
        closedir(folder)
        var parent = path
        while parent.count > 1, parent.hasSuffix("/") { parent.removeLast() }
        add(parent == "/" ? "" : parent, below: "", recursive, isLeftOut)
        files.sort { $0.path < $1.path }
    }

    private mutating func add(
        _ folder: String, below: String, _ recursive: Bool, _ isLeftOut: (String) -> Bool
    ) {
        for name in Folder.names(in: folder.isEmpty ? "/" : folder) where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            guard !isLeftOut(path) else { continue }
            if Folder.exists(path) {
                if below.isEmpty { subfolders += 1 }
                let isLink =
                    fileStatus(path, followsLinks: false).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
                guard recursive, !isLink else { continue }
                if access(path, R_OK | X_OK) == 0 {
                    add(path, below: below.isEmpty ? name : "\(below)/\(name)", recursive, isLeftOut)
                } else {
                    // What is in it is not known: it fails under its name.
                    files.append(File(path: path, subfolder: below))
                }
            } else if Self.isImage(path, name) {
                files.append(File(path: path, subfolder: below))
            } else {
                others += 1
            }
        }
    }

    private static let extensions: Set = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "hif",
        "avif",
    ]

    private static func isImage(_ path: String, _ name: String) -> Bool {
        if let dot = name.lastIndex(of: "."),
            extensions.contains(name[name.index(after: dot)...].lowercased())
        {
            return true
        }
        // Only a file is opened: a FIFO would wait, and some devices do something.
        guard let status = fileStatus(path), status.st_mode & S_IFMT == S_IFREG,
            let begin = try? WholeFile.contents(of: path, maximum: FormatSniffer.prefixLength - 1)
        else { return false }
        // A PDF is recognised, and is a document.
        let format = FormatSniffer.format(of: begin)
        return format.map { $0 != .pdf } ?? (CameraRaw.name(beginningWith: begin) != nil)
    }
}
