package import Platform
public import SeedreamModel

/// A paid image cannot be written to disk. Nothing is lost: the job stays `finished`, and resuming
/// it continues.
public struct SaveError: ErrorWithRemedy, Hashable, Sendable {
    /// The file or folder.
    public var path: String
    /// A one-line message that begins with the path.
    public var message: String
    /// The remedy.
    public var remedy: Remedy

    /// Creates an error.
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
    /// The value of ``message``.
    public var description: String { message }
}
