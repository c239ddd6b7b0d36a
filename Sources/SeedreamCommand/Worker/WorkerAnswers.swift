import Dispatch
import Platform
import SeedreamKit
import SeedreamModel
import Synchronization

/// The lines that a worker writes to standard output: one for each row, in the order of the rows or
/// as they end.
///
/// A row takes room before it is read and gives it back after its line is written, so that a slow
/// reader slows the worker down. A thread of its own waits for the reader.
final class WorkerAnswers: Sendable {
    private struct State {
        /// The number of rows that were begun.
        var begun = 0
        /// The number of the row whose line is next, if lines are in order.
        var next = 0
        /// Lines that wait for an earlier one, by number.
        var waiting: [Int: [UInt8]] = [:]
        /// The number of rows in each state.
        var counts: [RowState: Int] = [:]
        /// The numbers of rows that hold much memory.
        var large: Set<Int> = []
    }

    /// A row whose line of input is longer holds much memory. Our number.
    static let largeLine = 1 << 20
    /// The most such rows at once. Our number: each is up to 32 MiB of text.
    private static let maximumLarge = 2

    private let isOrdered: Bool
    private let stop: WorkerStop
    private let room: AsyncSemaphore
    private let roomForLarge = AsyncSemaphore(maximumLarge)
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "answers")

    /// - Parameter window: The most rows between reading and writing.
    init(isOrdered: Bool, window: Int, stop: WorkerStop) {
        (self.isOrdered, self.stop) = (isOrdered, stop)
        room = AsyncSemaphore(window)
    }

    /// The number of rows in each state, as answered.
    var counts: [RowState: Int] { state.withLock(\.counts) }

    /// Waits until another row may be read.
    ///
    /// - Returns: `false` if the task was cancelled.
    func waitForRoom() async -> Bool { await room.wait() }

    /// Gives back the room of a row that did not come.
    func giveBack() { room.signal() }

    /// Begins a row, and returns its number in the order of the input.
    ///
    /// - Parameter length: The length of its text, in bytes.
    func begin(length: Int) async -> Int {
        let isLarge = length > Self.largeLine ? await roomForLarge.wait() : false
        return state.withLock { state in
            defer { state.begun += 1 }
            if isLarge { state.large.insert(state.begun) }
            return state.begun
        }
    }

    /// Answers a row. Its line is written once all lines before it are, unless the order is free.
    func finish(_ number: Int, _ row: RowDocument) {
        let line = Array(row.jsonLine.utf8)
        // Under the lock, so that lines are queued in their order.
        state.withLock { state in
            state.counts[row.state, default: 0] += 1
            if state.large.remove(number) != nil { roomForLarge.signal() }
            guard isOrdered else { return write(line) }
            state.waiting[number] = line
            while let line = state.waiting.removeValue(forKey: state.next) {
                write(line)
                state.next += 1
            }
        }
    }

    private func write(_ line: [UInt8]) {
        queue.async {
            do throws(OutputError) {
                try Terminal.write(line, to: STDOUT_FILENO)
            } catch {
                self.stop.request(.output(errno: error.errno))
            }
            self.room.signal()
        }
    }

    /// Writes a last line, and waits until all lines are written.
    ///
    /// - Returns: Whether it was written.
    func end(_ line: TerminalText) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(OutputError) {
                    try Terminal.print(line)
                    continuation.resume(returning: true)
                } catch {
                    self.stop.request(.output(errno: error.errno))
                    continuation.resume(returning: false)
                }
            }
        }
    }
}
