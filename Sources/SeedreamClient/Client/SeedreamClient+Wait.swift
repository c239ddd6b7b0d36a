import SeedreamModel

extension SeedreamClient {
    /// Polls an accepted job until the provider has generated the images.
    ///
    /// A job in any other state is returned unchanged. A status call that fails temporarily, or
    /// whose reply cannot be read, is repeated, at most five times in a row.
    ///
    /// - Throws: ``ClientError``. If its purchase is `taken` and it is not final, the job stays
    ///   `accepted` and can be polled later; otherwise the job becomes `failed`, `cancelled` or
    ///   `unknown`. `CancellationError`: the job stays `accepted`, and the provider continues.
    public func wait(for job: JobRecord, reportingTo reporter: ClientReporter? = nil) async throws
        -> JobRecord
    {
        try await wait(for: job, by: Deadline(after: configuration.jobTimeout), reportingTo: reporter)
    }

    /// Polls as ``wait(for:reportingTo:)`` does, until the deadline.
    func wait(for job: JobRecord, by deadline: Deadline, reportingTo reporter: ClientReporter?) async throws
        -> JobRecord
    {
        guard job.state == .accepted, let ticket = job.ticket else { return job }
        let api = try api(by: deadline)
        var interval = configuration.pollInterval.lowerBound
        var failures = 0
        var asked = 0.0
        var shownLogs = 0
        var wantsLogs = reporter != nil && configuration.wantsLogs
        while !deadline.hasPassed {
            do {
                let status = try await status(
                    of: ticket, images: max(job.maximumOutputs, 1), withLogs: wantsLogs, through: api)
                // A completed job whose result fails makes no progress: keep the count.
                if case .completed = status.phase {} else { failures = 0 }
                for line in status.logs.dropFirst(shownLogs) { reporter?.report(.log(line)) }
                shownLogs = max(shownLogs, status.logs.count)
                switch status.phase {
                case .queued(let position): reporter?.report(.queued(position: position))
                case .running(let progress): reporter?.report(.running(progress: progress))
                case .other: reporter?.report(.running(progress: nil))
                case .completed(let included):
                    let made =
                        if let included { included } else {
                            try await result(of: ticket, images: max(job.maximumOutputs, 1), through: api)
                        }
                    return try await recordResult(made, of: job, reporter)
                case .failed(let error):
                    return try await recordResult(
                        try await result(of: ticket, failedWith: error, job.maximumOutputs, api), of: job,
                        reporter)
                case .cancelled: throw FinalError(error: cancelled(ticket))
                }
            } catch let end as FinalError {
                throw await recordFailure(of: job, end.error)
            } catch let error as ClientError
                where failures < 5 && error.mayPass || isTooNew(job, error)
            {
                failures += 1
                // Logs are only shown; a log that cannot be read must not keep the job from
                // finishing.
                if error.category == .badReply { wantsLogs = false }
                asked = min(error.retryAfter ?? 0, configuration.retry.maximumRetryAfter)
                if deadline.hasPassed { throw await recordUnanswered(job, error) }
            } catch let error as ClientError {
                throw await recordUnanswered(job, error)
            }
            let pause = max(interval, asked)
            try await Task.sleep(for: .seconds(deadline.limit(pause) ?? pause))
            asked = 0
            interval = min(interval * 1.5, configuration.pollInterval.upperBound)
        }
        throw await recordUnanswered(
            job,
            ClientError(
                .timeout, APIOperation(provider, .status),
                message:
                    "not finished within \(Self.text(configuration.jobTimeout)) s; \(provider.displayName) continues",
                requestID: ticket.requestID, purchase: .taken))
    }

    /// Returns whether a provider that answers "no such job" may not yet know a job it has just
    /// accepted.
    private func isTooNew(_ job: JobRecord, _ error: ClientError) -> Bool {
        error.category == .notFound && JobRecord.now - job.created < configuration.newJobPatience
    }

