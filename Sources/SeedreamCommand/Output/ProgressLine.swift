import ImagePreparation
import Platform
import SeedreamModel

/// The progress of preparation on one line of stderr, shown on a terminal only and from the first
/// second on.
enum ProgressLine {
    /// Shows `progress` until it ends, then clears the line.
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
            // A line that fills the terminal would wrap, and clearing it would leave the first
            // part.
            let room = (TerminalWidth.columns(of: STDERR_FILENO) ?? 80) - counts.count - 1
            let line = counts + state.name.visible.shortened(to: min(40, room))
            try? Terminal.write("\r\u{1B}[K\(line)", to: STDERR_FILENO)
        }
        if shown != nil { try? Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}
