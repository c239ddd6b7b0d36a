/// An event in the processing of a request.
public enum ClientEvent: Hashable, Sendable {
    /// The request was changed, or has an effect worth knowing.
    case warning(RequestWarning)
    /// The number of images uploaded so far.
    case uploaded(Int, of: Int)
    /// The account has as many requests in flight as it may have; this one waits.
    case waitingForSlot(limit: Int)
    /// The paid request is being sent, with a body of this many bytes.
    case submitting(bytes: Int)
    /// The provider has accepted the job.
    case accepted(requestID: String)
    /// The job is queued. The position counts from 0; `nil` if the provider does not report it.
    case queued(position: Int?)
    /// The images are being generated. Progress runs from 0 to 1; `nil` if the provider does not
    /// report it.
    case running(progress: Double?)
    /// A line of the provider's log.
    case log(String)
    /// The provider has generated this many images.
    case finished(images: Int)
    /// An image has been verified and saved.
    case saved(SavedFile)
}

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
