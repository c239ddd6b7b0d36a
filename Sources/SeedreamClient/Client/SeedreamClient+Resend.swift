package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SeedreamClient {
    /// The time after a job's creation during which its request may be resent under its idempotency
    /// key, in seconds. Apiframe keeps a key for 24 hours (`docs.apiframe.ai`, idempotency); one
    /// hour is left for clock differences and for the request itself.
    private static let resendTime = 23 * 3600.0

    /// Returns whether the request of a job of unknown outcome may be resent. The provider runs a
    /// request with a known idempotency key only once, and refuses a different body under the same
    /// key.
    package func mayResend(_ job: JobRecord) -> Bool {
        providerAPI.limits.honorsIdempotencyKeys && job.provider == provider && job.idempotencyKey != nil
            && job.state == .unknown && job.ticket == nil && job.settlement == nil
            && Date().timeIntervalSince1970 - job.created < Self.resendTime
    }

    /// Resends the request of a job of unknown outcome under its idempotency key.
    ///
    /// - Parameters:
    ///   - request: The request that the job was created for.
    ///   - waits: Whether to wait for the result and save it.
    /// - Returns: The updated job; `nil` if another live process owns it, or if it may not be
    ///   resent.
    /// - Throws: The errors of ``submit(_:to:id:for:reportingTo:)``. An error says nothing about
    ///   the first attempt: the job stays `unknown`.
    package func resend(
        _ job: JobRecord, as request: GenerationRequest, waits: Bool, reportingTo reporter: ClientReporter?
    ) async throws -> JobRecord? {
        guard mayResend(job), JobsAtWork.begin(job.id, in: ledger) else { return nil }
        defer { JobsAtWork.end(job.id, in: ledger) }
        guard let claimed = try await ledger.claim(job.id) else { return nil }
        do {
            let deadline = Deadline(after: configuration.jobTimeout)
            let api = try api(by: deadline, buying: true)
            let deliveries = try planner.deliveries(of: request)
            var draft = try providerAPI.draft(request, images: deliveries.map(\.preview), in: context)
            if let images = try await upload(deliveries, through: api, reporter) {
                draft = try providerAPI.draft(request, images: images, in: context)
            }
            let body = draft.body.body
            reporter?.report(.submitting(bytes: body.length))
            let answer = try await send(draft, body, claimed, through: api)
            let sent = try await recordAnswer(answer, of: claimed, reporter)
            guard waits else {
                await release(job)
                return sent
            }
            return try await complete(sent, by: deadline, reportingTo: reporter)
        } catch {
            await release(job)
            guard var error = error as? ClientError, error.purchase == .notTaken else { throw error }
            error.purchase = .unknown
            throw error
        }
    }
}
