import Platform

/// What a person named as inputs: arguments, lists of names, and folders.
package struct InputList: Hashable, Sendable {
    /// One input.
    package struct Entry: Hashable, Sendable {
        /// What to read, in the words of ``ImageInput/init(argument:)``, or a path.
        package var argument: String
        /// Whether it is a path even if it looks like a URL or `-`: names of a list and of folders
        /// are.
        package var isPath: Bool
        /// The folder that was named, if it is one of its images.
        package var folder: String?
        /// Where it lies below that folder: `""`, or `"a/b"`.
        package var subfolder = ""

        /// The input.
        package var input: ImageInput { isPath ? .file(argument) : ImageInput(argument: argument) }
    }

    /// A folder that was named.
    package struct Listed: Hashable, Sendable {
        package var path: String
        package var images: Int
        /// Files that are no images, and were left out.
        package var others: Int
        /// Folders in it that were not listed.
        package var subfolders: Int
    }

    /// In the order in which they were named; those of a folder, by path.
    package var entries: [Entry] = []
    /// The folders that were replaced by their images.
    package var folders: [Listed] = []

    package init() {}

    /// Adds what a person named.
    ///
    /// - Parameters:
    ///   - isPath: Whether it is a path even if it looks like a URL or `-`.
    ///   - expandsFolders: Whether a folder stands for its images.
    ///   - recursive: Whether it stands for those in its folders too.
    ///   - isLeftOut: As in ``FolderInputs``.
    package mutating func add(
        _ argument: String, isPath: Bool = false, expandsFolders: Bool, recursive: Bool = false,
        leavingOut isLeftOut: (_ path: String) -> Bool = { _ in false }
    ) {
        guard expandsFolders, isPath || argument != "-",
            let folder = FolderInputs(argument, recursive: recursive, leavingOut: isLeftOut)
        else {
            entries.append(Entry(argument: argument, isPath: isPath))
            return
        }
        folders.append(
            Listed(
                path: argument, images: folder.files.count, others: folder.others,
                subfolders: recursive ? 0 : folder.subfolders))
        entries += folder.files.map {
            Entry(argument: $0.path, isPath: true, folder: argument, subfolder: $0.subfolder)
        }
    }

    /// The names in a list: one a line, or each ended by a zero byte. Names are bytes; empty ones
    /// are left out.
    package static func names(in list: [UInt8], endedByZero: Bool) -> [String] {
        list.split(separator: endedByZero ? 0 : UInt8(ascii: "\n")).map { PathText.text($0) }
    }
}
