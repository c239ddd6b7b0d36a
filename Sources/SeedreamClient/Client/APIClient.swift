import HTTPTypes
package import Logging

/// Calls one host's API: adds the key where it may go, repeats what may be repeated, and tells what
/// became of a purchase.
package struct APIClient: APICaller {
    /// What a host sees of us.
    package static let userAgent = "seedreamkit/0.1.0"

    /// Whose words are spoken.
    package let provider: any Provider
    /// The account's key; `nil`: calls go without one.
    package let key: APIKey?
    /// Where the host is.
    package let context: RequestContext
    /// Carries the requests.
    package let transport: any HTTPTransport
    /// How often, and how much later.
    package let backoff: Backoff
    /// One line for each attempt.
    package let logger: Logger
    /// Where the pictures of inline results are put.
    package let spoolFolder: String
    /// The longest silence in calls that cost nothing, in seconds. 60 by default: `reliability.md`,
    /// section 3.
    package var readTimeout = 60.0
    /// When calls and the waits between them have to be over. A paid request that is under way gets
    /// what it needs all the same.
    package var deadline = Deadline.never
    /// Seconds that a paid request which is under way is given for its answer once the task is
    /// cancelled. 0 by default.
    package var grace = 0.0

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - backoff: Holds policy and budget; all clients of a host should share one budget.
    ///   - spoolFolder: For images that replies hold; made when it is needed.
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

    /// Whether a status may pass if the call is repeated. 501 will not.
    package static func isPassing(_ status: Int) -> Bool { Backoff.Cause(status: status) != nil }

    /// Sends a request that costs nothing; see ``call(_:inlinePictures:)``.
    package func call(_ request: APIRequest) async throws -> HTTPReply {
        try await call(request, inlinePictures: 0)
    }

    /// Sends a request that costs nothing, with retries, and returns the last reply, whatever its
    /// status.
    ///
    /// - Parameter inlinePictures: How many pictures the reply may hold; they are put into files,
    ///   which are the caller's to remove.
    /// - Throws: ``ClientError`` where no reply came; it says `notTaken`, as this call buys
    ///   nothing. `CancellationError`.
    package func call(_ request: APIRequest, inlinePictures: Int) async throws -> HTTPReply {
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let outgoing = try outgoing(request, readTimeout: readTimeout, inlinePictures: inlinePictures)
            switch await send(outgoing, for: request, attempt: attempt, inlinePictures: inlinePictures) {
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

    /// What came of an attempt.
    enum Outcome {
        case reply(HTTPReply)
        case transport(TransportError)
        case spool(SpoolError)
        case cancelled
    }

    func send(
        _ outgoing: OutgoingRequest, for request: APIRequest, attempt: Int, inlinePictures: Int
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
                spool: ReplyReader.Spool(folder: spoolFolder, pictures: inlinePictures), url: request.url,
                mask: mask)
            outcome = .reply(try await reader.read(reply))
        } catch let error as TransportError {
            // A host that has answered has been reached, whatever another transport says.
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

    /// What takes the key, and the token that a call carries in its place, out of all that comes
    /// back.
    private func mask(for outgoing: OutgoingRequest) -> KeyMask {
        let token = outgoing.head.headerFields[.authorization].flatMap { $0.split(separator: " ").last }
        return KeyMask([key?.secret, token.map(String.init)].compactMap(\.self))
    }

    /// The request with the key, where it may go, and its time-outs.
    func outgoing(_ request: APIRequest, readTimeout: Double, inlinePictures: Int) throws(ClientError)
        -> OutgoingRequest
    {
        guard let url = URLParts(request.url) else {
            throw ClientError(
                .badReply, request.operation,
                message: "expected an http or https URL to call, found something else", purchase: .notTaken)
        }
        if deadline.hasPassed {
            throw ClientError(
                .timeout, request.operation, message: "the time was up before it was sent",
                purchase: .notTaken)
        }
        var fields = request.fields
        fields[.userAgent] = Self.userAgent
        if fields[.accept] == nil { fields[.accept] = "application/json" }
        if request.isKeyed, let key {
            try checkKey(mayGoTo: url, of: request)
            provider.authorize(&fields, with: key, in: context)
        }
        // What takes longer than 10 kB/s would need, and 10 minutes for each image that comes back,
        // does not end any more.
        let longest = readTimeout + 60 + Double(request.body.length) / 10_000 + Double(inlinePictures) * 600
        let left = deadline.remaining.map {
            request.operation.kind.isPaid ? max($0, need(of: request)) : $0
        }
        return OutgoingRequest(
            head: url.head(request.method, fields), body: request.body, readTimeout: readTimeout,
            totalTimeout: left.map { min($0, longest) } ?? longest)
    }

    /// Seconds that a paid request gets whatever the deadline says, since its answer is all that
    /// tells what was bought: 25 where a job is put into a queue; 120 where the images are made
    /// meanwhile, twice what the slowest size takes; and the time that its body needs at 100 kB/s.
    /// Ours.
    private func need(of request: APIRequest) -> Double {
        let queues = provider.limits.hasJobs && request.operation.kind != .run
        return (queues ? 25 : 120) + Double(request.body.length) / 100_000
    }

    private func checkKey(mayGoTo url: URLParts, of request: APIRequest) throws(ClientError) {
        let problem: String
        if !context.endpoints.mayReceiveKey(request.url) {
            problem = "the key is not sent to \(url.origin), which is none of the API's addresses"
        } else if url.scheme == "http", !url.isLoopback {
            problem = "the key is not sent to \(url.origin) in the clear: use https"
        } else {
            return
        }
        throw ClientError(
            .credentials, request.operation, message: problem,
            purchase: .notTaken)
    }

    // MARK: - Again?

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

extension TransportError {
    /// Why the same request may fare better later; `nil` for what will be the same the next time.
    var passing: Backoff.Cause? {
        switch kind {
        case .tooLarge, .forbiddenAddress, .malformed: nil
        case .timeout: .timeout
        case .nameResolution, .connect, .tls, .proxy, .connectionLost: .failure
        }
    }
}
