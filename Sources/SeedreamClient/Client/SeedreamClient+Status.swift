import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SeedreamClient {
    /// Asks the provider once for the status of a job. Changes nothing.
    ///
    /// - Throws: ``KeyError``, ``ClientError``.
    public func status(of job: JobRecord) async throws -> JobStatus {
        guard let ticket = job.ticket else { throw noTicket(job) }
        return try await status(
            of: ticket, images: 0, withLogs: true,
            through: try api(by: Deadline(after: configuration.jobTimeout)))
    }

    /// Asks the provider to cancel a job. Records the cancellation if the provider confirms at once
    /// that the job has stopped.
    ///
    /// - Throws: ``KeyError``, ``ClientError``.
    public func cancel(_ job: JobRecord) async throws -> CancellationOutcome {
        guard let ticket = job.ticket else { throw noTicket(job) }
        guard let request = providerAPI.cancelRequest(for: ticket, in: context) else { return .notPossible }
        let api = try api(by: Deadline(after: configuration.jobTimeout))
        let outcome = try providerAPI.cancellation(in: try await api.call(request))
        guard job.state == .accepted,
            let status = try? await status(of: ticket, images: 0, withLogs: false, through: api)
        else {
            return outcome
        }
        switch status.phase {
        case .cancelled:
            _ = await recordFailure(of: job, cancelled(ticket))
            return .requested
        case .failed(var error) where error.category == .cancelled:
            error.purchase = .taken
            _ = await recordFailure(of: job, error)
            return .requested
        default: return outcome
        }
    }

    /// Adds a job to the ledger of which only the provider's request ID is known, so that it can be
    /// waited for.
    ///
    /// - Throws: ``RequestError`` if the provider has no jobs; ``ClientError`` if the provider does
    ///   not know the request; ``LedgerError``.
    public func adopt(requestID: String, model: String? = nil, to destination: Destination) async throws
        -> JobRecord
    {
        var job = try unrecordedJob(requestID: requestID, model: model)
        job.destination = destination.absolute
        job.account = JobSlot.account(
            provider, baseURL: configuration.baseURL, key: try keys.key(for: provider).secret)
        // A mistyped ID must not become a job.
        do {
            _ = try await status(of: job)
        } catch var error as ClientError {
            if error.category == .notFound { error.purchase = .notTaken }
            throw error
        }
        try await ledger.insert(job)
        return job
    }

    /// Returns a job for a known request ID, to poll it. The job is not in the ledger.
    ///
    /// - Parameters:
    ///   - requestID: The provider's request ID.
    ///   - model: The provider's model ID. Default: the model for edits.
    /// - Throws: ``RequestError`` if the provider has no jobs.
    public func unrecordedJob(requestID: String, model: String? = nil) throws(RequestError) -> JobRecord {
        guard providerAPI.limits.hasJobs else {
            throw RequestError(
                field: "request", message: "\(provider.displayName) has no jobs to query",
                hint: "its results come in the reply")
        }
        // An ID is taken as it is, also one for text-to-image.
        let model =
            model.map { configuration.models.entry($0, at: provider)?.ids.first ?? $0 }
            ?? planner.limits.editModel
        var job = JobRecord(
            id: Self.newJobID(), provider: provider, baseURL: configuration.baseURL, model: model,
            operation: .edit,
            prompt: "", created: Date().timeIntervalSince1970, inputs: [],
            maximumOutputs: planner.limits(of: model).largestResult)
        job.state = .accepted
        job.ticket = JobTicket(requestID: requestID, model: model)
        return job
    }

    private func noTicket(_ job: JobRecord) -> ClientError {
        ClientError(
            .notFound, APIOperation(provider, .status),
            message: "the provider returned no request ID for the job",
            purchase: job.state == .unknown ? .unknown : .notTaken)
    }
}
