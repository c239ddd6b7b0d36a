import HTTPTypes
package import Logging

/// Calls one host's API: adds the key where it may go, repeats what may be repeated, and tells what became of a purchase.
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
    /// The longest silence in calls that cost nothing, in seconds. 60 by default: `reliability.md`, section 3.
    package var readTimeout = 60.0

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
    package static func isPassing(_ status: Int) -> Bool {
        [408, 429, 500, 502, 503, 504].contains(status)
    }

    /// Sends a request that costs nothing; see ``call(_:inlinePictures:)``.
    package func call(_ request: APIRequest) async throws -> HTTPReply {
        try await call(request, inlinePictures: 0)
    }

    /// Sends a request that costs nothing, with retries, and returns the last reply, whatever its status.
    ///
    /// - Parameter inlinePictures: How many pictures the reply may hold; they are put into files, which are the caller's to remove.
    /// - Throws: ``ClientError`` where no reply came; it says `notTaken`, as this call buys nothing. `CancellationError`.
    package func call(_ request: APIRequest, inlinePictures: Int) async throws -> HTTPReply {
        let outgoing = try outgoing(request, readTimeout: readTimeout, inlinePictures: inlinePictures)
        var attempt = 1
        while true {
            try Task.checkCancellation()
            switch await send(outgoing, for: request, attempt: attempt, inlinePictures: inlinePictures) {
            case .reply(let reply):
                guard Self.isPassing(reply.status) else {
                    if reply.isSuccess { backoff.budget.giveBack() }
                    return reply
                }
                guard try await wait(after: attempt, reply) else { return reply }
            case .transport(let error):
                guard Self.isWorthRepeating(error), try await wait(after: attempt, error) else {
                    throw failure(error, of: request, .notTaken)
                }
            case .spool(let error): throw failure(error, of: request, .notTaken)
            case .cancelled: throw CancellationError()
            }
            attempt += 1
        }
    }

    /// Orders what a draft describes; see ``submit(_:idempotencyKey:readTimeout:inlinePictures:)``.
    package func submit(
        _ draft: RequestDraft, idempotencyKey: String?, readTimeout: Double
    ) async throws -> HTTPReply {
        var fields = draft.fields
        if fields[.contentType] == nil { fields[.contentType] = "application/json" }
        return try await submit(
            APIRequest(
                operation: draft.operation, method: .post, url: draft.url, fields: fields,
                body: draft.body.body),
            idempotencyKey: idempotencyKey, readTimeout: readTimeout,
            inlinePictures: draft.isInline ? draft.outputs.upperBound * provider.limits.inlineCopies : 0)
    }

    /// Sends the request that is paid for. It is sent again only where the contract proves that the host did not take it: no connection
    /// was given a byte, 429, or the host honours the idempotency key that goes along.
    ///
    /// - Parameters:
    ///   - idempotencyKey: Sent as `Idempotency-Key` where ``ProviderLimits/honorsIdempotencyKeys``, and left out elsewhere.
    ///   - readTimeout: The longest silence of the host, in seconds.
    ///   - inlinePictures: How many pictures the reply is expected to hold. They are put into files, which are the caller's to remove.
    /// - Returns: The reply, whatever its status; ``Provider/failure(_:operation:)`` knows what it means.
    /// - Throws: ``ClientError`` with the purchase `notTaken` where the host provably never got it, and `unknown` otherwise: nobody
    ///   may then send it again by himself. `CancellationError` if it was cancelled before anything was sent.
    package func submit(
        _ request: APIRequest, idempotencyKey: String?, readTimeout: Double, inlinePictures: Int
    ) async throws -> HTTPReply {
        let honoredKey = provider.limits.honorsIdempotencyKeys ? idempotencyKey : nil
        var outgoing = try outgoing(request, readTimeout: readTimeout, inlinePictures: inlinePictures)
        outgoing.needsFreshConnection = true
        if let honoredKey, let name = HTTPField.Name("Idempotency-Key") {
            outgoing.head.headerFields[name] = honoredKey
        }
        // Even where no picture is expected in the reply: one that is paid for is not refused for being there.
        let pictures = max(inlinePictures, 1)
        var mayBeTaken = false
        var attempt = 1
        while true {
            if Task.isCancelled { throw cancellation(of: request, mayBeTaken: mayBeTaken) }
            switch await send(outgoing, for: request, attempt: attempt, inlinePictures: pictures) {
            case .reply(let reply):
                if reply.isSuccess { backoff.budget.giveBack() }
                let isRefused = reply.status == 429
                let mayRepeat = isRefused || honoredKey != nil && Self.isPassing(reply.status)
                guard mayRepeat,
                    try await again(
                        request, mayBeTaken || !isRefused, { try await wait(after: attempt, reply) })
                else { return try judged(reply, of: request, mayBeTaken: mayBeTaken) }
                mayBeTaken = mayBeTaken || !isRefused
            case .transport(let error):
                mayBeTaken = mayBeTaken || error.mayHaveArrived
                let mayRepeat = !error.mayHaveArrived || honoredKey != nil
                guard mayRepeat, Self.isWorthRepeating(error),
                    try await again(request, mayBeTaken, { try await wait(after: attempt, error) })
                else { throw failure(error, of: request, mayBeTaken ? .unknown : .notTaken) }
            case .spool(let error): throw failure(error, of: request, .unknown)
            case .cancelled: throw cancellation(of: request, mayBeTaken: true)
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

    private func send(
        _ outgoing: OutgoingRequest, for request: APIRequest, attempt: Int, inlinePictures: Int
    ) async -> Outcome {
        let clock = ContinuousClock()
        let began = clock.now
        var outcome: Outcome
        var head: HTTPResponse?
        do {
            let reply = try await transport.send(outgoing)
            head = reply.head
            let reader = ReplyReader(
                maximum: request.maximumReply,
                spool: ReplyReader.Spool(folder: spoolFolder, pictures: inlinePictures))
            outcome = .reply(withoutKey(try await reader.read(reply)))
        } catch let error as TransportError {
            // A host that has answered has been reached, whatever another transport says.
            var error = error
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

    /// Hosts quote a wrong key in the refusal, which is shown and kept.
    private func withoutKey(_ reply: HTTPReply) -> HTTPReply {
        guard !reply.isSuccess, let key else { return reply }
        var text = String(decoding: reply.body, as: UTF8.self)
        let parts = [key.secret[...]] + key.secret.split(separator: ":").filter { $0.count >= 8 }
        guard parts.contains(where: { text.contains($0) }) else { return reply }
        for part in parts { text = text.replacing(part, with: "<key>") }
        var masked = reply
        masked.body = Array(text.utf8)
        return masked
    }

    private func outgoing(_ request: APIRequest, readTimeout: Double, inlinePictures: Int) throws(ClientError)
        -> OutgoingRequest
    {
        guard let url = URLParts(request.url) else {
            throw ClientError(
                .badReply, request.operation,
                message: "expected an http or https URL to call, found something else", purchase: .notTaken)
        }
        var fields = request.fields
        fields[.userAgent] = Self.userAgent
        if fields[.accept] == nil { fields[.accept] = "application/json" }
        if request.isKeyed, let key {
            try checkKey(mayGoTo: url, of: request)
            provider.authorize(&fields, with: key, in: context)
        }
        // What takes longer than 10 kB/s would need, and 10 minutes for each picture that comes back, does not end any more.
        let total = readTimeout + 60 + Double(request.body.length) / 10_000 + Double(inlinePictures) * 600
        return OutgoingRequest(
            head: url.head(request.method, fields), body: request.body, readTimeout: readTimeout,
            totalTimeout: total)
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

    /// What will be the same the next time is not repeated.
    private static func isWorthRepeating(_ error: TransportError) -> Bool {
        ![.tooLarge, .forbiddenAddress, .malformed].contains(error.kind)
    }

    private func wait(after attempt: Int, _ reply: HTTPReply) async throws -> Bool {
        try await backoff.wait(
            after: attempt,
            reply.status == 429 ? .throttled : [408, 504].contains(reply.status) ? .timeout : .failure,
            retryAfter: RetryAfter.seconds(in: reply.head.headerFields, now: backoff.now()))
    }

    private func wait(after attempt: Int, _ error: TransportError) async throws -> Bool {
        try await backoff.wait(after: attempt, error.kind == .timeout ? .timeout : .failure)
    }

    /// Waits; to be cancelled meanwhile is an unknown outcome only if an earlier attempt may have arrived.
    private func again(
        _ request: APIRequest, _ mayBeTaken: Bool, _ wait: () async throws -> Bool
    ) async throws -> Bool {
        do {
            return try await wait()
        } catch {
            throw cancellation(of: request, mayBeTaken: mayBeTaken)
        }
    }

    // MARK: - What it means

    /// A refusal says nothing about an earlier attempt that may have arrived, and what is no JSON nothing at all.
    private func judged(_ reply: HTTPReply, of request: APIRequest, mayBeTaken: Bool) throws -> HTTPReply {
        if reply.isSuccess {
            if reply.json != nil { return reply }
            throw ClientError(
                .badReply, request.operation, status: reply.status,
                message: "expected JSON, found something else", purchase: .unknown)
        }
        guard mayBeTaken else { return reply }
        var error = provider.failure(reply, operation: request.operation)
        error.purchase = .unknown
        throw error
    }

    private func failure(
        _ error: TransportError, of request: APIRequest, _ purchase: ClientError.Purchase
    ) -> ClientError {
        ClientError(
            error, request.operation, purchase: purchase,
            isRetryable: purchase == .notTaken && Self.isWorthRepeating(error))
    }

    private func failure(
        _ error: SpoolError, of request: APIRequest, _ purchase: ClientError.Purchase
    ) -> ClientError {
        ClientError(
            .result, request.operation, message: error.description,
            purchase: purchase)
    }

    private func cancellation(of request: APIRequest, mayBeTaken: Bool) -> any Error {
        guard mayBeTaken else { return CancellationError() }
        return ClientError(
            .cancelled, request.operation,
            message: "cancelled after the request was begun", purchase: .unknown)
    }
}
