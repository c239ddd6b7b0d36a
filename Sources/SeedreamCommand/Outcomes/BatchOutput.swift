#if Client
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The output of `seedream batch`: each row as it ends, and the number of rows in each state at the
/// end. Keeps no rows.
struct BatchOutput {
    private let run: RunRecord
    private let isStream: Bool
    private let waits: Bool
    private let progress: RequestProgress
    private var counts: [RowState: Int] = [:]

    /// - Parameter isStream: Whether to write each row as a line of JSON to standard output.
    init(run: RunRecord, isStream: Bool, waits: Bool, progress: RequestProgress) {
        (self.run, self.isStream, self.waits, self.progress) = (run, isStream, waits, progress)
    }

    /// Shows a row that has ended.
    mutating func show(_ row: RowDocument) throws {
        counts[row.state, default: 0] += 1
        progress.clear()
        try Self.show(row, isStream: isStream)
    }

    /// Writes the row as a line of JSON to standard output, or as text to standard error.
    static func show(_ row: RowDocument, isStream: Bool) throws {
        if isStream { try Terminal.print(TerminalText(json: String(row.jsonLine.dropLast()))) }
        let name = (row.id ?? row.line.map { "line \($0)" } ?? "a row").visible
        if row.state == .saved, row.error == nil {
            let paths = row.files.map(\.path.visible).joined(separator: ", ")
            Terminal.note(TerminalText("\(name): saved as \(paths)"))
        } else if let error = row.error {
            Diagnostics().rowFailure("\(name): \(error.message)", hint: error.hint)
        }
    }

    /// Prints a run as one JSON document.
    static func showRun(_ id: String, _ ledger: any JobLedger, _ stop: RunStop?) async throws {
        // An unstructured task still runs if this one is cancelled.
        let summary = try await Task { try await ledger.summary(of: id) }.value
        let report = RunReport([summary].compactMap(\.self), error: stop.map { ErrorDocument($0) })
        try Terminal.print(JSON.document(report))
    }

    /// Prints the number of rows in each state, and throws the exit code.
    func finish(_ stop: RunStop?) throws {
        progress.clear()
        let isInterrupted = Task.isCancelled
        let words = RowState.allCases.compactMap { state in
            counts[state].map { "\($0) \(state.rawValue)" }
        }
        let start = "\(isInterrupted ? "interrupted; " : "")run \(run.identity.name ?? run.id): "
        let end = isInterrupted || stop != nil ? "; repeat the command to continue" : ""
        Terminal.note(
            TerminalText(start + (words.isEmpty ? "no rows" : words.joined(separator: ", ")) + end))
        if let stop {
            ClientFailure.report(stop)
            throw ClientFailure.status(after: stop).code
        }
        if isInterrupted { throw Interruption.status.code }
        let open: [RowState] = [.submitting, .unknown, .preparing] + (waits ? [.accepted, .finished] : [])
        if open.contains(where: { counts[$0] != nil }) { throw ExitStatus.outcomeUnknown.code }
        let failed = (counts[.failed] ?? 0) + (counts[.cancelled] ?? 0)
        if failed > 0 { throw ExitStatus.someFailed.code }
    }
}

/// The results file that `batch --results` appends to.
struct BatchResults {
    let file: ResultsFile
    private let identity: ManifestIdentity

    init(_ path: String, of manifest: String) throws {
        identity = try ManifestIdentity(manifest)
        file = try ResultsFile(path, of: identity)
        if file.removedBytes > 0 {
            Diagnostics().note("\(path): \(file.removedBytes) bytes of an unfinished line were removed")
        }
    }

    /// Syncs the file, and prints a note if the manifest has changed meanwhile.
    func finish(_ reader: ManifestReader) throws {
        try file.sync()
        if let digest = reader.digest, let before = identity.sha256, digest != before {
            Diagnostics().note(
                "\(reader.name) changed while it was read; the results are of the rows as they were read")
        }
    }
}
#endif
