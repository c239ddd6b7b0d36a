import Cryptography
import Dispatch
package import Platform
public import SeedreamModel
import Synchronization

/// Reads a manifest: JSON Lines, or CSV whose first line names the fields. Each row is one request.
///
/// ```swift
/// let reader = try ManifestReader("jobs.csv")
/// while let record = try reader.next() { … }
/// ```
///
/// A row that is not a valid request is a ``ManifestFailure`` and does not end the reading. Rows
/// are read one at a time; memory grows only by a hash and a line number for each id, about 25 MB
/// for a million rows.
///
/// - A manifest is UTF-8, with or without a byte order mark. It is read as JSON Lines if it starts
///   with `{` or its name ends in `.jsonl` or `.ndjson`, else as CSV. Empty lines are skipped, and
///   so are CSV records whose cells are all empty.
/// - The fields are `id`, `prompt`, `images`, `model`, `provider`, `size`, `seed`, `count`,
///   `images_per_generation`, `name`, `safety`, `enhance`, `result_format`, `result_background`,
///   `guidance_scale` and `layers`. `prompt` and `images` are required;
///   any other field is absent if it is `null` or an empty cell.
/// - A row fails if it has a field that would control keys, addresses, folders or money, or a field
///   that is probably misspelt. Any other field is carried (``ManifestRow/carried``). The header of
///   a CSV file is checked once, for all rows.
/// - `images` is a list. In a cell, images are separated by `;`, surrounding spaces are ignored,
///   and an empty cell means no image.
/// - If two rows have the same id, the second fails. The id of a row without `id` is its line
///   number. Ids are compared by 64-bit hashes: in one manifest of 37 million, each with a million
///   rows, two different ids have the same hash; the second row fails with a message and is not
///   sent.
public final class ManifestReader: Sendable {
    /// The format of a manifest.
    public enum Format: String, Hashable, Sendable {
        /// One JSON object per line.
        case jsonLines = "JSON Lines"
        /// Comma-separated values, RFC 4180.
        case csv = "CSV"
    }

    /// The maximum length of a line, or of a CSV record, in bytes. Our number. A longer one is a
    /// failed row and is not kept in memory.
    public static let maximumLineBytes = 1 << 20
    /// The maximum length of a line with an operation, which may embed an image, in bytes. Our
    /// number: 24 MB of image as a data URI.
    public static let maximumOperationBytes = 32 << 20

    /// The name in messages: the path, or `standard input`.
    public let name: String
    /// The format of the manifest.
    public let format: Format
    private let parser: Mutex<ManifestParser>
    private let file: SequentialFile
    /// The thread that waits for more bytes of a pipe.
    private let queue = DispatchQueue(label: "manifest")

    /// Opens a manifest and reads its start, and the header of a CSV file.
    ///
    /// - Parameter argument: A path, or `-` for standard input. Relative paths in the manifest
    ///   start from its folder, or from the working directory for standard input.
    /// - Throws: ``ManifestError``.
    public convenience init(_ argument: String) throws(ManifestError) {
        if argument == "-" {
            try self.init(SequentialFile(), folder: ".", .edits)
            return
        }
        let file: SequentialFile
        do throws(FileError) {
            file = try SequentialFile(argument)
        } catch {
            throw ManifestError(error)
        }
        try self.init(file, folder: Folder.containing(argument), .edits)
    }

    /// Reads JSON Lines from standard input, each with the operation that it asks for. Nothing is
    /// read before the first call of ``next()``.
    ///
    /// - Parameter operation: The operation of a row that names none. `nil`: such a row fails.
    public convenience init(operationsOf operation: RowOperation?) {
        let file = SequentialFile()
        let parser = ManifestParser(ManifestBytes(file), folder: ".", .named(default: operation))
        self.init(file, .jsonLines, parser)
    }

    private convenience init(_ file: SequentialFile, folder: String, _ rule: OperationRule)
        throws(ManifestError)
    {
        var bytes = ManifestBytes(file)
        let head = try bytes.head()
        let format = try Self.format(of: head, named: file.name)
        if head.starts(with: Self.byteOrderMark) { for _ in Self.byteOrderMark { bytes.advance() } }
        var parser = ManifestParser(bytes, folder: folder, rule)
        if format == .csv { try parser.readHeader(named: file.name) }
        self.init(file, format, parser)
    }

    private init(_ file: SequentialFile, _ format: Format, _ parser: consuming sending ManifestParser) {
        (self.file, self.format, name) = (file, format, file.name)
        self.parser = Mutex(parser)
    }

