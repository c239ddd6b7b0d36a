/// A piece of work to measure, and its setup.
public struct Workload: Sendable {
    /// The unit of the work of one run.
    public enum Unit: Hashable, Sendable {
        /// The pixels of the source or the result, the larger of the two.
        case pixels
        /// The bytes read.
        case bytes
        /// Calls, which have no smaller unit.
        case calls
    }

    /// The name: lower case words, the stage first, so that a pattern such as `decode.*` selects a
    /// stage.
    public let name: String
    /// The unit of ``ReadyWorkload/amount``.
    public let unit: Unit
    /// Whether a run takes only microseconds, so that many runs have to be timed together.
    public let isBrief: Bool

    /// Makes the inputs in memory, and returns the work on them.
    ///
    /// Each benchmark runs in a separate process, so inputs are made only when they are needed.
    ///
    /// - Throws: ``WorkloadError``, or the errors of the stages.
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

/// A workload whose inputs are in memory.
public struct ReadyWorkload: Sendable {
    /// The amount of work of one run, in the workload's unit; 1 if the unit is calls.
    public let amount: Int
    /// Does the work once and discards the result.
    public let run: @Sendable () async throws -> Void

    init(amount: Int = 1, run: @escaping @Sendable () async throws -> Void) {
        self.amount = amount
        self.run = run
    }
}

/// The reason why a workload cannot be measured.
public enum WorkloadError: Error, Hashable, Sendable {
    /// A photograph of `fixtures/photos` has no metadata before its first table.
    case noMetadata(path: String)
    /// Preparation did not do what the workload's name says.
    case otherWork(expected: String, found: String)
}

extension WorkloadError: CustomStringConvertible {
    /// The expected and the found value, one line.
    public var description: String {
        switch self {
        case .noMetadata(let path): "\(path) has no metadata to copy"
        case .otherWork(let expected, let found): "expected the work to be \(expected), found \(found)"
        }
    }
}
