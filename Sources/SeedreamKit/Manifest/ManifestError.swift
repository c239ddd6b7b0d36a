package import AtomicFiles
public import SeedreamModel

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
