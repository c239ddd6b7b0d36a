import ArgumentParser
import ImagePreparation
import Platform
import SeedreamClient

/// Options for prompts.
struct PromptArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read the prompt from this file, in UTF-8; - for stdin.", valueName: "file"),
        completion: .file())
    var promptFile: String?
}

/// Whether each input is a separate request.
struct EachArguments: ParsableArguments {
    @Flag(help: "Each input, or image in a folder, is a separate request.")
    var each = false
}

/// How the requests of a run are sent.
struct ParallelArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Requests of a run at once, 1 to 40.", valueName: "n"))
    var parallel = ConfigurableValue(BuiltInValues.parallel)

    @Flag(help: "Fetch http(s) inputs here and prepare them.")
    var fetch = false

    func validate() throws {
        guard BuiltInValues.parallelRange.contains(parallel.value) else {
            throw ValidationError("--parallel: expected 1 to 40, found \(parallel.value)")
        }
    }
}

/// Inputs that a file lists, and how folders expand into their images.
struct InputArguments: ParsableArguments {
    @Flag(
        name: [.customShort("r"), .long],
        help: "With --each: include subfolders.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            "Read input names from this file; - for standard input.", valueName: "file"),
        completion: .file())
    var filesFrom: String?

    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: ArgumentHelp(
            "With --files-from: names end with a zero byte, as `find -print0` writes them.",
            visibility: .rare))
    var null = false

    /// - Parameter each: Whether each input is a separate request.
    func validate(_ inputs: [String], each: Bool) throws {
        if inputs.filter({ $0 == "-" }).count + (filesFrom == "-" ? 1 : 0) > 1 {
            throw ValidationError("standard input can be named only once")
        }
        if null, filesFrom == nil { throw ValidationError("'-0' needs '--files-from'") }
        if recursive, !each { throw ValidationError("'-r' needs '--each'") }
    }

    /// Returns the inputs, with each folder replaced by the images in it. Image files are
    /// recognised by content.
    ///
    /// - Parameters:
    ///   - inputs: The inputs on the command line; the listed names follow them.
    ///   - isLeftOut: Returns whether to leave out the file or folder at a path inside a folder.
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
        for folder in list.folders { Self.noteLeftOutFiles(in: folder) }
        return list
    }

    private func names() throws -> [String] {
        guard let path = filesFrom else { return [] }
        // 1 million names of 250 bytes.
        let maximum = 256 << 20
        let bytes: [UInt8]
        do {
            bytes =
                path == "-"
                ? try StandardInput.contents(maximum: maximum)
                : try WholeFile.contents(of: path, maximum: maximum)
        } catch let error as PreparationError {
            // If the wait for standard input was interrupted, report that instead.
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

    private static func noteLeftOutFiles(in folder: InputList.Listed) {
        let subfolders = folder.subfolders == 0 ? "" : "; -r includes its subfolders"
        if folder.images == 0 {
            let found = folder.others == 0 ? "files" : "images"
            Diagnostics().note("\(folder.path): the folder holds no \(found)\(subfolders)")
        } else if folder.others > 0 {
            let files =
                folder.others == 1
                ? "1 file that is not an image" : "\(folder.others) files that are not images"
            Diagnostics().note("\(folder.path): \(files) left out")
        }
    }
}