    /// U+FEFF in UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func format(of head: [UInt8], named name: String) throws(ManifestError) -> Format {
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            throw .notUTF8(name: name, found: "UTF-16")
        }
        let start = head.starts(with: byteOrderMark) ? head.dropFirst(3) : head[...]
        let first = start.first { !ManifestBytes.isSpace($0) }
        if first == nil || first == UInt8(ascii: "{") { return .jsonLines }
        let lower = name.lowercased()
        if lower.hasSuffix(".jsonl") || lower.hasSuffix(".ndjson") { return .jsonLines }
        if first == UInt8(ascii: "[") { throw .jsonArray(name: name) }
        return .csv
    }

    /// Returns the next record, or `nil` at the end. Blocks the calling thread while a pipe has no
    /// data.
    ///
    /// - Throws: ``ManifestError`` if the manifest cannot be read further.
    public func next() throws(ManifestError) -> ManifestRecord? {
        try parser.withLock { parser throws(ManifestError) in try parser.next() }
    }

    /// Returns the next record, or `nil` at the end; also `nil` if the task is cancelled or
    /// ``stop()`` is called while a pipe has no data. No thread of Swift concurrency waits.
    ///
    /// - Parameter shard: The rows to return, by id. A line whose id is not known counts by its
    ///   number. Default: `nil`, all.
    /// - Throws: ``ManifestError`` if the manifest cannot be read further.
    public func nextRecord(of shard: Shard? = nil) async throws(ManifestError) -> ManifestRecord? {
        while true {
            do throws(ManifestError) {
                guard let record = try await awaitedRecord() else { return nil }
                if shard?.contains(record.id) ?? true { return record }
            } catch .cancelled {
                return nil
            }
        }
    }

    private func awaitedRecord() async throws(ManifestError) -> ManifestRecord? {
        let result: Result<ManifestRecord?, ManifestError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    continuation.resume(
                        returning: Result { () throws(ManifestError) in try self.next() })
                }
            }
        } onCancel: {
            stop()
        }
        return try result.get()
    }

    /// Ends the wait for more data, from any task or thread.
    public func stop() { file.stop() }

    /// The SHA-256 of the bytes that were read, in hexadecimal; `nil` until ``next()`` has returned
    /// `nil`. If it differs from that of ``ManifestIdentity/init(_:)``, the manifest changed in the
    /// meantime.
    public var digest: String? { parser.withLock { $0.digest } }
}

/// Identifies a manifest by name and digest.
public struct ManifestIdentity: Hashable, Codable, Sendable {
    /// The path as given; `-` for standard input.
    public var name: String
    /// The SHA-256 of its bytes, 64 hexadecimal digits; `nil` for standard input and other pipes,
    /// which cannot be read twice.
    public var sha256: String?

    /// Reads a manifest to its end and computes its digest.
    ///
    /// - Parameter argument: A path, or `-`.
    /// - Throws: ``ManifestError``.
    public init(_ argument: String) throws(ManifestError) {
        name = argument
        guard argument != "-" else { return }
        do throws(FileError) {
            let file = try SequentialFile(argument)
            guard file.isRegular else { return }
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { piece.deallocate() }
            var digest = SHA256Stream()
            while true {
                let count = try file.read(into: piece)
                if count == 0 { break }
                digest.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            }
            sha256 = digest.finish().hexadecimal
        } catch {
            throw ManifestError(error)
        }
    }

    /// Makes an identity of a known name and digest.
    public init(name: String, sha256: String?) { (self.name, self.sha256) = (name, sha256) }
}

/// The reason why a manifest cannot be read, or cannot be read further.
public enum ManifestError: ErrorWithRemedy, Hashable, Sendable {
    /// The file cannot be opened or read; `reason` is the system's message.
    case cannotRead(name: String, reason: String)
    /// The task was cancelled while it waited for input.
    case cancelled(name: String)
    /// The text is not UTF-8; `found` is its encoding.
    case notUTF8(name: String, found: String)
    /// The file is a JSON array instead of one object per line.
    case jsonArray(name: String)
    /// The first line of a CSV file does not name the fields as required.
    case header(name: String, message: String, hint: String)
}

extension ManifestError {
    package init(_ error: FileError) {
        self =
            error.isCancelled
            ? .cancelled(name: error.path) : .cannotRead(name: error.path, reason: error.reason)
    }

    /// What to do, one line.
    public var remedy: Remedy {
        switch self {
        case .cannotRead: "check the path and its permissions"
        case .cancelled: "no further rows were read"
        case .notUTF8: "save it as UTF-8; spreadsheets call that \"CSV UTF-8\""
        case .jsonArray: "write one object per line, as `jq -c '.[]'` does"
        case .header(_, _, let hint): Remedy(hint)
        }
    }
}

extension ManifestError: CustomStringConvertible {
    /// The expected and the found content, one line.
    public var description: String {
        switch self {
        case .cannotRead(let name, let reason): "\(name): the manifest cannot be read: \(reason)"
        case .cancelled(let name): "\(name): reading was cancelled"
        case .notUTF8(let name, let found): "\(name): expected UTF-8, found \(found)"
        case .jsonArray(let name): "\(name): expected one JSON object per line, or CSV, found a JSON array"
        case .header(let name, let message, _): "\(name): line 1: \(message)"
        }
    }
}
