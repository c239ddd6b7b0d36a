package import Platform
public import SeedreamModel

/// The folder and the names of saved images.
public struct Destination: Hashable, Codable, Sendable {
    /// The folder; created if it does not exist.
    public var folder: String
    /// The template for names without extension, with placeholders such as `{stem}` and `{index}`;
    /// `docs/cli.md` lists them.
    public var template: String

    /// The default template.
    public static let defaultTemplate = "{stem}-{index}"

    /// Creates a destination.
    public init(folder: String, template: String = Destination.defaultTemplate) {
        self.folder = folder
        self.template = template
    }

    /// Checks the template, before anything is bought.
    ///
    /// - Throws: ``RequestError`` for an unknown placeholder, or a name that would be a path.
    public func check() throws(RequestError) { _ = try NameTemplate(template) }

    /// The destination with an absolute path, so that a process in another folder finds it.
    package var absolute: Destination {
        folder.hasPrefix("/") ? self : Destination(folder: PathText.absolute(folder), template: template)
    }

    /// Creates the folder and checks that it is writable, so that nothing is bought that cannot be
    /// saved.
    func makeFolder() throws(SaveError) {
        do throws(FileError) {
            try Folder.make(folder)
            try Folder.checkWritable(folder)
        } catch {
            throw SaveError(error)
        }
    }
}

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
