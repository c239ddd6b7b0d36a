import Platform

/// The inputs named by a user: arguments, lists of names, and folders.
package struct InputList: Hashable, Sendable {
    /// One input.
    package struct Entry: Hashable, Sendable {
        /// The input in the syntax of ``ImageInput/init(argument:)``, or a path.
        package var argument: String
        /// Whether it is a path even if it looks like a URL or `-`, as names from lists and folders
        /// are.
        package var isPath: Bool
        /// The folder given by the user, if the input is one of its images.
        package var folder: String?
        /// The input's subfolder within that folder: `""` or `"a/b"`.
        package var subfolder = ""

        /// The path below the folder given by the user; for another input, the argument.
        package var pathBelowArgument: String {
            guard folder != nil else { return argument }
            let name = argument.split(separator: "/").last.map(String.init) ?? argument
            return subfolder.isEmpty ? name : "\(subfolder)/\(name)"
        }

        /// The input.
        package var input: ImageInput { isPath ? .file(argument) : ImageInput(argument: argument) }
    }

    /// A folder given by the user.
    package struct Listed: Hashable, Sendable {
        package var path: String
        package var images: Int
        /// The number of files omitted because they are not images.
        package var others: Int
        /// The number of subfolders that were not listed.
        package var subfolders: Int
    }

    /// The inputs in the order given; those of a folder, by path.
    package var entries: [Entry] = []
    /// The folders that were replaced by their images.
    package var folders: [Listed] = []

    package init() {}

    /// Adds an argument or path given by a user.
    ///
    /// - Parameters:
    ///   - isPath: Whether it is a path even if it looks like a URL or `-`.
    ///   - expandsFolders: Whether a folder is replaced by its images.
    ///   - recursive: Whether the images of its subfolders are included.
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

    /// Returns the names in a list: one per line, or each terminated by a zero byte. Names are
    /// bytes; empty ones are omitted.
    package static func names(in list: [UInt8], endedByZero: Bool) -> [String] {
        list.split(separator: endedByZero ? 0 : UInt8(ascii: "\n")).map { PathText.text($0) }
    }
}
