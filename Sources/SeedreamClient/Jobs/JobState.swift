/// The state of a job in the ledger. Each job ends in exactly one of `saved`, `failed`, `cancelled`
/// and `unknown`.
public enum JobState: String, Hashable, Codable, Sendable, CaseIterable {
    /// About to be sent, or being sent when the process ended.
    case submitting
    /// The provider has accepted the job, which is being polled.
    case accepted
    /// The provider has generated the images; not all are saved yet.
    case finished
    /// The images are verified and saved.
    case saved
    /// The provider refused the request, or failed; there is nothing to download.
    case failed
    /// The provider was asked to cancel the job, and did.
    case cancelled
    /// The job may have been bought; the outcome is unknown.
    case unknown

    /// Whether the job stays in this state unless a person or another command acts on it.
    public var isFinal: Bool {
        switch self {
        case .submitting, .accepted, .finished: false
        case .saved, .failed, .cancelled, .unknown: true
        }
    }

    /// Returns whether a job may change from this state to another. Final states are left only if a
    /// result turns up late, or if saved files are missing or wanted in another folder.
    public func mayBecome(_ next: JobState) -> Bool {
        switch self {
        case .submitting: [.accepted, .finished, .failed, .unknown].contains(next)
        case .accepted: [.finished, .failed, .cancelled, .unknown].contains(next)
        case .finished: [.saved, .failed].contains(next)
        case .unknown: [.accepted, .finished, .failed].contains(next)
        case .saved: next == .finished
        case .failed, .cancelled: false
        }
    }
}

extension JobState {
    /// Returns the states that a job passes through from this one to another, including the last;
    /// `nil` if there is no path.
    func path(to end: JobState) -> [JobState]? {
        if self == end { return [end] }
        var ways: [[JobState]] = [[self]]
        var seen: Set<JobState> = [self]
        while !ways.isEmpty {
            let way = ways.removeFirst()
            for next in JobState.allCases
            where way[way.count - 1].mayBecome(next) && seen.insert(next).inserted {
                if next == end { return Array(way.dropFirst()) + [end] }
                ways.append(way + [next])
            }
        }
        return nil
    }
}
