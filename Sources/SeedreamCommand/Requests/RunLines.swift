#if Client
import AtomicFiles
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// What is said about a run: a line for each row that is done, and where the run stands in the end.
final class RunLines: Sendable {
    private let names: [String]
    private let record: RunRecord
    private let json: Bool
    /// Where requests go, if not to the provider's own address: a key goes there only where it is named.
    private let baseURL: String?
    private let progress: RequestProgress
    private let following = Mutex<[Int: Task<[String], Never>]>([:])
    private let logs = Mutex<[Int: [String]]>([:])

    init(
        names: [String], record: RunRecord, baseURL: String?, json: Bool, progress: RequestProgress
    ) {
        (self.names, self.record, self.json, self.progress) = (names, record, json, progress)
        self.baseURL = baseURL
    }

    /// The command line that is repeated here in place of this process's own; `nil` where none is.
    @TaskLocal static var repeated: [String]?

    /// The command line of this process, so that a later one can repeat it; `nil` where it reads standard input, is
    /// too long to be kept, or holds a proxy's password.
    static var arguments: [String]? {
        if let repeated { return repeated }
        let words = PathText.arguments
        let isPlain = words.allSatisfy { word in
            word != "-" && !(word.contains("://") && word.contains("@") && word.contains(":"))
        }
        return isPlain && words.reduce(0, { $0 + $1.utf8.count }) < 65_536 ? words : nil
    }

    /// Says that equal requests are saved: another image is bought all the same.
    static func sayEqual(_ saved: [JobRecord]) {
        guard let last = saved.first else { return }
        let path = last.files.first.map { ", the last as \($0.path)" } ?? ""
        Diagnostics().note(
            "\(saved.count == 1 ? "an equal request is" : "\(saved.count) equal requests are") saved already"
                + "\(path); this buys another image")
    }

    /// Makes the receiver of what happens to a row.
    func reporter(_ index: Int) -> ClientReporter? {
        let (events, reporter) = ClientReporter.makeStream()
        let (progress, name) = (progress, names[index])
        let task = Task { await progress.follow(events, index: index, name: name) }
        following.withLock { $0[index] = task }
        return reporter
    }

    /// Says that a row is done.
    func show(_ outcome: RowOutcome) async {
        let task = following.withLock { $0.removeValue(forKey: outcome.index) }
        if let lines = await task?.value { logs.withLock { $0[outcome.index] = lines } }
        progress.end(line(outcome), isFollowed: task != nil)
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
    func finish(_ outcomes: [RowOutcome], _ stop: RunStop?, ledger: any JobLedger, waited: Bool) async throws
    {
        let outcomes = outcomes.sorted { $0.index < $1.index }
        let run = RequestRun(json: json, ledger: ledger, progress: progress)
        let shown = outcomes.filter {
            ![.waiting, .unusable, .skipped, .elsewhere].contains($0.deed) && $0.failed.isEmpty
        }
        .map { outcome in
            RequestRun.Outcome(
                index: outcome.index, job: outcome.job, error: outcome.error,
                logs: logs.withLock { $0[outcome.index] ?? [] })
        }
        let failed = outcomes.flatMap { outcome in
            outcome.failed.map { input in
                var input = input
                input.index = outcome.index
                return input
            }
        }
        let skipped = outcomes.filter { $0.deed == .skipped }.compactMap(\.job)
        let cause: (any Error)? = if case .refused(let error)? = stop { error } else { nil }
        try run.show(
            shown, failed: failed, skipped: skipped, waited: waited, error: cause,
            advises: false)
        if let cause { ClientFailure.say(cause) }
        if case .failures(let count, let rows)? = stop {
            Diagnostics().failure(
                "stopped: \(count) of \(rows) rows failed",
                hint: "mend what they say, then repeat the command")
        }
        let isInterrupted = Task.isCancelled
        try await sayWhereItStands(outcomes, ledger, stop, isInterrupted)
        try end(outcomes, stop, failed: failed, isLost: run.isLost, isInterrupted: isInterrupted)
    }

    /// How many rows are where, and the one command that goes on, unless all are done.
    private func sayWhereItStands(
        _ outcomes: [RowOutcome], _ ledger: any JobLedger, _ stop: RunStop?, _ isInterrupted: Bool
    ) async throws {
        let id = record.id
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
        let way = record.arguments == nil ? "the same command goes on" : "\(command) goes on"
        Terminal.note(
            "\(isInterrupted ? "interrupted; " : "")run \(id): \(counts.joined(separator: ", ")); \(way)")
    }

    /// The cause of an early stop, then interruption, then what is open or unknown, then what failed.
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
