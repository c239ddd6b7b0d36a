package import AtomicFiles
import Cryptography
public import SeedreamModel
import Synchronization

/// Reads a manifest: JSON Lines, or CSV whose first line names the fields. One request a row.
///
/// ```swift
/// let reader = try ManifestReader("jobs.csv")
/// while let record = try reader.next() { … }
/// ```
///
/// A row that cannot be a request is a ``ManifestFailure``, never the end. Rows are read one at a
/// time; what grows with their number is a hash and a line number for each id, about 25 MB for a
/// million.
///
/// - A manifest is UTF-8, with or without a byte order mark. It is JSON Lines if it begins with `{`
///   or its name ends in `.jsonl` or `.ndjson`, else CSV. Empty lines are passed over, and so are
///   records of CSV whose cells are all empty.
/// - The fields are `id`, `prompt`, `images`, `model`, `provider`, `size`, `seed`, `count`,
///   `images_per_generation`, `name`, `safety` and `enhance`. `prompt` and `images` are required;
///   `null` and an empty cell leave any other field out.
/// - A field that would decide about keys, addresses, folders or money fails its row, as does one
///   that is most likely misspelt. Any other field is carried (``ManifestRow/carried``). The header
///   of a CSV file is checked once, for all rows.
/// - `images` is a list; in a cell, `;` separates images, spaces around them do not count, and an
///   empty cell is no image.
/// - Of two rows with one id the second fails, and a row without `id` has the number of its line.
///   Ids are compared by a hash of 64 bits: one manifest in 37 million, of a million rows each, has
///   two ids that are wrongly taken for equal; the second is a failed row that says so, and is not
///   sent.
public final class ManifestReader: Sendable {
    /// How a manifest is written.
    public enum Format: String, Hashable, Sendable {
        case jsonLines = "JSON Lines"
        case csv = "CSV"
    }

    /// The longest line, or record of CSV, in bytes; ours. A longer one is a failed row, and is not
    /// kept in memory.
    public static let maximumLineBytes = 1 << 20

    /// What messages call the manifest: its path, or `standard input`.
    public let name: String
    /// How it is written.
    public let format: Format
    private let parser: Mutex<ManifestParser>

    /// Opens a manifest and reads its beginning.
    ///
    /// - Parameter argument: A path, or `-` for standard input. Relative paths of the manifest
    ///   start from its folder, those of standard input from the working directory.
    /// - Throws: ``ManifestError``.
    public convenience init(_ argument: String) throws(ManifestError) {
        if argument == "-" {
            try self.init(SequentialFile(), folder: ".")
            return
        }
        let file: SequentialFile
        do throws(FileError) {
            file = try SequentialFile(argument)
        } catch {
            throw ManifestError(error)
        }
        try self.init(file, folder: Folder.containing(argument))
    }

    private init(_ file: SequentialFile, folder: String) throws(ManifestError) {
        name = file.name
        var bytes = ManifestBytes(file)
        let head = try bytes.head()
        format = try Self.format(of: head, named: file.name)
        if head.starts(with: Self.byteOrderMark) { for _ in Self.byteOrderMark { bytes.advance() } }
        var parser = ManifestParser(bytes, folder: folder)
        if format == .csv { try parser.readHeader(named: file.name) }
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

    /// The next record; `nil` at the end. It waits for a pipe, and on the thread that it is called
    /// on.
    ///
    /// - Throws: ``ManifestError`` where the manifest cannot be read on.
    public func next() throws(ManifestError) -> ManifestRecord? {
        try parser.withLock { parser throws(ManifestError) in try parser.next() }
    }

    /// What was read, once ``next()`` has given `nil`: to be compared with what
    /// ``ManifestIdentity/init(_:)`` found before, because a manifest may change while it is read.
    /// `nil` before.
    public var digest: String? { parser.withLock { $0.digest } }
}

/// Which manifest it is.
public struct ManifestIdentity: Hashable, Codable, Sendable {
    /// Its path as it was given; `-` for standard input.
    public var name: String
    /// The SHA-256 of its bytes, 64 hexadecimal digits; `nil` for standard input and other pipes,
    /// which cannot be read twice.
    public var sha256: String?

    /// Reads a manifest to its end and takes its digest.
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

    /// An identity that is known already.
    public init(name: String, sha256: String?) { (self.name, self.sha256) = (name, sha256) }
}

/// Why no row of a manifest can be read, or no more of them.
public enum ManifestError: ErrorWithRemedy, Hashable, Sendable {
    /// The file cannot be opened or read; the system's reason.
    case cannotRead(name: String, reason: String)
    /// The task was cancelled while it waited for more.
    case cancelled(name: String)
    /// The text is not UTF-8 but this.
    case notUTF8(name: String, found: String)
    /// The file is one JSON array instead of one object a line.
    case jsonArray(name: String)
    /// The first line of a CSV file does not name the fields; says why, and what to do.
    case header(name: String, message: String, hint: String)
}

extension ManifestError {
    package init(_ error: FileError) {
        self =
            error.isCancelled
            ? .cancelled(name: error.path) : .cannotRead(name: error.path, reason: error.reason)
    }

    /// What to do about it, one line.
    public var remedy: Remedy {
        switch self {
        case .cannotRead: "check the path and its permissions"
        case .cancelled: "nothing was read beyond the rows that were given"
        case .notUTF8: "save it as UTF-8; spreadsheets call that \"CSV UTF-8\""
        case .jsonArray: "write one object a line, as `jq -c '.[]'` does"
        case .header(_, _, let hint): Remedy(hint)
        }
    }
}

extension ManifestError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .cannotRead(let name, let reason): "\(name): the manifest cannot be read: \(reason)"
        case .cancelled(let name): "\(name): reading was cancelled"
        case .notUTF8(let name, let found): "\(name): expected UTF-8, found \(found)"
        case .jsonArray(let name): "\(name): expected one JSON object a line, or CSV, found a JSON array"
        case .header(let name, let message, _): "\(name): line 1: \(message)"
        }
    }
}
