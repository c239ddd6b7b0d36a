/// When something has to be over. One deadline is handed down to every call, wait and transfer that
/// belongs to it.
package struct Deadline: Hashable, Sendable {
    /// `nil`: there is none.
    package let instant: ContinuousClock.Instant?

    /// No deadline.
    package static let never = Deadline(nil)

    private init(_ instant: ContinuousClock.Instant?) { self.instant = instant }

    /// A deadline so many seconds from now.
    package init(after seconds: Double) {
        self.init(ContinuousClock.now + .seconds(max(0, min(seconds, 1e9))))
    }

    /// Seconds that are left, 0 once it has passed; `nil` without a deadline.
    package var remaining: Double? {
        instant.map { max(0, ContinuousClock.now.duration(to: $0) / .seconds(1)) }
    }

    /// Whether it has passed.
    package var hasPassed: Bool { instant.map { $0 <= .now } ?? false }

    /// The smaller of a time-out and what is left, in seconds; `nil` where there is neither.
    package func limit(_ timeout: Double?) -> Double? {
        guard let remaining else { return timeout }
        return timeout.map { min($0, remaining) } ?? remaining
    }

    /// The earlier of two deadlines.
    package func sooner(_ other: Deadline) -> Deadline {
        guard let instant, let others = other.instant else { return instant == nil ? other : self }
        return instant <= others ? self : other
    }
}

extension Deadline {
    /// Runs `body`, and cancels it when the deadline passes.
    ///
    /// - Throws: What `body` throws; `error` once the deadline has passed, as soon as `body` has
    ///   taken notice.
    package func enforced<Value: Sendable>(
        throwing error: any Error, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let instant else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(until: instant, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw error }
            return value
        }
    }
}
