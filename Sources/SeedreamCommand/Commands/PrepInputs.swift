import ImagePreparation
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// One input of `prep`, with the destination of its image.
struct PrepRow: Sendable {
    var entry: InputList.Entry
    /// The input to read. Holds the bytes of standard input, so that it can be read twice.
    var input: ImageInput
    /// The index of the input, from 0.
    var index: Int
    /// The N of "image N" in a prompt.
    var position: Int
    /// The path of its file without the extension; empty if no file is written.
    var target = ""
    /// The path if no other input of its folder has the same name, and the path if one has.
    var alone = ""
    var shared = ""
    /// Whether the order of the inputs decides which one gets the name.
    var dependsOnOrder = false
}

/// The inputs of a run of `prep` in order, with the names of their files. Decodes nothing.
struct PrepInputs: Sendable {
    /// The inputs that fit into one request; with `--each`, all.
    private(set) var rows: [PrepRow] = []
    /// The inputs left out because one request has no room for them.
    private(set) var dropped: [DroppedInput] = []
    /// All inputs, dropped ones first.
    private(set) var all: [ImageInput] = []
    /// The number of inputs.
    var count: Int { all.count }

    private let command: Prep
    private let preparer: ImagePreparer

    /// Lists the inputs.
    ///
    /// - Parameters:
    ///   - output: The destination of the files. A folder of inputs leaves it out if it is inside.
    ///   - preparer: Determines how many inputs one request takes.
    /// - Throws: `PreparationError` for more inputs than that if the options are strict.
    init(_ command: Prep, output: OutputFolder?, _ preparer: ImagePreparer) throws {
        (self.command, self.preparer) = (command, preparer)
        let list = try command.list.list(command.inputs, each: command.each) { path in
            Folder.exists(path) && output?.isSame(as: path) == true
        }
        try set(list.entries)
        if let output {
            name(in: output)
            if list.folders.contains(where: { output.isSame(as: $0.path) }) {
                try excludeEarlierResults(list.entries, output)
            }
        }
        // After the names are given, which must be the same in every process.
        if let shard = try command.part.shard() {
            rows.removeAll { !shard.contains($0.entry.pathBelowArgument) }
        }
    }

    private mutating func set(_ entries: [InputList.Entry]) throws(PreparationError) {
        let used = command.each ? 0..<entries.count : try preparer.used(of: entries.count)
        all = entries.map(\.input)
        dropped = all[..<used.lowerBound].enumerated().map {
            DroppedInput(index: $0.offset, name: $0.element.name)
        }
        rows = used.map { index in
            PrepRow(
                entry: entries[index], input: all[index], index: index,
                position: command.each ? 1 : index - used.lowerBound + 1)
        }
    }

    // MARK: Names

    private mutating func name(in output: OutputFolder) {
        guard let template = command.template else { return }
        let inputs = rows.map { row in
            let entry = row.entry
            var values = NameTemplate.Values(
                index: row.index, count: count, position: row.position, positions: rows.count,
                row: row.index + 1, source: entry.isPath ? "./\(entry.argument)" : entry.argument)
            values.leastDigits = 2
            if command.each { values.positions = 1 }
            let path = row.input.filePath
            return InputNames.Input(
                path: path, node: path.flatMap { FileNode($0) }, subfolder: entry.subfolder,
                values: values)
        }
        for (place, name) in zip(rows.indices, InputNames(inputs, template).names) {
            let subfolder = rows[place].entry.subfolder
            rows[place].target = output.target(name.name, in: subfolder)
            rows[place].alone = output.target(name.alone, in: subfolder)
            rows[place].shared = output.target(name.shared, in: subfolder)
            rows[place].dependsOnOrder = name.dependsOnOrder
        }
    }

    /// If results are written into a folder of inputs, leaves out the results of earlier runs, and
    /// throws if a result would get the name of an input.
    private mutating func excludeEarlierResults(
        _ entries: [InputList.Entry], _ output: OutputFolder
    ) throws {
        // Include the names from before another input with the same stem was added or removed.
        let names = [\PrepRow.target, \.alone, \.shared].flatMap { name in
            rows.map { (TakenNames.key($0[keyPath: name], ""), $0.index) }
        }
        let targets = Dictionary(names) { first, _ in first }
        let same = Set(entries.compactMap(\.folder)).filter { output.isSame(as: $0) }
        // Returns the input whose result has the path of this entry.
        func writer(of entry: InputList.Entry) -> Int? {
            guard let folder = entry.folder, same.contains(folder) else { return nil }
            let name = entry.argument.split(separator: "/").last.map(String.init) ?? ""
            let dot = name.lastIndex(of: ".") ?? name.endIndex
            return targets[TakenNames.key(output.target(String(name[..<dot]), in: entry.subfolder), "")]
        }
        var left: [InputList.Entry] = []
        var isOwnName = command.output.name == nil
        for (index, entry) in entries.enumerated() {
            switch writer(of: entry) {
            case index?: isOwnName = true
            case nil: left.append(entry)
            default: break
            }
        }
        guard !isOwnName else {
            throw RequestError(
                field: "-o",
                message: "expected a folder other than that of the inputs, found \(output.path)",
                hint:
                    "name another one, or distinguish results from inputs with `--name`, such as `{stem}-prepared`"
            )
        }
        if left.count < entries.count {
            let results = entries.count - left.count
            Diagnostics().note(
                "\(output.path): \(results) \(results == 1 ? "result" : "results") of an earlier run left out"
            )
            try set(left)
            name(in: output)
        }
    }

