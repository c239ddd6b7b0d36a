/// Receives events while a request is worked on, and hands them on as an asynchronous sequence.
public struct ClientReporter: Sendable {
    private let continuation: AsyncStream<ClientEvent>.Continuation

    /// Makes a reporter and the events that it hands on. None is lost; they are few.
    public static func makeStream() -> (events: AsyncStream<ClientEvent>, reporter: ClientReporter) {
        let (stream, continuation) = AsyncStream.makeStream(of: ClientEvent.self)
        return (stream, ClientReporter(continuation: continuation))
    }

    /// Hands an event on.
    public func report(_ event: ClientEvent) { continuation.yield(event) }

    /// Ends the sequence.
    public func finish() { continuation.finish() }
}
