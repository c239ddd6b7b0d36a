public import SeedreamModel

/// A host has answered, and the ledger cannot be written: the one place where the job is known is
/// this value.
public struct UnrecordedJob: ErrorWithRemedy, Hashable, Sendable {
    /// As it would have been recorded.
    public var job: JobRecord
    /// Why it was not.
    public var reason: LedgerError

    /// Makes an error.
    public init(job: JobRecord, reason: LedgerError) {
        self.job = job
        self.reason = reason
    }
}

extension UnrecordedJob: CustomStringConvertible {
    /// One line, with the host's id of the request.
    public var description: String {
        let id = job.ticket?.requestID ?? job.result?.requestID
        let known =
            id.map { "request \($0) of \(job.provider.displayName)" }
            ?? "a request to \(job.provider.displayName)"
        return "\(known) is \(job.state.rawValue), and \(reason)"
    }

    /// What to do about it.
    public var remedy: Remedy {
        if let id = job.ticket?.requestID {
            return "free some space, then \(.result(requestID: id, provider: job.provider.rawValue))"
        }
        let places = (job.result?.images ?? []).map(\.location.text)
        if !places.isEmpty { return "fetch now what nothing else knows of: \(places.joined(separator: " "))" }
        return "it may have been bought: check the account before sending it again"
    }
}
