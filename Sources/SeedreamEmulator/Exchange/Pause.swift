/// Waiting for a time that someone else has chosen: a header, a fault rule, a setting.
enum Pause {
    /// A year, in seconds: longer than anyone waits, and within what a `Duration` counts.
    private static let longest = 365.0 * 86_400

    /// Waits; not at all for what is below zero or no number.
    ///
    /// - Throws: `CancellationError`.
    static func sleep(seconds: Double) async throws {
        let bounded = seconds.isNaN ? 0 : min(max(0, seconds), longest)
        try await Task.sleep(for: .seconds(bounded))
    }
}
