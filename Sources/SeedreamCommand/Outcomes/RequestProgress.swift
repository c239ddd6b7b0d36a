#if Client
import Platform
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// The progress of requests on stderr: notices, warnings and the provider's log as lines, and a
/// status line, redrawn on a terminal and repeated every 10 s elsewhere.
final class RequestProgress: Sendable {
    private struct State {
        /// The number of rows; `nil` if they come as a stream.
        var total: Int?
        var done = 0
        var failed = 0
        var money: [Price.Unit: Double] = [:]
        /// The state of each row in progress.
        var words: [Int: String] = [:]
        var logs: [Int: [String]] = [:]
        var isShown = false
        var shown: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let isTerminal: Bool
    private let isPlain: Bool
    private let showsLogs: Bool
    private let names: @Sendable (_ index: Int) -> String?
    /// The interval between status lines without a terminal. Our number.
    private static let pause = Duration.seconds(10)

    /// - Parameters:
    ///   - total: The number of rows; `nil` if they come as a stream.
    ///   - showsLogs: Whether to show the provider's log without a terminal too.
    ///   - names: Returns the name of a row for its notes; `nil` for a single row.
    init(
        rows total: Int?, form: ProgressForm = .auto, showsLogs: Bool = false,
        names: @escaping @Sendable (_ index: Int) -> String? = { _ in nil }
    ) {
        state = Mutex(State(total: total))
        isTerminal = form == .auto && Terminal.isTerminal(STDERR_FILENO) && Terminal.canMoveCursor
        isPlain = form != .none && !isTerminal && total != 1
        self.showsLogs = showsLogs || isTerminal
        self.names = names
        start = clock.now
        state.withLock { $0.shown = start }
    }

    /// Receives the events of a session.
    var reporter: SessionReporter { SessionReporter { [self] in receive($0) } }

    private func receive(_ event: SessionEvent) {
        let index = event.index
        switch event.kind {
        case .preparing(let progress):
            if progress.fraction < 1 { show("preparing \(Int(progress.fraction * 100)) %", index) }
        case .prepared(let images, let dropped):
            let records = images.map { ImageRecord($0, path: nil, includesDigest: false) }
            let report = PreparationReport(images: records, failed: [], dropped: dropped)
            guard !dropped.isEmpty || records.contains(where: { !$0.notices.isEmpty }) else { return }
            above { Diagnostics().notices(of: report) }
        case .equalSaved(let jobs): above { RunOutput.noteEqual(jobs) }
        case .earlier(let jobs): above { RunOutput.noteEarlier(jobs, event.label) }
        case .request(let event): receive(event, index)
        case .ended(let outcome): end(outcome)
        }
    }

    private func receive(_ event: ClientEvent, _ index: Int) {
        switch event {
        case .warning(let warning):
            above { Diagnostics().note("\(names(index).map { "\($0): " } ?? "")\(warning.message)") }
        case .log(let line):
            state.withLock { $0.logs[index, default: []].append(line) }
            if showsLogs { print(Style(descriptor: 2).dim("\(line.visible.shortened(to: 110))")) }
        case .uploaded(let done, let total): show("uploaded \(done) of \(total)", index)
        case .waitingForSlot(let limit): show("waiting for one of \(limit) requests in flight", index)
        case .submitting(let bytes): show("sending \(bytes.formattedBytes)", index)
        case .accepted: show("accepted", index)
        case .queued(let position): show(position.map { "queued, \($0) before it" } ?? "queued", index)
        case .running(let progress):
            show(progress.map { "generating \(Int($0 * 100)) %" } ?? "generating", index)
        case .finished(let images):
            show("fetching \(images) \(images == 1 ? "image" : "images")", index)
        case .saved(let file): show("saved \(file.path.visible.shortened(to: 50))", index)
        }
    }

