private import Synchronization

/// The progress of a preparation.
public struct PreparationProgress: Hashable, Sendable {
    /// The number of completed inputs, failed ones included.
    public var completed: Int
    /// The total number of inputs.
    public var total: Int
    /// The completed fraction of the work, 0 to 1, counted in rows within images.
    public var fraction: Double
    /// The name of the input that progressed last.
    public var name: String

    /// Creates a progress value.
    public init(completed: Int, total: Int, fraction: Double, name: String) {
        (self.completed, self.total, self.fraction, self.name) = (completed, total, fraction, name)
    }

    /// Creates an asynchronous sequence of progress and the reporter that feeds it.
    ///
    /// A slow reader sees only the newest value. The sequence ends when the reporter's preparation
    /// ends.
    public static func makeStream() -> (
        progress: AsyncStream<PreparationProgress>, reporter: ProgressReporter
    ) {
        let (stream, continuation) = AsyncStream<PreparationProgress>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        return (stream, ProgressReporter(continuation))
    }
}

/// Reports ``PreparationProgress`` to one stream. Use one reporter per preparation.
public final class ProgressReporter: Sendable {
    private struct State {
        var total = 0
        var completed = 0
        var fractions: [Int: Double] = [:]
    }

    private let state = Mutex(State())
    private let receive: @Sendable (PreparationProgress) -> Void
    private let end: @Sendable () -> Void

    init(_ continuation: AsyncStream<PreparationProgress>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Creates a reporter that calls a function with each value, on the working thread. The
    /// function must return at once.
    package init(_ receive: @escaping @Sendable (PreparationProgress) -> Void) {
        self.receive = receive
        end = {}
    }

    func begin(total: Int) { state.withLock { $0.total = total } }

    func update(index: Int, name: String, fraction: Double) {
        yield(name) { $0.fractions[index] = fraction }
    }

    func complete(index: Int, name: String) {
        yield(name) { state in
            state.fractions[index] = nil
            state.completed += 1
        }
    }

    func finish() { end() }

    private func yield(_ name: String, _ change: (inout State) -> Void) {
        let progress = state.withLock { state in
            change(&state)
            let done = Double(state.completed) + state.fractions.values.reduce(0, +)
            return PreparationProgress(
                completed: state.completed, total: state.total, fraction: done / Double(max(state.total, 1)),
                name: name)
        }
        receive(progress)
    }
}
