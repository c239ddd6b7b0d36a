public import SeedreamModel

/// The error for a reply that could not be recorded in the ledger. Only this value identifies the
/// job.
public struct UnrecordedJob: ErrorWithRemedy, Hashable, Sendable {
    /// The job as it should have been recorded.
    public var job: JobRecord
    /// The reason why it was not recorded.
    public var reason: LedgerError

    /// Creates an error.
    public init(job: JobRecord, reason: LedgerError) {
        self.job = job
        self.reason = reason
    }
}

extension UnrecordedJob: CustomStringConvertible {
    /// The error on one line, with the provider's request ID.
    public var description: String {
        let id = job.providerRequestID
        let known =
            id.map { "request \($0) of \(job.provider.displayName)" }
            ?? "a request to \(job.provider.displayName)"
        return "\(known) is \(job.state.rawValue), and \(reason)"
    }

    /// The action that resolves the error.
    public var remedy: Remedy {
        if let id = job.ticket?.requestID {
            return "free some space, then \(.result(requestID: id, provider: job.provider.rawValue))"
        }
        let places = (job.result?.images ?? []).map(\.location.text)
        if !places.isEmpty {
            return
                "download the images now, nothing else records their URLs: \(places.joined(separator: " "))"
        }
        return "it may have been bought: check the account before sending it again"
    }
}
