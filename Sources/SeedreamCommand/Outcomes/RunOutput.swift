#if Client
import Platform
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// The output of a run: a line for each finished row, and the state of the run at the end.
final class RunOutput: Sendable {
    /// The form of the data on standard output.
    enum Form: Sendable {
        /// A table at the end.
        case table
        /// One JSON document at the end.
        case json
        /// A line of JSON for each row as soon as it ends.
        case lines
    }

    let progress: RequestProgress
    private let names: [String]
    private let run: RunRecord
    private let form: Form
    /// The base URL of the requests if it is not the provider's own. Suggested commands must repeat
    /// it, as a key is sent only to an address named on the command line.
    private let baseURL: String?
    private let outcomes = Mutex<[(outcome: RowOutcome, logs: [String])]>([])

    /// - Parameter names: The name of each row; empty if rows come as a stream and are named by
    ///   their labels.
    init(names: [String], run: RunRecord, form: Form, baseURL: String?, progress: RequestProgress) {
        (self.names, self.run, self.form, self.progress) = (names, run, form, progress)
        self.baseURL = baseURL
    }

    /// Prints a note that equal requests are already saved, and that another image is bought.
    static func noteEqual(_ saved: [JobRecord]) {
        guard let last = saved.first else { return }
        let path = last.files.first.map { ", the last as \($0.path)" } ?? ""
        Diagnostics().note(
            "\(saved.count == 1 ? "an equal request is" : "\(saved.count) equal requests are") already saved"
                + "\(path); this buys another image")
    }

    /// Prints a note that jobs of an earlier version may be the same request.
    static func noteEarlier(_ jobs: [JobRecord], _ label: String) {
        guard let last = jobs.first else { return }
        let count = jobs.count == 1 ? "a job" : "\(jobs.count) jobs, the last"
        Diagnostics().note(
            "\(label): an earlier version sent \(count) \(last.id.prefix(8)) with this prompt and this name, "
                + "now \(last.state.rawValue); it may be the same request; this one is bought anyway"
        )
    }

    /// Prints the line of a finished row, and keeps its outcome for ``finish(_:ledger:waited:)``.
    func show(_ outcome: RowOutcome) throws {
        var outcome = outcome
        // The bytes are no longer needed.
        outcome.images = []
        let logs = progress.logs(outcome.index)
        outcomes.withLock { $0.append((outcome, logs)) }
        if let line = line(outcome) { progress.print(line) }
        guard form == .lines else { return }
        progress.clear()
        var document = RowDocument(id: outcome.label, state: .waiting)
        document.take(outcome)
        document.run = run.identity.name ?? run.id
        try Terminal.print(TerminalText(json: String(document.jsonLine.dropLast())))
    }

    /// Returns the line for a row; `nil` if the end of the run reports it with a reason.
    private func line(_ outcome: RowOutcome) -> TerminalText? {
        let name = names[outcome.index].visible
        switch (outcome.action, outcome.job?.state) {
        case (.sent, .saved), (.resumed, .saved):
            let files = (outcome.job?.files ?? []).map { $0.path.visible }.joined(separator: ", ")
            return TerminalText("\(name): saved as \(files)")
        case (.elsewhere, _): return TerminalText("\(name): another process works on it")
        default: return nil
        }
    }

    /// Prints the outcomes of all rows and the state of the run, and throws the exit code.
    func finish(_ stop: RunStop?, ledger: any JobLedger, waited: Bool) async throws {
        let rows = outcomes.withLock { $0 }.sorted { $0.outcome.index < $1.outcome.index }
        let outcomes = rows.map(\.outcome)
        let output = JobOutput(form: form, ledger: ledger, progress: progress)
        let shown = rows.filter { row in
            ![.waiting, .unusable, .skipped, .elsewhere].contains(row.outcome.action)
                && row.outcome.failed.isEmpty
        }
        .map { JobOutput.Outcome($0.outcome, logs: $0.logs) }
        let failed = outcomes.flatMap { outcome in
            outcome.failed.map { input in
                var input = input
                input.index = outcome.index
                return input
            }
        }
        let skipped = outcomes.filter { $0.action == .skipped }.compactMap(\.job)
        try output.show(
            shown, failed: failed, skipped: skipped, waited: waited, error: stop.map { ErrorDocument($0) },
            advises: false)
        if let stop { ClientFailure.report(stop) }
        let isInterrupted = Task.isCancelled
        try await printState(outcomes, ledger, stop, isInterrupted)
        try end(outcomes, stop, failed: failed, isLost: output.isLost, isInterrupted: isInterrupted)
    }

    /// Prints the number of rows in each state and the command that continues the run, unless all
    /// are done.
    private func printState(
        _ outcomes: [RowOutcome], _ ledger: any JobLedger, _ stop: RunStop?, _ isInterrupted: Bool
    ) async throws {
        let id = run.id
        // An unstructured task still runs if this one is cancelled.
        let rows =
            try await Task { try await ledger.summary(of: id)?.rows }.value ?? [:]
        let left = rows.filter { ![.saved, .skipped].contains($0.key) }
        guard isInterrupted || stop != nil || left.keys.contains(where: { $0 != .failed && $0 != .cancelled })
        else {
            // Inputs that cannot be prepared are tried again on each start anyway.
            let mayRetry = outcomes.contains { $0.isFailure && ![.unusable, .missing].contains($0.action) }
            if mayRetry { Terminal.note("add `--retry-failed` to send failed rows again") }
            return
        }
        let order: [RowState] = [
            .saved, .finished, .accepted, .submitting, .unknown, .failed, .cancelled, .preparing, .waiting,
        ]
        let counts = order.compactMap { state in rows[state].map { "\($0) \(state.rawValue)" } }
        let command = Invocation.command(["resume", id] + (baseURL.map { ["--base-url", $0] } ?? []))
        let way = run.arguments == nil ? "repeat the command to continue" : "\(command) continues"
        Terminal.note(
            "\(isInterrupted ? "interrupted; " : "")run \(id): \(counts.joined(separator: ", ")); \(way)")
    }

    /// Throws the exit code. In order of priority: an early stop, interruption, open or unknown
    /// rows, failed rows.
    private func end(
        _ outcomes: [RowOutcome], _ stop: RunStop?, failed: [FailedInput], isLost: Bool, isInterrupted: Bool
    ) throws {
        if let stop { throw ClientFailure.status(after: stop).code }
        if isInterrupted { throw Interruption.status.code }
        let isOpen = outcomes.contains { outcome in
            guard let job = outcome.job else { return outcome.action == .elsewhere }
            if outcome.action == .missing { return false }
            return job.state == .unknown
                || !job.state.isFinal && (outcome.error != nil || outcome.action == .elsewhere)
        }
        if isOpen || isLost { throw ExitStatus.outcomeUnknown.code }
        guard
            outcomes.contains(where: \.isFailure)
                || outcomes.contains(where: { $0.job?.result?.failures.isEmpty == false })
        else { return }
        let isNothingUsable = outcomes.allSatisfy { $0.action == .unusable }
        throw (isNothingUsable ? ExitStatus.noUsableInput : .someFailed).code
    }
}
#endif
