import Platform
import SeedreamModel

/// The handling of files that already exist.
enum ExistingFiles: String, CaseIterable {
    /// The file stays, and the image fails.
    case refuse
    /// The file stays, and the image is not prepared again.
    case skip
    /// The file is replaced.
    case replace
}

/// The destination of prepared images: a folder, or one file for a single image. A file appears
/// under its final name only once it is complete.
struct OutputFolder {
    /// The reason that a file was not written.
    struct Failure: Error {
        var message: String
        var hint: String
    }

    /// The folder, without a trailing slash.
    let path: String
    let existing: ExistingFiles
    /// The file given with `-o` for a single image; `nil` if `-o` names a folder.
    let namedFile: String?

    /// Creates the folder if it is missing, and checks that it is writable.
    init(path: String, existing: ExistingFiles) throws(Failure) {
        namedFile = Self.isFileName(path) ? path : nil
        var folder = namedFile == nil ? path : Folder.containing(path)
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.path = folder
        self.existing = existing
        do throws(FileError) {
            // Use the path as given, so that errors name it.
            try Folder.make(namedFile == nil ? path : folder)
            try Folder.checkWritable(namedFile == nil ? path : folder)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Whether the value of `-o` means a file: it has the extension of an output format, and is not
    /// an existing folder.
    static func isFileName(_ path: String) -> Bool {
        ["jpg", "jpeg", "png", "webp"].contains(splitExtension(path).extension.lowercased())
            && !Folder.exists(path)
    }

    private static func splitExtension(_ path: String) -> (stem: String, extension: String) {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return (path, "") }
        return (String(path[..<dot]), String(path[path.index(after: dot)...]))
    }

    // MARK: Names

    /// Returns a file's path without its extension.
    func target(_ name: String, in subfolder: String) -> String {
        if let namedFile { return Self.splitExtension(namedFile).stem }
        let folder = path == "/" ? "" : path
        return subfolder.isEmpty ? "\(folder)/\(name)" : "\(folder)/\(subfolder)/\(name)"
    }

    /// Returns the final path of an image.
    func path(target: String, mediaType: MediaType) -> String {
        if let namedFile, MediaType(fileName: namedFile) == mediaType { return namedFile }
        return "\(target).\(mediaType.fileExtension)"
    }

    /// Returns the existing files with the name of an image, in any output format.
    func existingPaths(target: String) -> [String] {
        MediaType.allCases.map { path(target: target, mediaType: $0) }.filter { Folder.isTaken($0) }
    }

    /// Whether a path refers to this folder.
    func isSame(as other: String) -> Bool {
        guard let folder = FileNode(path) else { return false }
        return folder == FileNode(other)
    }

    // MARK: Writing

    /// Writes the bytes to a temporary file in the same folder, syncs it, and renames it to
    /// `target`.
    func write(_ bytes: EncodedBytes, to target: String) throws(Failure) {
        do throws(FileError) {
            if existing != .replace, Folder.isTaken(target) { throw FileError(.write, target, errno: EEXIST) }
            let folder = Folder.containing(target)
            if folder != path { try Folder.make(folder) }
            let file = try AtomicFile(in: folder, subject: target)
            try bytes.withBytes { (all: UnsafeRawBufferPointer) throws(FileError) in try file.write(all) }
            try file.publish(as: target, overwriting: existing == .replace)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Returns the failure for a file that exists and is kept.
    static func exists(_ path: String) -> Failure { failure(FileError(.write, path, errno: EEXIST)) }

    private static func failure(_ error: FileError) -> Failure {
        let hint =
            switch error.cause {
            case .full: error.hint
            case .forbidden: "name a folder that you may write to with `-o`"
            case .exists: "pass `--existing skip` or `--existing replace`, or name another folder with `-o`"
            case .notAFolder: "name another folder with `-o`"
            case .other: "check the folder, or name another one with `-o`"
            }
        return Failure(message: error.description, hint: hint)
    }
}

extension MediaType {
    /// The type of a file by its extension; `nil` for other extensions.
    init?(fileName: String) {
        let name = fileName.lowercased()
        guard
            let type = Self.allCases.first(where: { name.hasSuffix(".\($0.fileExtension)") })
                ?? (name.hasSuffix(".jpeg") ? .jpeg : nil)
        else { return nil }
        self = type
    }
}