    /// Prints the status line every 10 s even if nothing happens, unless it is redrawn on a
    /// terminal.
    ///
    /// - Returns: A task that runs until it is cancelled.
    func ticking() -> Task<Void, Never> {
        Task { [self] in
            while isPlain, (try? await Task.sleep(for: Self.pause)) != nil { show() }
        }
    }

    /// Removes and returns the lines of the provider's log for a row.
    func logs(_ index: Int) -> [String] { state.withLock { $0.logs.removeValue(forKey: index) ?? [] } }

    private func end(_ outcome: RowOutcome) {
        state.withLock { state in
            state.done += 1
            // Rows of a stream are not kept, so their logs are not either.
            if state.total == nil { state.logs[outcome.index] = nil }
            if outcome.isFailure { state.failed += 1 }
            if outcome.action == .sent || outcome.action == .resumed, let job = outcome.job,
                let cost = RowDocument.Cost(job)
            {
                state.money[cost.unit, default: 0] += cost.amount
            }
        }
        show(nil, outcome.index)
    }

    /// Prints a permanent line above the status line.
    func print(_ text: TerminalText) { above { Terminal.note(text) } }

    /// Erases the status line and runs `body`, while nothing else is written.
    private func above(_ body: () -> Void) {
        state.withLock { state in
            Self.erase(&state)
            body()
        }
    }

    /// - Parameter words: The state of the row; `nil` once it is done.
    private func show(_ words: String?, _ index: Int) {
        state.withLock { $0.words[index] = words }
        show()
    }

    private func show() {
        let now = clock.now
        state.withLock { state in
            let line = line(state, after: now - start)
            if isTerminal {
                state.isShown = true
                let width = max(20, (TerminalWidth.columns(of: STDERR_FILENO) ?? 80) - 1)
                try? Terminal.write("\r\u{1B}[K\(line.shortened(to: width))", to: STDERR_FILENO)
                return
            }
            // The ticking task may wake slightly early or late.
            guard isPlain, now - (state.shown ?? start) >= Self.pause - .milliseconds(100) else { return }
            state.shown = now
            Terminal.note(TerminalText(line))
        }
    }

    /// Returns the status line, the most important part first.
    private func line(_ state: State, after time: Duration) -> String {
        let current = state.words.sorted { $0.key < $1.key }.map(\.value)
        guard state.total != 1 else { return current.joined(separator: ", ") }
        var parts = [state.total.map { "\(state.done) of \($0) done" } ?? "\(state.done) done"]
        if state.failed > 0 { parts.append("\(state.failed) failed") }
        if !state.words.isEmpty { parts.append("\(state.words.count) open") }
        if let total = state.total, total > state.done + state.words.count {
            parts.append("\(total - state.done - state.words.count) waiting")
        }
        let seconds = Double(time.components.seconds)
        if state.done > 0, seconds >= 1 {
            let rate = Double(state.done) / seconds
            parts.append(rate >= 1 ? "\(rate.formattedShortly)/s" : "\((rate * 60).formattedShortly)/min")
            if let total = state.total, total > state.done {
                parts.append("\(Self.text(seconds: Double(total - state.done) / rate)) left")
            }
        }
        parts += state.money.sorted { $0.key.rawValue < $1.key.rawValue }.filter { $0.value > 0 }
            .map { "\($0.value.formattedAmount) \($0.key.rawValue)" }
        let words = current.isEmpty || !isTerminal ? "" : "; \(current.joined(separator: "; "))"
        return parts.joined(separator: ", ") + words
    }

    private static func text(seconds: Double) -> String {
        let seconds = Int(min(seconds, 360_000).rounded(.up))
        if seconds < 100 { return "\(seconds) s" }
        return seconds < 6000 ? "\((seconds + 59) / 60) min" : "\((seconds + 3599) / 3600) h"
    }

    /// Erases the status line.
    func clear() { state.withLock { Self.erase(&$0) } }

    private static func erase(_ state: inout State) {
        guard state.isShown else { return }
        state.isShown = false
        try? Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
#endif
