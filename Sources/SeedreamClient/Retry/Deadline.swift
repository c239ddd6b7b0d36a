/// The time by which an operation must end. One deadline is passed to all its calls, waits and
/// transfers.
package struct Deadline: Hashable, Sendable {
    /// The time; `nil` if there is no deadline.
    package let instant: ContinuousClock.Instant?

    /// No deadline.
    package static let never = Deadline(nil)

    private init(_ instant: ContinuousClock.Instant?) { self.instant = instant }

    /// Creates a deadline a number of seconds from now.
    package init(after seconds: Double) {
        self.init(ContinuousClock.now + .seconds(max(0, min(seconds, 1e9))))
    }

    /// The time left in seconds, 0 once the deadline has passed; `nil` without a deadline.
    package var remaining: Double? {
        instant.map { max(0, ContinuousClock.now.duration(to: $0) / .seconds(1)) }
    }

    /// Whether the deadline has passed.
    package var hasPassed: Bool { instant.map { $0 <= .now } ?? false }

    /// Returns the timeout or the time left, whichever is shorter, in seconds; `nil` if both are
    /// missing.
    package func limit(_ timeout: Double?) -> Double? {
        guard let remaining else { return timeout }
        return timeout.map { min($0, remaining) } ?? remaining
    }

    /// Returns the earlier of two deadlines.
    package func sooner(_ other: Deadline) -> Deadline {
        guard let instant, let others = other.instant else { return instant == nil ? other : self }
        return instant <= others ? self : other
    }
}

extension Deadline {
    /// Runs `body` and cancels it when the deadline passes.
    ///
    /// - Throws: The error of `body`; `error` if the deadline has passed, once `body` has reacted
    ///   to the cancellation.
    package func enforced<Value: Sendable>(
        throwing error: any Error, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let instant else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Self.sleep(until: instant)
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw error }
            return value
        }
    }

    /// The longest single sleep. Ours.
    private static let step = Duration.seconds(5)

    /// Sleeps until a time in short steps. Swift's runtime keeps a cancelled sleep, about 0.7 kB,
    /// until its time has come, and nearly every deadline is cancelled.
    ///
    /// - Throws: `CancellationError`.
    package static func sleep(until instant: ContinuousClock.Instant) async throws {
        while true {
            let left = ContinuousClock.now.duration(to: instant)
            guard left > .zero else { return }
            try await Task.sleep(for: min(left, step))
        }
    }
}
