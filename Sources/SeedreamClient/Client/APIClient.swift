import HTTPTypes
package import Logging

/// Calls the API of one provider: adds the key where the URL allows it, retries where that is safe,
/// and reports whether a paid request was taken.
package struct APIClient: APICaller {
    /// The provider, which defines requests and replies.
    package let provider: any Provider
    /// The account's key. If `nil`, calls are sent without one.
    package let key: APIKey?
    /// The provider's addresses and options.
    package let context: RequestContext
    /// The transport that carries the requests.
    package let transport: any HTTPTransport
    /// The retry policy, its budget, and its clock.
    package let backoff: Backoff
    /// Receives one line per attempt.
    package let logger: Logger
    /// The folder for images of inline results.
    package let spoolFolder: String
    /// The longest silence in free calls, in seconds. Default: 60 (our choice).
    package var readTimeout = 60.0
    /// The time by which calls and the waits between them must be over. A paid request gets the
    /// time it needs even past the deadline.
    package var deadline = Deadline.never
    /// The time a paid request in flight gets for its answer after the task is cancelled, in
    /// seconds. Default: 0.
    package var grace = 0.0

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - backoff: The retry policy and budget. All clients of a provider should share one budget.
    ///   - spoolFolder: The folder for images in replies; created when needed.
    package init(
        provider: any Provider, key: APIKey?, context: RequestContext, transport: any HTTPTransport,
        backoff: Backoff = Backoff(), logger: Logger = Logger(label: "seedream.client"), spoolFolder: String
    ) {
        self.provider = provider
        self.key = key
        self.context = context
        self.transport = transport
        self.backoff = backoff
        self.logger = logger
        self.spoolFolder = spoolFolder
    }

    /// Returns whether a call that failed with this status may succeed if repeated. 501 does not.
    package static func isPassing(_ status: Int) -> Bool { Backoff.Cause(status: status) != nil }

    /// Sends a free request; see ``call(_:inlineImages:)``.
    package func call(_ request: APIRequest) async throws -> HTTPReply {
        try await call(request, inlineImages: 0)
    }

    /// Sends a free request, with retries, and returns the last reply, including one with an error
    /// status.
    ///
    /// - Parameter inlineImages: The largest number of images in the reply. They are written to
    ///   files, which the caller must remove.
    /// - Throws: ``ClientError`` if no reply came, with purchase `notTaken`, as this call buys
    ///   nothing. `CancellationError`.
    package func call(_ request: APIRequest, inlineImages: Int) async throws -> HTTPReply {
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let outgoing = try outgoing(request, readTimeout: readTimeout, inlineImages: inlineImages)
            switch await send(outgoing, for: request, attempt: attempt, inlineImages: inlineImages) {
            case .reply(let reply):
                guard Self.isPassing(reply.status) else {
                    if reply.isSuccess { backoff.budget.giveBack() }
                    return reply
                }
                guard try await wait(after: attempt, reply) else { return reply }
            case .transport(let error):
                guard let cause = error.passing,
                    try await backoff.wait(after: attempt, cause, by: deadline)
                else { throw failure(error, of: request, .notTaken) }
            case .spool(let error): throw failure(error, of: request, .notTaken)
            case .cancelled: throw CancellationError()
            }
            attempt += 1
        }
    }

    // MARK: - One attempt

    /// The outcome of an attempt.
    enum Outcome {
        case reply(HTTPReply)
        case transport(TransportError)
        case spool(SpoolError)
        case cancelled
    }

    func send(
        _ outgoing: OutgoingRequest, for request: APIRequest, attempt: Int, inlineImages: Int
    ) async -> Outcome {
        let clock = ContinuousClock()
        let began = clock.now
        let mask = mask(for: outgoing)
        var outcome: Outcome
        var head: HTTPResponse?
        do {
            let reply = try await transport.send(outgoing)
            head = mask.masked(reply.head)
            let reader = ReplyReader(
                maximum: request.maximumReply,
                spool: ReplyReader.Spool(folder: spoolFolder, images: inlineImages), url: request.url,
                mask: mask)
            outcome = .reply(try await reader.read(reply))
        } catch let error as TransportError {
            // Once the reply's head has come, the request has arrived, even if the transport says
            // otherwise.
            var error = error
            error.message = mask.masked(error.message)
            if head != nil { error.mayHaveArrived = true }
            outcome = .transport(error)
        } catch let error as SpoolError {
            outcome = .spool(error)
        } catch is CancellationError {
            outcome = .cancelled
        } catch {
            outcome = .transport(
                TransportError(
                    .connectionLost, mayHaveArrived: true,
                    message: "the transport failed (\(type(of: error)))"))
        }
        if Task.isCancelled, case .transport(let error) = outcome, error.mayHaveArrived {
            outcome = .cancelled
        }
        log(outcome, head, of: request, attempt: attempt, after: began.duration(to: clock.now))
        return outcome
    }

    /// Returns a mask that hides the key, or the token that the call carries instead, in everything
    /// received.
    private func mask(for outgoing: OutgoingRequest) -> KeyMask {
        let token = outgoing.head.headerFields[.authorization].flatMap { $0.split(separator: " ").last }
        return KeyMask([key?.secret, token.map(String.init)].compactMap(\.self))
    }

    /// Returns the request with its timeouts, and with the key if the URL may receive it.
    func outgoing(_ request: APIRequest, readTimeout: Double, inlineImages: Int) throws(ClientError)
        -> OutgoingRequest
    {
        guard let url = URLParts(request.url) else {
            throw ClientError(
                .badReply, request.operation,
                message: "expected an http or https URL to call, found something else", purchase: .notTaken)
        }
        if deadline.hasPassed {
            throw ClientError(
                .timeout, request.operation, message: "the time limit passed before the request was sent",
                purchase: .notTaken)
        }
        var fields = request.fields
        fields[.userAgent] = OutgoingRequest.userAgent
        if fields[.accept] == nil { fields[.accept] = "application/json" }
        if request.isKeyed, let key {
            try checkKey(mayGoTo: url, of: request)
            provider.authorize(&fields, with: key, in: context)
        }
        // A call slower than 10 kB/s, plus 10 minutes for each image that comes back, is considered
        // hung.
        let longest = readTimeout + 60 + Double(request.body.length) / 10_000 + Double(inlineImages) * 600
        let left = deadline.remaining.map {
            request.operation.kind.isPaid ? max($0, need(of: request)) : $0
        }
        return OutgoingRequest(
            head: url.head(request.method, fields), body: request.body, readTimeout: readTimeout,
            totalTimeout: left.map { min($0, longest) } ?? longest)
    }

    /// Returns the seconds that a paid request gets regardless of the deadline, because only its
    /// answer tells whether it was bought: 25 if the provider queues jobs, 120 if it generates
    /// images during the request (twice the time of the slowest size), plus the time to send its
    /// body at 100 kB/s. Our values.
    private func need(of request: APIRequest) -> Double {
        let queues = provider.limits.hasJobs && request.operation.kind != .run
        return (queues ? 25 : 120) + Double(request.body.length) / 100_000
    }

    private func checkKey(mayGoTo url: URLParts, of request: APIRequest) throws(ClientError) {
        let problem: String
        if !context.endpoints.mayReceiveKey(request.url) {
            problem = "the key is not sent to \(url.origin), which is not an address of the API"
        } else if url.scheme == "http", !url.isLoopback {
            problem = "the key is not sent to \(url.origin) in the clear: use https"
        } else {
            return
        }
        throw ClientError(
            .credentials, request.operation, message: problem,
            purchase: .notTaken)
    }

    // MARK: - Retries and errors

    private func wait(after attempt: Int, _ reply: HTTPReply) async throws -> Bool {
        try await backoff.wait(
            after: attempt, Backoff.Cause(status: reply.status) ?? .failure,
            retryAfter: RetryAfter.seconds(in: reply.head.headerFields, now: backoff.now()), by: deadline)
    }

    func failure(
        _ error: TransportError, of request: APIRequest, _ purchase: ClientError.Purchase
    ) -> ClientError {
        ClientError(
            error, request.operation, purchase: purchase,
            isRetryable: purchase == .notTaken && error.passing != nil)
    }

    func failure(
        _ error: SpoolError, of request: APIRequest, _ purchase: ClientError.Purchase
    ) -> ClientError {
        ClientError(.result, request.operation, message: error.description, purchase: purchase)
    }
}

