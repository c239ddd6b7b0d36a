import AtomicFiles
import ImagePreparation
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One line on stderr that shows how far long work has come: on a terminal only, and only after a
/// second.
enum ProgressLine {
    /// Follows `progress` to its end, then clears the line.
    static func follow(_ progress: AsyncStream<PreparationProgress>) async {
        guard Terminal.isTerminal(STDERR_FILENO), Terminal.canMoveCursor else { return }
        let clock = ContinuousClock()
        let start = clock.now
        var shown: ContinuousClock.Instant?
        for await state in progress {
            let now = clock.now
            guard now - start > .seconds(1), shown.map({ now - $0 > .milliseconds(100) }) ?? true else {
                continue
            }
            shown = now
            let percent = "\(Int(state.fraction * 100))"
            let padded = String(repeating: " ", count: max(0, 3 - percent.count)) + percent
            let counts = "\(padded) %  \(state.completed) of \(state.total)  "
            // A line that is full would go on in the next one, and stay there.
            let room = (TerminalWidth.columns(of: STDERR_FILENO) ?? 80) - counts.count - 1
            let line = counts + state.name.visible.shortened(to: min(40, room))
            try? Terminal.write("\r\u{1B}[K\(line)", to: STDERR_FILENO)
        }
        if shown != nil { try? Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}
