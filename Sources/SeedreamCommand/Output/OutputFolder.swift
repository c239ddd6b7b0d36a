import AtomicFiles
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What happens to files that are there already.
enum ExistingFiles: String, CaseIterable {
    /// They stay, and the image fails.
    case refuse
    /// They stay, and the image is not prepared again.
    case skip
    /// They are replaced.
    case replace
}

/// Where prepared images are written: into a folder, or one of them to a file. A file appears under
/// its final name complete, or not at all.
struct OutputFolder {
    /// Why a file was not written.
    struct Failure: Error {
        var message: String
        var hint: String
    }

    /// The folder, without a slash at its end.
    let path: String
    let existing: ExistingFiles
    /// The file that a person named, for the one image that there is.
    let namedFile: String?

    /// Makes the folder if it is not there, and checks that files can be made in it.
    init(path: String, existing: ExistingFiles) throws(Failure) {
        namedFile = Self.isFileName(path) ? path : nil
        var folder = namedFile == nil ? path : Folder.containing(path)
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.path = folder
        self.existing = existing
        do throws(FileError) {
            // Errors name what the person named.
            try Folder.make(namedFile == nil ? path : folder)
            try Folder.checkWritable(namedFile == nil ? path : folder)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Whether `-o` means a file: a name that ends like one of those that are written, and is no
    /// folder.
    static func isFileName(_ path: String) -> Bool {
        ["jpg", "jpeg", "png", "webp"].contains(splitExtension(path).extension.lowercased())
            && !Folder.exists(path)
    }

    private static func splitExtension(_ path: String) -> (stem: String, extension: String) {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return (path, "") }
        return (String(path[..<dot]), String(path[path.index(after: dot)...]))
    }

    // MARK: Names

    /// A file's path without its extension.
    func target(_ name: String, in subfolder: String) -> String {
        if let namedFile { return Self.splitExtension(namedFile).stem }
        let folder = path == "/" ? "" : path
        return subfolder.isEmpty ? "\(folder)/\(name)" : "\(folder)/\(subfolder)/\(name)"
    }

    /// The final path of an image.
    func path(target: String, mediaType: MediaType) -> String {
        if let namedFile, MediaType(fileName: namedFile) == mediaType { return namedFile }
        return "\(target).\(mediaType.fileExtension)"
    }

    /// The files that an image may already have, whichever format it came out in.
    func existingPaths(target: String) -> [String] {
        MediaType.allCases.map { path(target: target, mediaType: $0) }.filter { Folder.isTaken($0) }
    }

    /// Whether a path is this folder.
    func isSame(as other: String) -> Bool {
        guard let folder = FileNode(path) else { return false }
        return folder == FileNode(other)
    }

    // MARK: Writing

    /// Writes the bytes to a temporary file in the same folder, syncs it, and gives it its name.
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

    /// What is said of a file that is there and stays.
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
    /// What a file of that name holds, by its extension; `nil` for others.
    init?(fileName: String) {
        let name = fileName.lowercased()
        guard
            let type = Self.allCases.first(where: { name.hasSuffix(".\($0.fileExtension)") })
                ?? (name.hasSuffix(".jpeg") ? .jpeg : nil)
        else { return nil }
        self = type
    }
}
