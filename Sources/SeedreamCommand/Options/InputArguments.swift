import ArgumentParser
import AtomicFiles
import ImagePreparation
import SeedreamClient

/// More inputs than the command line names, and how folders stand for theirs.
struct InputArguments: ParsableArguments {
    @Flag(
        name: [.customShort("r"), .long],
        help: "With --each: a folder stands for the images in its folders too.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            "Read names of inputs from this file, one a line; - for standard input.", valueName: "file")
    )
    var filesFrom: String?

    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "With --files-from: names end with a zero byte, as `find -print0` writes them.")
    var null = false

    /// - Parameter each: Whether every input is a request of its own.
    func validate(_ inputs: [String], each: Bool) throws {
        if inputs.filter({ $0 == "-" }).count + (filesFrom == "-" ? 1 : 0) > 1 {
            throw ValidationError("standard input can be named once")
        }
        if null, filesFrom == nil { throw ValidationError("'-0' is for the names of '--files-from'") }
        if recursive, !each { throw ValidationError("'-r' is for folders, with '--each'") }
    }

    /// The inputs, folders replaced by the images in them, by their content.
    ///
    /// - Parameters:
    ///   - inputs: What the command line names, before what the list names.
    ///   - isLeftOut: Asked with the path of each file and folder in a folder.
    func list(_ inputs: [String], each: Bool, leavingOut isLeftOut: (String) -> Bool = { _ in false }) throws
        -> InputList
    {
        var list = InputList()
        for input in inputs {
            list.add(input, expandsFolders: each, recursive: recursive, leavingOut: isLeftOut)
        }
        for name in try names() {
            list.add(name, isPath: true, expandsFolders: each, recursive: recursive, leavingOut: isLeftOut)
        }
        for folder in list.folders { Self.tell(of: folder) }
        return list
    }

    private func names() throws -> [String] {
        guard let path = filesFrom else { return [] }
        // A list of a million names of 250 bytes.
        let maximum = 256 << 20
        let bytes: [UInt8]
        do {
            bytes =
                path == "-"
                ? try StandardInput.contents(maximum: maximum)
                : try WholeFile.contents(of: path, maximum: maximum)
        } catch let error as PreparationError {
            // A wait for standard input that was interrupted.
            try Task.checkCancellation()
            throw error
        } catch let error as FileError {
            throw RequestError(field: "--files-from", message: error.description, hint: error.hint)
        }
        guard bytes.count <= maximum else {
            throw RequestError(
                field: "--files-from", message: "\(path): expected at most \(maximum) bytes, found more",
                hint: "split the list")
        }
        return InputList.names(in: bytes, endedByZero: null)
    }

    private static func tell(of folder: InputList.Listed) {
        let subfolders = folder.subfolders == 0 ? "" : "; -r lists its folders too"
        if folder.images == 0 {
            let found = folder.others == 0 ? "files" : "images"
            Diagnostics().note("\(folder.path): the folder holds no \(found)\(subfolders)")
        } else if folder.others > 0 {
            let files =
                folder.others == 1 ? "1 file that is no image" : "\(folder.others) files that are no images"
            Diagnostics().note("\(folder.path): \(files) left out")
        }
    }
}
