/// Counts synchronous runs: beyond the account's limit they are refused, where queued requests
/// wait.
actor FalRuns {
    private let limit: Int?
    private var running = 0

    /// - Parameter limit: `nil` for none.
    init(_ limit: Int?) { self.limit = limit }

    /// Whether one more may run. Those that a fault rule keeps hanging do not count, or all would
    /// be refused after them.
    func begin(_ request: EmulatedRequest) -> Bool {
        guard request.fate != .hangs else { return true }
        guard running < limit ?? .max else { return false }
        running += 1
        return true
    }

    /// Makes room for another.
    func end(_ request: EmulatedRequest) {
        if request.fate != .hangs { running -= 1 }
    }
}
