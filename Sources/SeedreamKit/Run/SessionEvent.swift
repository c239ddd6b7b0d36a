public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// An event of a row. A single request is row 0.
public struct SessionEvent: Sendable {
    /// The kind of event.
    public enum Kind: Sendable {
        /// The preparation of its images progressed.
        case preparing(PreparationProgress)
        /// Its images are prepared; the inputs beyond the number that one request takes were
        /// dropped from the front.
        case prepared([PreparedImage], dropped: [DroppedInput])
        /// Equal requests are already saved, the newest first; this one buys another image.
        case equalSaved([JobRecord])
        /// Jobs that belong to no run have the same prompt and names of inputs, the newest first.
        /// They do not record whether the requests were equal; the row is bought.
        case earlier([JobRecord])
        /// An event of its request.
        case request(ClientEvent)
        /// The row is done; the outcome does not include its images.
        case ended(RowOutcome)
    }

    /// The index of the row in this start, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// The kind of event.
    public var kind: Kind

    /// Makes an event.
    public init(index: Int, label: String, kind: Kind) {
        (self.index, self.label, self.kind) = (index, label, kind)
    }
}

/// Receives all events of one call of a session.
public struct SessionReporter: Sendable {
    private let receive: @Sendable (SessionEvent) -> Void
    private let end: @Sendable () -> Void

    /// Calls a function with each event, on the task that works: it should return soon. The events
    /// of one row arrive in order, and before the row's outcome.
    public init(_ receive: @escaping @Sendable (SessionEvent) -> Void) {
        self.receive = receive
        end = {}
    }

    private init(_ continuation: AsyncStream<SessionEvent>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Returns an asynchronous sequence of events and the reporter that feeds it. The sequence ends
    /// when the call returns.
    public static func makeStream() -> (events: AsyncStream<SessionEvent>, reporter: SessionReporter) {
        let (stream, continuation) = AsyncStream.makeStream(of: SessionEvent.self)
        return (stream, SessionReporter(continuation))
    }

    func report(_ event: SessionEvent) { receive(event) }

    func report(_ outcome: RowOutcome) {
        var outcome = outcome
        outcome.images = []
        receive(SessionEvent(index: outcome.index, label: outcome.label, kind: .ended(outcome)))
    }

    func finish() { end() }

    /// Returns a reporter for the request of one row.
    func client(_ index: Int, _ label: String) -> ClientReporter {
        let receive = receive
        return ClientReporter { receive(SessionEvent(index: index, label: label, kind: .request($0))) }
    }

    /// Returns a reporter for the preparation of one row.
    func preparation(_ index: Int, _ label: String) -> ProgressReporter {
        let receive = receive
        return ProgressReporter { receive(SessionEvent(index: index, label: label, kind: .preparing($0))) }
    }
}
