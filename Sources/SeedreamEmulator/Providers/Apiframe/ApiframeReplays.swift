#if canImport(FoundationEssentials)
import struct FoundationEssentials.UUID
#else
import struct Foundation.UUID
#endif

/// The idempotency keys of the last 24 hours, and the jobs that they have led to.
actor ApiframeReplays {
    /// What has become of a request with a key.
    enum Outcome: Sendable {
        /// It is the first with its key, and has been accepted as this job.
        case accepted(String)
        /// The same request has been accepted before, as this job.
        case replayed(String)
        /// Another body has been sent with the key before.
        case conflict
        /// It cannot be accepted, nor could one that has come at the same time.
        case refused(ApiframeError)
    }

    private struct Name: Hashable {
        var owner: String
        var key: String
    }

    private struct Entry {
        var id: UUID
        var body: String
        /// In seconds since 1970.
        var since: Double
        var acceptance: Task<Result<String, ApiframeError>, Never>
    }

    private var entries: [Name: Entry] = [:]
    private let clock: EmulatorClock
    /// Seconds: the documented 24 h.
    private static let lifetime = 86_400.0

    init(clock: EmulatorClock) { self.clock = clock }

    /// Accepts a request unless one with its key has been accepted.
    ///
    /// - Parameters:
    ///   - owner: Whose key it is: the same words from two accounts are two keys.
    ///   - body: A digest of the request's body.
    ///   - accept: Gives the id of the new job. Requests that come meanwhile wait for it.
    func accept(
        owner: String, key: String, body: String,
        _ accept: @escaping @Sendable () async -> Result<String, ApiframeError>
    ) async -> Outcome {
        let name = Name(owner: owner, key: key)
        if let entry = entries[name], clock.now - entry.since < Self.lifetime {
            guard entry.body == body else { return .conflict }
            switch await entry.acceptance.value {
            case .success(let id): return .replayed(id)
            case .failure(let error): return .refused(error)
            }
        }
        let entry = Entry(id: UUID(), body: body, since: clock.now, acceptance: Task { await accept() })
        entries[name] = entry
        switch await entry.acceptance.value {
        case .success(let id): return .accepted(id)
        case .failure(let error):
            // A refusal is no job: the next one with this key may try again.
            if entries[name]?.id == entry.id { entries[name] = nil }
            return .refused(error)
        }
    }
}
