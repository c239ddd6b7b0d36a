import ImageCodecs
import Platform

/// The images in a folder that is given as an input.
///
/// The content decides what counts as an image: any recognised format, whether or not this build
/// can read it. A file with an image's file name extension counts too, so that an empty, damaged or
/// unreadable one fails under its name. Other files are omitted: the `.json` next to a result,
/// lists, programs. Hidden names are omitted too, and links to folders are not followed.
package struct FolderInputs: Hashable, Sendable {
    /// One image file.
    package struct File: Hashable, Sendable {
        /// The path to open, in the form of `PathText`: the folder as given, followed by the rest.
        package var path: String
        /// The subfolders between the given folder and the file: `""` or `"a/b"`.
        package var subfolder: String
    }

    /// The files, sorted by path.
    package var files: [File] = []
    /// The number of files that are not images.
    package var others = 0
    /// The number of direct subfolders, which `recursive` would add.
    package var subfolders = 0

    /// Lists a folder; `nil` if the path is not a folder or cannot be listed.
    ///
    /// - Parameters:
    ///   - recursive: Whether its subfolders are listed too.
    ///   - isLeftOut: Returns whether to omit the file or folder at a path: the output of a run is
    ///     not an input of that run.
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
                    // Its contents are unknown: it fails under its name.
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
        // Only a regular file is opened: a FIFO would block, and opening some devices has side
        // effects.
        guard let status = fileStatus(path), status.st_mode & S_IFMT == S_IFREG,
            let begin = try? WholeFile.contents(of: path, maximum: FormatSniffer.prefixLength - 1)
        else { return false }
        // A PDF is recognised, but it is a document.
        let format = FormatSniffer.format(of: begin)
        return format.map { $0 != .pdf } ?? (CameraRaw.name(beginningWith: begin) != nil)
    }
}
