#if Client
import AtomicFiles
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// What is said about a run: a line for each row that is done, and where the run stands in the end.
final class RunOutput: Sendable {
    /// What standard output gets.
    enum Form: Sendable {
        /// A table at the end.
        case table
        /// One document at the end.
        case json
        /// A line for each row, as soon as it is known.
        case lines
    }

    let progress: RequestProgress
    private let names: [String]
    private let run: RunRecord
    private let form: Form
    /// Where requests go, if not to the provider's own address: a key goes there only where it is
    /// named.
    private let baseURL: String?
    private let outcomes = Mutex<[(outcome: RowOutcome, logs: [String])]>([])

    /// - Parameter names: What each row is called; empty where rows come as a stream, and are
    ///   called by their labels.
    init(names: [String], run: RunRecord, form: Form, baseURL: String?, progress: RequestProgress) {
        (self.names, self.run, self.form, self.progress) = (names, run, form, progress)
        self.baseURL = baseURL
    }

    /// Says that equal requests are saved: another image is bought all the same.
    static func sayEqual(_ saved: [JobRecord]) {
        guard let last = saved.first else { return }
        let path = last.files.first.map { ", the last as \($0.path)" } ?? ""
        Diagnostics().note(
            "\(saved.count == 1 ? "an equal request is" : "\(saved.count) equal requests are") saved already"
                + "\(path); this buys another image")
    }

    /// Says that jobs of an earlier version may have been the same request.
    static func sayEarlier(_ jobs: [JobRecord], _ label: String) {
        guard let last = jobs.first else { return }
        let count = jobs.count == 1 ? "a job" : "\(jobs.count) jobs, the last"
        Diagnostics().note(
            "\(label): an earlier version has sent \(count) \(last.id.prefix(8)) with this prompt and this name, "
                + "now \(last.state.rawValue); nothing tells whether it is the same request, and this one is bought"
        )
    }

    /// Says that a row is done, and keeps what the end needs of it.
    func show(_ outcome: RowOutcome) throws {
        var outcome = outcome
        // Their bytes are not needed any more.
        outcome.images = []
        let logs = progress.logs(outcome.index)
        outcomes.withLock { $0.append((outcome, logs)) }
        if let line = line(outcome) { progress.say(line) }
        guard form == .lines else { return }
        progress.clear()
        var document = RowDocument(id: outcome.label, state: .waiting)
        document.take(outcome)
        document.run = run.identity.name ?? run.id
        try Terminal.print(TerminalText(json: String(document.jsonLine.dropLast())))
    }

    /// One line; `nil` where the end says it, with its reason.
    private func line(_ outcome: RowOutcome) -> TerminalText? {
        let name = names[outcome.index].visible
        switch (outcome.deed, outcome.job?.state) {
        case (.sent, .saved), (.resumed, .saved):
            let files = (outcome.job?.files ?? []).map { $0.path.visible }.joined(separator: ", ")
            return TerminalText("\(name): saved as \(files)")
        case (.elsewhere, _): return TerminalText("\(name): another process works on it")
        default: return nil
        }
    }

    /// Shows what came of all rows, says where the run stands, and throws the code for it.
    func finish(_ stop: RunStop?, ledger: any JobLedger, waited: Bool) async throws {
        let rows = outcomes.withLock { $0 }.sorted { $0.outcome.index < $1.outcome.index }
        let outcomes = rows.map(\.outcome)
        let output = JobOutput(form: form, ledger: ledger, progress: progress)
        let shown = rows.filter { row in
            ![.waiting, .unusable, .skipped, .elsewhere].contains(row.outcome.deed)
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
        let skipped = outcomes.filter { $0.deed == .skipped }.compactMap(\.job)
        let cause: (any Error)? = if case .refused(let error)? = stop { error } else { nil }
        try output.show(
            shown, failed: failed, skipped: skipped, waited: waited, error: cause, advises: false)
        if let cause { ClientFailure.say(cause) }
        if case .failures(let count, let rows)? = stop {
            Diagnostics().failure(
                "stopped: \(count) of \(rows) rows failed",
                hint: "mend what they say, then repeat the command")
        }
        let isInterrupted = Task.isCancelled
        try await sayWhereItStands(outcomes, ledger, stop, isInterrupted)
        try end(outcomes, stop, failed: failed, isLost: output.isLost, isInterrupted: isInterrupted)
    }

    /// How many rows are where, and the one command that goes on, unless all are done.
    private func sayWhereItStands(
        _ outcomes: [RowOutcome], _ ledger: any JobLedger, _ stop: RunStop?, _ isInterrupted: Bool
    ) async throws {
        let id = run.id
        // Also where the task is cancelled.
        let rows =
            try await Task { try await ledger.summary(of: id)?.rows }.value ?? [:]
        let left = rows.filter { ![.saved, .skipped].contains($0.key) }
        guard isInterrupted || stop != nil || left.keys.contains(where: { $0 != .failed && $0 != .cancelled })
        else {
            // What cannot be prepared is looked at again by every start.
            let mayRetry = outcomes.contains { $0.isFailure && ![.unusable, .missing].contains($0.deed) }
            if mayRetry { Terminal.note("add `--retry-failed` to send again what failed") }
            return
        }
        let order: [RowState] = [
            .saved, .finished, .accepted, .submitting, .unknown, .failed, .cancelled, .preparing, .waiting,
        ]
        let counts = order.compactMap { state in rows[state].map { "\($0) \(state.rawValue)" } }
        let command = Invocation.command(["resume", id] + (baseURL.map { ["--base-url", $0] } ?? []))
        let way = run.arguments == nil ? "the same command goes on" : "\(command) goes on"
        Terminal.note(
            "\(isInterrupted ? "interrupted; " : "")run \(id): \(counts.joined(separator: ", ")); \(way)")
    }

    /// The cause of an early stop, then interruption, then what is open or unknown, then what
    /// failed.
    private func end(
        _ outcomes: [RowOutcome], _ stop: RunStop?, failed: [FailedInput], isLost: Bool, isInterrupted: Bool
    ) throws {
        switch stop {
        case .refused(let error)?: throw Verdict(error).status.code
        case .failures?: throw ExitStatus.someFailed.code
        case nil: break
        }
        if isInterrupted { throw ExitStatus.interrupted.code }
        let isOpen = outcomes.contains { outcome in
            guard let job = outcome.job else { return outcome.deed == .elsewhere }
            if outcome.deed == .missing { return false }
            return job.state == .unknown
                || !job.state.isFinal && (outcome.error != nil || outcome.deed == .elsewhere)
        }
        if isOpen || isLost { throw ExitStatus.outcomeUnknown.code }
        guard
            outcomes.contains(where: \.isFailure)
                || outcomes.contains(where: { $0.job?.result?.failures.isEmpty == false })
        else { return }
        let isNothingUsable = outcomes.allSatisfy { $0.deed == .unusable }
        throw (isNothingUsable ? ExitStatus.noUsableInput : .someFailed).code
    }
}
#endif