extension APIClient {
    /// Header fields that hold the provider's request ID: fal's, AIML's, the common one,
    /// Volcengine's.
    private static let requestIDs = ["x-fal-request-id", "x-inference-id", "x-request-id", "x-tt-logid"]

    /// Logs one line for an attempt. It never contains a body, a query, or a header field other
    /// than the request ID.
    func log(
        _ outcome: Outcome, _ head: HTTPResponse?, of request: APIRequest, attempt: Int, after time: Duration
    ) {
        var metadata: Logger.Metadata = [
            "operation": "\(request.operation)", "attempt": "\(attempt)",
            "ms": "\(Int((time / .milliseconds(1)).rounded()))",
        ]
        if let head {
            metadata["status"] = "\(head.status.code)"
            let id = Self.requestIDs.lazy
                .compactMap { HTTPField.Name($0).flatMap { head.headerFields[$0] } }.first
            if let id { metadata["request"] = "\(id.prefix(100))" }
        }
        switch outcome {
        case .reply(let reply):
            logger.log(level: reply.isSuccess ? .debug : .info, "answered", metadata: metadata)
        case .transport(let error):
            metadata["error"] = "\(error.message)"
            logger.info("failed", metadata: metadata)
        case .spool(let error):
            metadata["error"] = "\(error)"
            logger.info("failed", metadata: metadata)
        case .cancelled: logger.info("cancelled", metadata: metadata)
        }
    }
}

extension TransportError {
    /// The cause to retry for; `nil` if the request would fail the same way again.
    var passing: Backoff.Cause? {
        switch kind {
        case .tooLarge, .forbiddenAddress, .malformed: nil
        case .timeout: .timeout
        case .nameResolution, .connect, .tls, .proxy, .connectionLost: .failure
        }
    }
}
