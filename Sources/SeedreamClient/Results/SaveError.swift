package import AtomicFiles
public import SeedreamModel

/// Why a picture that was paid for cannot be put on disk here. Nothing is lost: the job stays
/// `finished`, and resuming it goes on.
public struct SaveError: ErrorWithRemedy, Hashable, Sendable {
    /// The file or folder.
    public var path: String
    /// What happened, one line, beginning with the path.
    public var message: String
    /// What to do.
    public var remedy: Remedy

    /// Makes an error.
    public init(path: String, message: String, hint: String) {
        self.path = path
        self.message = message
        remedy = Remedy(hint)
    }

    package init(_ error: FileError) {
        self.init(path: error.path, message: error.description, hint: error.hint)
    }
}

extension SaveError: CustomStringConvertible {
    /// ``message``.
    public var description: String { message }
}
