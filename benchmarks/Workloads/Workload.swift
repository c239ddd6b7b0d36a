/// A piece of work to be measured, and the way to get ready for it.
public struct Workload: Sendable {
    /// What one run's amount of work is counted in.
    public enum Unit: Hashable, Sendable {
        /// Pixels of the larger of source and result.
        case pixels
        /// Bytes that are read.
        case bytes
        /// Calls; there is nothing to count within one.
        case calls
    }

    /// Lower case words, the stage first, so that a pattern like `decode.*` chooses a stage.
    public let name: String
    /// What ``ReadyWorkload/amount`` counts.
    public let unit: Unit
    /// Whether a run takes microseconds, so that many of them have to be timed together.
    public let isBrief: Bool

    /// Makes the inputs, in memory, and what runs over them.
    ///
    /// A benchmark is a process of its own, so nothing is made before it is needed.
    ///
    /// - Throws: ``WorkloadError``, or what the stages throw.
    public let setUp: @Sendable () async throws -> ReadyWorkload

    init(
        _ name: String, per unit: Unit, isBrief: Bool = false,
        setUp: @escaping @Sendable () async throws -> ReadyWorkload
    ) {
        self.name = name
        self.unit = unit
        self.isBrief = isBrief
        self.setUp = setUp
    }
}
