/// Thrown when a request would go out short of an image. Names every input that failed.
public struct PreparationFailure: Error, Hashable, Sendable {
    /// At least one, in input order.
    public var inputs: [FailedInput]

    /// Makes a failure of at least one input.
    public init(inputs: [FailedInput]) { self.inputs = inputs }
}

extension PreparationFailure: CustomStringConvertible {
    /// One line for each input.
    public var description: String {
        inputs.map { "\($0.name): \($0.message)" }.joined(separator: "\n")
    }
}
