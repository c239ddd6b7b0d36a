public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// What happens to a row of a run, as it happens. A request that is sent by itself is row 0.
public struct SessionEvent: Sendable {
    /// What happened.
    public enum Kind: Sendable {
        /// How far its images are made valid.
        case preparing(PreparationProgress)
        /// Its images are valid; of more inputs than one request takes, the first are dropped.
        case prepared([PreparedImage], dropped: [DroppedInput])
        /// Equal requests are saved already, the newest first; this one buys another image.
        case equalSaved([JobRecord])
        /// Jobs that belong to no run have its prompt and its inputs' names, the newest first.
        /// Nothing tells whether they were the same request; it is bought.
        case earlier([JobRecord])
        /// What happens to its request.
        case request(ClientEvent)
        /// It is done; its images are left out.
        case ended(RowOutcome)
    }

    /// Which row of this start it is, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// What happened.
    public var kind: Kind

    /// Makes an event.
    public init(index: Int, label: String, kind: Kind) {
        (self.index, self.label, self.kind) = (index, label, kind)
    }
}

/// Receives the events of one call of a session: the one stream of all that happens.
public struct SessionReporter: Sendable {
    private let receive: @Sendable (SessionEvent) -> Void
    private let end: @Sendable () -> Void

    /// Hands each event to a function, on the task that works: it should return soon. The events of
    /// one row come in order, and before the row's outcome.
    public init(_ receive: @escaping @Sendable (SessionEvent) -> Void) {
        self.receive = receive
        end = {}
    }

    private init(_ continuation: AsyncStream<SessionEvent>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Makes an asynchronous sequence of events, and the reporter that feeds it. The sequence ends
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

    /// Receives what happens to the request of one row.
    func client(_ index: Int, _ label: String) -> ClientReporter {
        let receive = receive
        return ClientReporter { receive(SessionEvent(index: index, label: label, kind: .request($0))) }
    }

    /// Receives how far the images of one row are.
    func preparation(_ index: Int, _ label: String) -> ProgressReporter {
        let receive = receive
        return ProgressReporter { receive(SessionEvent(index: index, label: label, kind: .preparing($0))) }
    }
}
