public import SeedreamModel

/// What became of one input.
public enum PreparationOutcome: Hashable, Sendable {
    /// It is ready to be sent.
    case prepared(PreparedImage)
    /// It cannot be prepared.
    case failed(FailedInput)
}
