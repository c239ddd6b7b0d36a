import AtomicFiles

/// Where pictures are saved.
public struct Destination: Hashable, Codable, Sendable {
    /// The folder; made if it is not there.
    public var folder: String
    /// The name, without its extension: `{stem}`, `{index}` and the other words of ``NameTemplate``
    /// are filled in.
    public var template: String

    /// The default template.
    public static let defaultTemplate = "{stem}-{index}"

    /// Makes a destination.
    public init(folder: String, template: String = Destination.defaultTemplate) {
        self.folder = folder
        self.template = template
    }

    /// Checks the template, before anything is bought.
    ///
    /// - Throws: ``RequestError`` for a placeholder that there is none of, or a name that would be
    ///   a path.
    public func check() throws(RequestError) { _ = try NameTemplate(template) }

    /// The same folder by its absolute path, so that a process elsewhere finds it.
    package var absolute: Destination {
        folder.hasPrefix("/") ? self : Destination(folder: PathText.absolute(folder), template: template)
    }

    /// Makes the folder, so that nothing is bought that cannot be saved.
    func makeFolder() throws(SaveError) {
        do throws(FileError) {
            try Folder.make(folder)
            try Folder.checkWritable(folder)
        } catch {
            throw SaveError(error)
        }
    }
}
