/// Receives the events of a request while it is processed.
public struct ClientReporter: Sendable {
    private let receive: @Sendable (ClientEvent) -> Void
    private let end: @Sendable () -> Void

    /// Creates a reporter that calls a function for each event, on the task that processes the
    /// request. The function should return quickly.
    public init(_ receive: @escaping @Sendable (ClientEvent) -> Void) {
        self.receive = receive
        end = {}
    }

    private init(_ continuation: AsyncStream<ClientEvent>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Creates a reporter and the stream of its events. The stream is unbounded, so no event is
    /// lost; there are few.
    public static func makeStream() -> (events: AsyncStream<ClientEvent>, reporter: ClientReporter) {
        let (stream, continuation) = AsyncStream.makeStream(of: ClientEvent.self)
        return (stream, ClientReporter(continuation))
    }

    /// Reports an event.
    public func report(_ event: ClientEvent) { receive(event) }

    /// Ends the stream.
    public func finish() { end() }
}
