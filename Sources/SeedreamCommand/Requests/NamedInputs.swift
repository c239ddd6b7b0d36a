#if Client
import AtomicFiles
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The inputs that a command line of `edit` names: what is read, what each is called, and the run
/// that they belong to.
struct NamedInputs {
    /// The run of these inputs.
    let run: RunRecord
    private let entries: [InputList.Entry]

    /// - Throws: `RequestError` where folders hold no image.
    init(_ arguments: [String], of command: Edit, in session: SeedreamSession) async throws {
        var sources = arguments.map { argument in
            if RowRequest.Input.isURL(argument) { return URLParts(argument)?.origin ?? argument }
            if argument == "-" || argument.prefix(5).lowercased() == "data:" { return "-" }
            let path = PathText.absolute(argument)
            // A folder, and the files of it, are one source: a folder that gains a file stays the
            // same run.
            return Folder.exists(path) ? path : Folder.containing(path)
        }
        if let list = command.input.filesFrom { sources.append(list == "-" ? "-" : PathText.absolute(list)) }
        run = command.run("edit", sources: sources, name: command.rows.name, of: session)
        var results: Set<String> = []
        if command.each, command.input.filesFrom != nil || arguments.contains(where: { Folder.exists($0) }) {
            // Results of this run that lie in such a folder are not its inputs.
            let jobs = try await session.client.ledger.jobs(ofRun: run.id)
            results = Set(jobs.flatMap { $0.files.map(\.path) })
        }
        entries = try command.input.list(arguments, each: command.each) {
            results.contains(PathText.absolute($0))
        }
        .entries
        guard !entries.isEmpty else {
            throw RequestError(field: "input", message: "expected images, found none", hint: "name images")
        }
    }

    /// What a person calls each input.
    var names: [String] { entries.map(\.argument) }

    /// All inputs as one request.
    func row(_ request: GenerationRequest, fetchesURLs: Bool) -> RowRequest {
        RowRequest(
            label: names.joined(separator: " "), inputs: entries.map { $0.input(fetchesURLs) },
            request: request)
    }

    /// Each input as a request of its own, each with a label of its own.
    func rows(_ request: GenerationRequest, fetchesURLs: Bool) -> [RowRequest] {
        var seen: [String: Int] = [:]
        return entries.map { entry in
            let input = entry.input(fetchesURLs)
            var label = entry.argument
            if case .local(let image) = input, image.filePath != nil { label = PathText.absolute(label) }
            seen[label, default: 0] += 1
            if let count = seen[label], count > 1 { label += "#\(count)" }
            var row = RowRequest(label: label, inputs: [input], request: request)
            row.subfolder = entry.subfolder
            return row
        }
    }
}

extension InputList.Entry {
    fileprivate func input(_ fetchesURLs: Bool) -> RowRequest.Input {
        isPath ? .file(argument) : RowRequest.Input(argument: argument, fetchesURLs: fetchesURLs)
    }
}
#endif
