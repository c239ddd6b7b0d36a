/// How far a preparation has come.
public struct PreparationProgress: Hashable, Sendable {
    /// Inputs that are done, failed ones included.
    public var completed: Int
    /// Inputs in all.
    public var total: Int
    /// The part of the whole work that is done, 0 to 1; counts rows inside pictures.
    public var fraction: Double
    /// The input that moved last.
    public var name: String

    /// Makes a state of progress.
    public init(completed: Int, total: Int, fraction: Double, name: String) {
        (self.completed, self.total, self.fraction, self.name) = (completed, total, fraction, name)
    }

    /// Makes an asynchronous sequence of progress and the reporter that feeds it.
    ///
    /// A slow reader sees the newest state only. The sequence ends when the reporter's preparation
    /// does.
    public static func makeStream() -> (
        progress: AsyncStream<PreparationProgress>, reporter: ProgressReporter
    ) {
        let (stream, continuation) = AsyncStream<PreparationProgress>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        return (stream, ProgressReporter(continuation))
    }
}
