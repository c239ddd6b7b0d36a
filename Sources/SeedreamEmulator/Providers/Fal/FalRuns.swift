/// Counts synchronous runs: beyond the account's limit they are refused, where queued requests wait.
actor FalRuns {
    private let limit: Int
    private var running = 0

    init(_ limit: Int) { self.limit = max(1, limit) }

    /// Whether one more may run. Those that a fault rule keeps hanging do not count, or all would be refused after them.
    func begin(_ request: EmulatedRequest) -> Bool {
        guard request.fate != .hangs else { return true }
        guard running < limit else { return false }
        running += 1
        return true
    }

    /// Makes room for another.
    func end(_ request: EmulatedRequest) {
        if request.fate != .hangs { running -= 1 }
    }
}
