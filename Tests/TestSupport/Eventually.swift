/// The error of an event that did not happen in time.
public struct NeverHappened: Error, CustomStringConvertible {
    var event: String
    var timeout: Duration
    /// The event and its timeout.
    public var description: String { "\(event): did not happen within \(timeout)" }
}

/// Waits for an event that can be polled but not awaited.
///
/// The condition is evaluated at once and then every 5 ms. The timeout only ends a test that hangs;
/// it is long, so that tests do not fail on a busy machine.
///
/// - Parameters:
///   - event: A short sentence, for the error.
///   - timeout: Default: 2 minutes.
/// - Throws: ``NeverHappened`` after the timeout; `CancellationError`; the condition's own errors.
public func eventually(
    _ event: String, within timeout: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(event: event, timeout: timeout) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
