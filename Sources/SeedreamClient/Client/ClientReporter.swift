/// Receives what happens to a request while it is worked on.
public struct ClientReporter: Sendable {
    private let receive: @Sendable (ClientEvent) -> Void
    private let end: @Sendable () -> Void

    /// Hands each event to a function, on the task that works on the request: it should return
    /// soon.
    public init(_ receive: @escaping @Sendable (ClientEvent) -> Void) {
        self.receive = receive
        end = {}
    }

    private init(_ continuation: AsyncStream<ClientEvent>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Makes a reporter and the events that it hands on. None is lost; they are few.
    public static func makeStream() -> (events: AsyncStream<ClientEvent>, reporter: ClientReporter) {
        let (stream, continuation) = AsyncStream.makeStream(of: ClientEvent.self)
        return (stream, ClientReporter(continuation))
    }

    /// Hands an event on.
    public func report(_ event: ClientEvent) { receive(event) }

    /// Ends the sequence.
    public func finish() { end() }
}
