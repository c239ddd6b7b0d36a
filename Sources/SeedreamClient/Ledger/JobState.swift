/// Where a job of the ledger stands. Each ends in exactly one of `saved`, `failed`, `cancelled` and
/// `unknown`.
public enum JobState: String, Hashable, Codable, Sendable, CaseIterable {
    /// It is about to be sent, or was being sent when the process ended.
    case submitting
    /// The host has it, and is asked about it.
    case accepted
    /// The host has made the pictures, and they are not all here.
    case finished
    /// The pictures are on disk, checked.
    case saved
    /// The host refused it or failed; nothing is left to fetch.
    case failed
    /// The host was told to stop, and did.
    case cancelled
    /// It may have been bought, and nothing tells.
    case unknown

    /// Whether nothing more will happen to it by itself.
    public var isFinal: Bool {
        switch self {
        case .submitting, .accepted, .finished: false
        case .saved, .failed, .cancelled, .unknown: true
        }
    }

    /// Whether a job may go from this state to another. Nothing leaves a final state but a result
    /// that turns up after all, and one whose files are gone or wanted elsewhere.
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
    /// The states that a job passes through to come from this one to another, the last included;
    /// `nil` where there is no way.
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
