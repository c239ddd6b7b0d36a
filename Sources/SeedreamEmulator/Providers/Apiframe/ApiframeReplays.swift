#if canImport(FoundationEssentials)
import struct FoundationEssentials.UUID
#else
import struct Foundation.UUID
#endif

/// The idempotency keys of the last 24 hours, with the jobs they created.
actor ApiframeReplays {
    /// The outcome of a request with a key.
    enum Outcome: Sendable {
        /// The request is the first with its key, and has been accepted as this job.
        case accepted(String)
        /// The same request was accepted earlier, as this job.
        case replayed(String)
        /// The key was sent earlier with another body.
        case conflict
        /// The request, or an identical one sent at the same time, cannot be accepted.
        case refused(ApiframeError)
    }

    private struct Name: Hashable {
        var owner: String
        var key: String
    }

    private struct Entry {
        var id: UUID
        var body: String
        /// The time of the request, in seconds since 1970.
        var since: Double
        var acceptance: Task<Result<String, ApiframeError>, Never>
    }

    private var entries: [Name: Entry] = [:]
    private let clock: EmulatorClock
    /// The lifetime of a key in seconds: the documented 24 hours.
    private static let lifetime = 86_400.0

    init(clock: EmulatorClock) { self.clock = clock }

    /// Accepts a request unless one with the same key has already been accepted.
    ///
    /// - Parameters:
    ///   - owner: The owner of the key: the same key from two accounts counts as two.
    ///   - body: A digest of the request's body.
    ///   - accept: Creates the job and returns its ID. Requests that arrive meanwhile wait for it.
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
            // A refusal creates no job, so the next request with this key may try again.
            if entries[name]?.id == entry.id { entries[name] = nil }
            return .refused(error)
        }
    }
}
