import HTTPTypes

extension APIClient {
    /// Sends the paid request. ``PaidRequest`` decides whether to send it again: only if the
    /// contract proves that the provider did not take it, or if the provider honors the idempotency
    /// key sent with it.
    ///
    /// If the task is cancelled during an attempt, the attempt gets ``grace`` seconds to be
    /// answered; no further attempt begins.
    ///
    /// - Parameters:
    ///   - idempotencyKey: Sent as `Idempotency-Key` if the provider supports it
    ///     (``ProviderLimits/honorsIdempotencyKeys``); otherwise omitted.
    ///   - readTimeout: The longest silence of the provider, in seconds.
    ///   - inlineImages: The number of images expected in the reply. They are written to files.
    ///     If `read` throws, the files are removed; otherwise `read` decides which to keep.
    ///   - read: Parses a reply. For an error status it throws the error from
    ///     ``Provider/failure(_:operation:)``.
    /// - Throws: ``ClientError``, whose purchase says what is known; the caller may resend only if
    ///   it is `notTaken`. `CancellationError` if the task was cancelled and the provider cannot
    ///   have taken the request.
    package func submit<Answer: Sendable>(
        _ request: APIRequest, idempotencyKey: String?, readTimeout: Double, inlineImages: Int,
        read: (HTTPReply) throws(ClientError) -> Answer
    ) async throws -> Answer {
        let honoredKey = provider.limits.honorsIdempotencyKeys ? idempotencyKey : nil
        var paid = PaidRequest(honorsKey: honoredKey != nil)
        var event = PaidRequest.Event.ready
        var result: Result<Answer, ClientError>?
        if Task.isCancelled { event = .cancelled }
        while true {
            switch paid.next(after: event) {
            case .send:
                let outgoing: OutgoingRequest
                do throws(ClientError) {
                    outgoing = try paidRequest(request, honoredKey, readTimeout, inlineImages)
                } catch {
                    guard paid.attempt > 1 else { throw error }
                    // The deadline has passed; the result of the previous attempt stands.
                    event = .exhausted
                    continue
                }
                // Allow one image even if none is expected: a paid reply must not be rejected for
                // containing one.
                let most = max(inlineImages, 1)
                let attempt = paid.attempt
                let outcome = await Self.withGrace(grace) {
                    await send(outgoing, for: request, attempt: attempt, inlineImages: most)
                }
                (event, result) = judge(outcome, of: request, read)
            case .wait(let cause, let retryAfter):
                do {
                    let isOver = try await backoff.wait(
                        after: paid.attempt, cause, retryAfter: retryAfter, by: deadline)
                    event = isOver ? .waited : .exhausted
                    if isOver, Task.isCancelled { event = .cancelled }
                } catch {
                    event = .cancelled
                }
            case .giveUp(let purchase): throw error(event, result, of: request, purchase)
            case .finish:
                if let answer = try result?.get() { return answer }
            }
        }
    }

    private func paidRequest(
        _ request: APIRequest, _ honoredKey: String?, _ readTimeout: Double, _ inlineImages: Int
    ) throws(ClientError) -> OutgoingRequest {
        var outgoing = try outgoing(request, readTimeout: readTimeout, inlineImages: inlineImages)
        outgoing.needsFreshConnection = true
        if let honoredKey, let name = HTTPField.Name("Idempotency-Key") {
            outgoing.head.headerFields[name] = honoredKey
        }
        return outgoing
    }

    /// Runs work that may continue for this many seconds after the task is cancelled.
    private static func withGrace<Value: Sendable>(
        _ seconds: Double, _ work: @escaping @Sendable () async -> Value
    ) async -> Value {
        guard seconds > 0 else { return await work() }
        let task = Task { await work() }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: .seconds(seconds))
                task.cancel()
            }
        }
    }

    /// Converts the outcome of an attempt to an event for ``PaidRequest``, along with its result.
    private func judge<Answer>(
        _ outcome: Outcome, of request: APIRequest, _ read: (HTTPReply) throws(ClientError) -> Answer
    ) -> (PaidRequest.Event, Result<Answer, ClientError>?) {
        switch outcome {
        case .reply(let reply):
            if reply.isSuccess { backoff.budget.giveBack() }
            do throws(ClientError) {
                if reply.isSuccess, reply.json == nil {
                    throw ClientError(
                        .badReply, request.operation, status: reply.status,
                        message: "expected JSON, found something else", purchase: .unknown)
                }
                return (.answered, .success(try read(reply)))
            } catch {
                reply.removeInline()
                return (event(of: error, in: reply), .failure(keeping(reply, error)))
            }
        case .transport(let error):
            return (
                .lost(mayHaveArrived: error.mayHaveArrived, passing: error.passing),
                .failure(failure(error, of: request, error.mayHaveArrived ? .unknown : .notTaken))
            )
        case .spool(let error): return (.notWritten, .failure(failure(error, of: request, .unknown)))
        case .cancelled: return (.interrupted, nil)
        }
    }

    /// Returns the event for an error reply. OneRouter reports 429 with HTTP 200.
    private func event(of error: ClientError, in reply: HTTPReply) -> PaidRequest.Event {
        if reply.status == 429 || error.category == .rateLimit && error.purchase == .notTaken {
            let wait = RetryAfter.seconds(in: reply.head.headerFields, now: backoff.now())
            return .throttled(retryAfter: wait ?? error.retryAfter)
        }
        if reply.isSuccess, error.category == .badReply { return .unreadable }
        return .failed(
            error.purchase, passing: Backoff.Cause(status: reply.status),
            retryAfter: RetryAfter.seconds(in: reply.head.headerFields, now: backoff.now()))
    }

    private func error<Answer>(
        _ event: PaidRequest.Event, _ result: Result<Answer, ClientError>?, of request: APIRequest,
        _ purchase: ClientError.Purchase
    ) -> any Error {
        let isCancelled = event == .cancelled || event == .interrupted
        if isCancelled, purchase == .notTaken { return CancellationError() }
        guard !isCancelled, case .failure(var error) = result else {
            return ClientError(
                .cancelled, request.operation, message: "cancelled after sending began",
                purchase: purchase)
        }
        error.purchase = purchase
        // Callers must not resend a request of unknown outcome automatically, so it is not
        // retryable.
        if purchase == .unknown, error.status == nil { error.isRetryable = false }
        return error
    }
}