    /// Formats seconds, without a fraction if they are whole.
    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }

    /// An error that ends the job.
    private struct FinalError: Error {
        let error: ClientError

        init(error: ClientError) {
            var error = error
            error.isFinal = true
            self.error = error
        }
    }

    func cancelled(_ ticket: JobTicket) -> ClientError {
        ClientError(
            .cancelled, APIOperation(provider, .status),
            message: "the job was cancelled",
            requestID: ticket.requestID, purchase: .taken)
    }

    private func recordResult(_ made: GenerationResult, of job: JobRecord, _ reporter: ClientReporter?)
        async throws -> JobRecord
    {
        let result = bounded(made, for: job, reporter)
        let finished = try await update(job) {
            $0.state = .finished
            $0.result = result
            $0.error = nil
        }
        reporter?.report(.finished(images: result.images.count))
        return finished
    }

    /// Records an error of the provider on a job and returns the error to throw. The job stays
    /// open: it was accepted, and no answer to a status call undoes that. It becomes `unknown` only
    /// if the provider no longer knows it and, by its contract, no longer keeps its result.
    private func recordUnanswered(_ job: JobRecord, _ error: ClientError) async -> any Error {
        var error = error
        let lifetime = providerAPI.limits.resultLifetime ?? Self.assumedResultLifetime
        if error.category == .notFound, JobRecord.now - job.created > lifetime {
            error.purchase = .unknown
            return await recordFailure(of: job, error)
        }
        error.purchase = .taken
        let reason = error
        do {
            _ = try await update(job) { $0.error = reason }
        } catch {
            return error
        }
        return error
    }

    /// The time for which a result is assumed to be kept if the provider does not document it, in
    /// seconds: 30 days, as fal keeps requests (`docs/providers.md`, "fal: jobs and results").
    private static let assumedResultLifetime = 30 * 86_400.0

    /// Asks the provider for the status of a job.
    ///
    /// - Parameter images: The largest number of images in an answer that contains the result; 0
    ///   if they are not wanted.
    func status(
        of ticket: JobTicket, images: Int, withLogs: Bool, through api: APIClient
    ) async throws -> JobStatus {
        guard let request = providerAPI.statusRequest(for: ticket, withLogs: withLogs, in: context) else {
            return JobStatus(phase: .other("none"))
        }
        let reply = try await api.call(request, inlineImages: images)
        guard reply.isSuccess else { throw providerAPI.failure(reply, operation: request.operation) }
        do throws(ClientError) {
            let status = try providerAPI.status(in: reply)
            if case .completed(let result?) = status.phase {
                reply.removeInline(except: result)
            } else {
                reply.removeInline()
            }
            return status
        } catch {
            reply.removeInline()
            throw api.keeping(reply, error)
        }
    }

    /// Requests the result of a job whose status says that it failed. The result gives more detail,
    /// for example which input is to blame, and may even exist.
    ///
    /// - Throws: `FinalError`, with the error from the result, otherwise the one from the status.
    private func result(
        of ticket: JobTicket, failedWith error: ClientError, _ images: Int, _ api: APIClient
    ) async throws -> GenerationResult {
        var told = error
        if told.purchase == .unknown { told.purchase = .taken }
        guard providerAPI.resultRequest(for: ticket, in: context) != nil else {
            throw FinalError(error: told)
        }
        do {
            return try await result(of: ticket, images: max(images, 1), through: api)
        } catch let end as FinalError {
            throw end
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw FinalError(error: told)
        }
    }

    func result(of ticket: JobTicket, images: Int, through api: APIClient) async throws
        -> GenerationResult
    {
        guard let request = providerAPI.resultRequest(for: ticket, in: context) else {
            throw ClientError(
                .badReply, APIOperation(provider, .result),
                message: "the job is completed, but the provider returned no result",
                requestID: ticket.requestID, purchase: .taken)
        }
        let reply = try await api.call(request, inlineImages: images)
        if reply.isSuccess {
            do throws(ClientError) {
                let result = try providerAPI.result(in: reply)
                reply.removeInline(except: result)
                return result
            } catch {
                reply.removeInline()
                if error.isFinal { throw FinalError(error: error) }
                throw api.keeping(reply, error)
            }
        }
        // The status code of the result says how the model ended the job.
        let error = providerAPI.failure(reply, operation: request.operation)
        if error.isFinal { throw FinalError(error: error) }
        throw error
    }
}

extension ClientError {
    /// Whether the same question may be answered later.
    var mayPass: Bool {
        switch category {
        case .rateLimit, .transport, .badReply, .notFound, .timeout, .provider: true
        default: isRetryable
        }
    }
}
