import Platform
public import SeedreamModel
import Synchronization

/// A file of results in JSON Lines, mode 0600. Each row of a run is appended as it ends.
///
/// The first line identifies the manifest:
/// `{"manifest":"jobs.csv","schema":1,"sha256":"…","type":"results"}`. Each other line is a
/// ``RowDocument``, in order of completion. If several lines have the same `id`, the last one
/// counts; a line without `id` refers to its `line`. A file of another manifest is refused by its
/// digest; path and name do not matter. A file that was started from standard input, which has no
/// digest, can only be continued from standard input.
///
/// Several processes may append to one file: each line is written whole, in one call under a lock.
/// An unfinished line that a killed process left at the end is removed before the next line. The
/// line of a row that has a job is on the medium when ``append(_:)`` returns (`fsync`); other
/// lines, which cost nothing, are on it after the next such line or ``sync()``.
public final class ResultsFile: Sendable {
    /// The version of the file's format.
    public static let schema = 1
    /// The maximum length of the first line in bytes: a path has at most 4096 bytes, each of which
    /// may take six in JSON.
    private static let maximumHeaderLength = 1 << 15

    /// The path of the file.
    public let path: String
    /// The number of bytes of an unfinished line that were removed when the file was opened;
    /// usually 0.
    public let removedBytes: Int
    private let file: Mutex<LineFile>

    /// Opens a results file, or creates one.
    ///
    /// - Throws: ``ResultsError``.
    public init(_ path: String, of manifest: ManifestIdentity) throws(ResultsError) {
        self.path = path
        let file: LineFile
        do throws(FileError) {
            file = try LineFile(path)
            try file.lock()
        } catch {
            throw ResultsError(error)
        }
        defer { file.unlock() }
        try Self.checkHeader(of: file, manifest)
        do throws(FileError) {
            removedBytes = try Self.removeUnfinishedLine(of: file)
        } catch {
            throw ResultsError(error)
        }
        self.file = Mutex(file)
    }

    private static func header(_ manifest: ManifestIdentity) -> [UInt8] {
        var members: [String: JSONValue] = [
            "type": "results", "schema": .integer(schema), "manifest": .string(manifest.name),
        ]
        members["sha256"] = manifest.sha256.map { .string($0) }
        return Array(JSONValue.object(members).text.visibleJSON.utf8) + [0x0A]
    }

    /// Writes the first line of an empty file, or checks that of an existing one.
    private static func checkHeader(of file: LineFile, _ manifest: ManifestIdentity) throws(ResultsError) {
        let expected = header(manifest)
        let start: [UInt8]
        do throws(FileError) {
            start = try file.bytes(0..<maximumHeaderLength)
            // An empty file, or a first line that a full disk cut off.
            if start.count < expected.count, expected.starts(with: start) {
                try file.truncate(to: 0)
                try file.append(expected)
                try file.sync()
                return
            }
        } catch {
            throw ResultsError(error)
        }
        guard let end = start.firstIndex(of: 0x0A), let found = try? JSONValue(parsing: start[..<end]),
            found["type"] == "results", let schema = found["schema"]?.integer
        else { throw .notResults(path: file.path) }
        guard schema == Self.schema else { throw .otherSchema(path: file.path, found: schema) }
        guard found["sha256"]?.string == manifest.sha256 else {
            throw .otherManifest(
                path: file.path, found: found["manifest"]?.string ?? "", expected: manifest.name)
        }
    }

    /// Removes the bytes after the last line feed.
    ///
    /// - Returns: The number of bytes removed.
    private static func removeUnfinishedLine(of file: LineFile) throws(FileError) -> Int {
        let length = try file.length()
        var end = length
        while end > 0 {
            let start = max(0, end - (1 << 16))
            let piece = try file.bytes(start..<end)
            if let last = piece.lastIndex(of: 0x0A) {
                end = start + last + 1
                break
            }
            end = start
        }
        if end < length { try file.truncate(to: end) }
        return length - end
    }

    /// Appends a row.
    ///
    /// - Throws: ``ResultsError/file(path:message:hint:)``; then the file contains nothing of the
    ///   row.
    public func append(_ row: RowDocument) throws(ResultsError) {
        let line = Array(row.jsonLine.utf8)
        do throws(FileError) {
            try file.withLock { file throws(FileError) in
                try file.lock()
                defer { file.unlock() }
                // Another process may have been killed in the meantime.
                let length = try file.length()
                let last = try file.bytes(max(0, length - 1)..<length)
                if last != [0x0A] { _ = try Self.removeUnfinishedLine(of: file) }
                try file.append(line)
                if row.job != nil { try file.sync() }
            }
        } catch {
            throw ResultsError(error)
        }
    }

    /// Waits until all rows are on the medium (`fsync`).
    public func sync() throws(ResultsError) {
        do throws(FileError) {
            try file.withLock { file throws(FileError) in try file.sync() }
        } catch {
            throw ResultsError(error)
        }
    }
}

/// The reason why results cannot be written to a file.
public enum ResultsError: ErrorWithRemedy, Hashable, Sendable {
    /// The system reported an error; `hint` says what to do.
    case file(path: String, message: String, hint: String)
    /// The file is not a results file.
    case notResults(path: String)
    /// Another version of this software wrote the file.
    case otherSchema(path: String, found: Int)
    /// The file contains the results of another manifest, or of this one before it was changed.
    case otherManifest(path: String, found: String, expected: String)

    init(_ error: FileError) {
        self = .file(path: error.path, message: error.description, hint: error.hint)
    }

    /// What to do about it, one line.
    public var remedy: Remedy {
        switch self {
        case .file(_, _, let hint): Remedy(hint)
        case .notResults: "name another file; this one was left as it is"
        case .otherSchema: "use the version that wrote it, or name another file"
        case .otherManifest: "name another file; this one was left as it is"
        }
    }
}

extension ResultsError: CustomStringConvertible {
    /// The expected and the found content, one line.
    public var description: String {
        switch self {
        case .file(_, let message, _): message
        case .notResults(let path): "\(path): expected a results file, found something else"
        case .otherSchema(let path, let found):
            "\(path): expected results of schema \(ResultsFile.schema), found \(found)"
        case .otherManifest(let path, let found, let expected) where found == expected:
            "\(path): expected results of \(expected), found those of the manifest before it was changed"
        case .otherManifest(let path, let found, let expected):
            "\(path): expected results of \(expected), found those of \(found)"
        }
    }
}
