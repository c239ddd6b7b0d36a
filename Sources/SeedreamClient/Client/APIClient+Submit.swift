import HTTPTypes

extension APIClient {
    /// Sends the request that is paid for. ``PaidRequest`` decides whether it is sent again: only
    /// where the contract proves that the provider did not take it, or where the provider honours
    /// the idempotency key that goes along.
    ///
    /// An attempt that is under way when the task is cancelled gets ``grace`` seconds for its
    /// answer; no other one begins.
    ///
    /// - Parameters:
    ///   - idempotencyKey: Sent as `Idempotency-Key` where
    ///     ``ProviderLimits/honorsIdempotencyKeys``, and left out elsewhere.
    ///   - readTimeout: The longest silence of the provider, in seconds.
    ///   - inlinePictures: How many images the reply is expected to hold. They are put into files;
    ///     those of a reply that `read` refuses
    ///     are removed, the others are `read`'s to keep or remove.
    ///   - read: What a reply says; for a reply that is no success it throws what
    ///     ``Provider/failure(_:operation:)`` makes of it.
    /// - Throws: ``ClientError`` whose purchase says what is known: only with `notTaken` may it be
    ///   sent again. `CancellationError` where it was cancelled and nothing can have been taken.
    package func submit<Answer: Sendable>(
        _ request: APIRequest, idempotencyKey: String?, readTimeout: Double, inlinePictures: Int,
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
                    outgoing = try paidRequest(request, honoredKey, readTimeout, inlinePictures)
                } catch {
                    guard paid.attempt > 1 else { throw error }
                    // The time is up, and what came of the attempt before holds.
                    event = .exhausted
                    continue
                }
                // Even where no image is expected in the reply: one that is paid for is not refused
                // for being there.
                let pictures = max(inlinePictures, 1)
                let attempt = paid.attempt
                let outcome = await Self.withGrace(grace) {
                    await send(outgoing, for: request, attempt: attempt, inlinePictures: pictures)
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
        _ request: APIRequest, _ honoredKey: String?, _ readTimeout: Double, _ inlinePictures: Int
    ) throws(ClientError) -> OutgoingRequest {
        var outgoing = try outgoing(request, readTimeout: readTimeout, inlinePictures: inlinePictures)
        outgoing.needsFreshConnection = true
        if let honoredKey, let name = HTTPField.Name("Idempotency-Key") {
            outgoing.head.headerFields[name] = honoredKey
        }
        return outgoing
    }

    /// Does work that goes on for so many seconds after the task is cancelled.
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

    /// What an attempt was, in the words of ``PaidRequest``, and what it gave.
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

    /// What a reply that is an error was. OneRouter says 429 with HTTP 200.
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
                .cancelled, request.operation, message: "cancelled after the request was begun",
                purchase: purchase)
        }
        error.purchase = purchase
        // What nobody may send again by himself is not called worth another try.
        if purchase == .unknown, error.status == nil { error.isRetryable = false }
        return error
    }
}