    // MARK: Planning

    /// Plans each row as its own request.
    func plan(_ preparer: ImagePreparer) -> PreparationPlan {
        var plan = preparer.planEach(rows.map(\.input))
        for place in plan.images.indices { plan.images[place].index = rows[plan.images[place].index].index }
        for place in plan.failed.indices { plan.failed[place].index = rows[plan.failed[place].index].index }
        return plan
    }

    // MARK: Existing files

    /// The outcome of a row whose file exists before the work starts.
    enum KnownOutcome {
        case skipped(SkippedRecord)
        case failed(FailureRecord)
    }

    /// Looks for existing files of all rows before preparation starts. Returns the outcomes of rows
    /// that need no preparation, by index.
    func knownOutcomes(_ output: OutputFolder?, _ preparer: ImagePreparer) -> [Int: KnownOutcome] {
        guard let output else { return [:] }
        var known: [Int: KnownOutcome] = [:]
        // Only needed if a file exists.
        lazy var inputs = Set(rows.compactMap { $0.input.filePath.flatMap { FileNode($0) } })
        for row in rows {
            if output.existing == .skip, row.dependsOnOrder, output.namedFile == nil {
                known[row.index] = .failed(
                    failure(
                        row, "expected a name that no other input has, found \(row.target)",
                        "`--existing skip` compares names: put {stem} into `--name`, and name one parent folder with `-r` instead of several folders"
                    ))
                continue
            }
            var paths = output.existingPaths(target: row.target)
            guard !paths.isEmpty else { continue }
            // The existing file may be in another format; the header tells which format this image
            // will have.
            lazy var planned = preparer.planEach([row.input]).images.first.map {
                output.path(target: row.target, mediaType: $0.mediaType)
            }
            let own = paths.filter { FileNode($0).map(inputs.contains) == true }
            if let own = own.first, planned == nil || own == planned {
                let failed = Self.isInput(own)
                known[row.index] = .failed(failure(row, failed.message, failed.hint))
                continue
            }
            paths.removeAll(where: own.contains)
            switch output.existing {
            case .replace: break
            case .skip:
                guard let found = paths.first else { continue }
                known[row.index] = .skipped(
                    SkippedRecord(
                        index: row.index, position: row.position, name: row.input.name, path: found))
            case .refuse:
                guard let path = planned, paths.contains(path) else { continue }
                let exists = OutputFolder.exists(path)
                known[row.index] = .failed(failure(row, exists.message, exists.hint))
            }
        }
        if output.existing == .skip { noteNames(in: output, known) }
        return known
    }

    /// Prints notes about files that may come from another input than their names now suggest, and
    /// about images prepared again under another name.
    private func noteNames(in output: OutputFolder, _ known: [Int: KnownOutcome]) {
        func note(_ found: [(name: String, path: String)], _ words: String, _ hint: String) {
            guard let first = found.first else { return }
            let more = found.count > 1 ? " and \(found.count - 1) more" : ""
            Diagnostics().note("\(first.path)\(more): \(words) \(first.name); \(hint)")
        }
        let targets = Set(rows.map { TakenNames.key($0.target, "") })
        var (changed, earlier): ([(name: String, path: String)], [(name: String, path: String)]) = ([], [])
        for row in rows {
            if case .skipped(let record)? = known[row.index] {
                guard let path = row.input.filePath, FileNode.isNewer(path, than: record.path)
                else { continue }
                changed.append((row.input.name, record.path))
            } else if known[row.index] == nil {
                // The name from before another input with the same stem was added or removed.
                let other = [row.alone, row.shared].first { !targets.contains(TakenNames.key($0, "")) }
                guard let path = other.map(output.existingPaths)?.first else { continue }
                earlier.append((row.input.name, path))
            }
        }
        note(changed, "kept, although older than", "`--existing replace` prepares it again")
        note(
            earlier, "may be an earlier result of",
            "it is prepared again under another name, since inputs that share a stem get their extensions added"
        )
    }

    /// Returns the failure of an image that would replace an input.
    static func isInput(_ path: String) -> OutputFolder.Failure {
        OutputFolder.Failure(
            message: "\(path): is an input, and inputs are not replaced",
            hint: "name another folder with `-o`, or other names with `--name`")
    }

    private func failure(_ row: PrepRow, _ message: String, _ hint: String) -> FailureRecord {
        FailureRecord(
            FailedInput(
                index: row.index, position: row.position, name: row.input.name, code: .outputFailed,
                message: message, hint: hint))
    }
}
