/// Work whose inputs are in memory.
public struct ReadyWorkload: Sendable {
    /// How much one run does, in the workload's unit; 1 where that is calls.
    public let amount: Int
    /// Does it once. The result is let go.
    public let run: @Sendable () async throws -> Void

    init(amount: Int = 1, run: @escaping @Sendable () async throws -> Void) {
        self.amount = amount
        self.run = run
    }
}
