package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SeedreamClient {
    /// How long after its first time a request is sent again under its idempotency key, in seconds.
    /// Apiframe knows a key for 24 hours (`docs.apiframe.ai`, idempotency); an hour of it is left
    /// for clocks that differ and for the request itself.
    private static let resendTime = 23 * 3600.0

    /// Whether the request of a job of unknown outcome may be sent again: under its idempotency key
    /// the provider makes it once, however often it arrives, and refuses another body under the
    /// same key.
    package func mayResend(_ job: JobRecord) -> Bool {
        host.limits.honorsIdempotencyKeys && job.provider == provider && job.idempotencyKey != nil
            && job.state == .unknown && job.ticket == nil && job.settlement == nil
            && Date().timeIntervalSince1970 - job.created < Self.resendTime
    }

    /// Sends the request of a job of unknown outcome again, under its idempotency key.
    ///
    /// - Parameters:
    ///   - request: What the job asked for.
    ///   - waits: Whether the result is waited for.
    /// - Returns: The job as it is now; `nil` where a living process works on it.
    /// - Throws: As ``submit(_:to:id:for:reportingTo:)``. An error says nothing of the first time:
    ///   the job stays `unknown`.
    package func resend(
        _ job: JobRecord, as request: GenerationRequest, waits: Bool, reportingTo reporter: ClientReporter?
    ) async throws -> JobRecord? {
        guard mayResend(job), let claimed = try await ledger.claim(job.id) else { return nil }
        do {
            let deadline = Deadline(after: configuration.jobTimeout)
            let api = try api(by: deadline, buying: true)
            let carried = try planner.routes(of: request)
            var draft = try host.draft(request, images: carried.map(\.preview), in: context)
            if let images = try await upload(carried, through: api, reporter) {
                draft = try host.draft(request, images: images, in: context)
            }
            let body = draft.body.body
            reporter?.report(.submitting(bytes: body.length))
            let answer = try await send(draft, body, claimed, through: api)
            let sent = try await answered(answer, claimed, reporter)
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
