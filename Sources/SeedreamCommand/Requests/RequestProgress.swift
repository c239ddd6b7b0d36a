#if Client
import SeedreamClient
import SeedreamModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What happens to requests, on stderr: warnings and the host's log as lines, and on a terminal one line that shows where it stands.
final class RequestProgress: Sendable {
    private struct State {
        var total: Int
        var done = 0
        var words: [Int: String] = [:]
        var isShown = false
    }

    private let state: Mutex<State>
    private let isTerminal = Terminal.isTerminal(STDERR_FILENO)

    private let showsLogs: Bool

    /// - Parameter showsLogs: Whether the host's log is shown even where nobody watches.
    init(requests total: Int, showsLogs: Bool = false) {
        state = Mutex(State(total: total))
        self.showsLogs = showsLogs || isTerminal
    }

    /// Follows one request to its end.
    ///
    /// - Returns: The lines of the host's log.
    func follow(_ events: AsyncStream<ClientEvent>, index: Int, name: String?) async -> [String] {
        var logs: [String] = []
        for await event in events {
            switch event {
            case .warning(let warning): note("\(name.map { "\($0): " } ?? "")\(warning.message)")
            case .log(let line):
                logs.append(line)
                if showsLogs { say(Style(descriptor: 2).dim("\(line.visible.shortened(to: 110))")) }
            case .uploaded(let done, let total): show("uploaded \(done) of \(total)", index)
            case .submitting(let bytes): show("sending \(bytes.formattedBytes)", index)
            case .accepted: show("accepted", index)
            case .queued(let position): show(position.map { "queued, \($0) before it" } ?? "queued", index)
            case .running(let progress):
                show(progress.map { "generating \(Int($0 * 100)) %" } ?? "generating", index)
            case .finished(let images):
                show("fetching \(images) \(images == 1 ? "picture" : "pictures")", index)
            case .saved(let file): show("saved \(file.path.visible.shortened(to: 50))", index)
            }
        }
        state.withLock {
            $0.words[index] = nil
            $0.done += 1
        }
        return logs
    }

    /// Counts a request that nothing happened to, and says so for good, above the line.
    ///
    /// - Parameter isFollowed: Whether its events were followed, so that it is counted.
    func end(_ text: TerminalText?, isFollowed: Bool) {
        if !isFollowed { state.withLock { $0.done += 1 } }
        if let text { say(text) }
    }

    /// Says something for good, above the line.
    private func note(_ text: String) {
        clear()
        Diagnostics().note(text)
    }

    private func say(_ text: TerminalText) {
        clear()
        Terminal.note(text)
    }

    private func show(_ words: String, _ index: Int) {
        let line = state.withLock { state -> String? in
            state.words[index] = words
            guard isTerminal else { return nil }
            state.isShown = true
            let current = state.words.sorted { $0.key < $1.key }.map(\.value)
            return state.total == 1
                ? current.joined(separator: ", ")
                : "\(state.done) of \(state.total) done; \(current.joined(separator: "; "))"
        }
        if let line { try? Terminal.write("\r\u{1B}[K\(line.shortened(to: 100))", to: STDERR_FILENO) }
    }

    /// Takes the line away.
    func clear() {
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { try? Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}
#endif
