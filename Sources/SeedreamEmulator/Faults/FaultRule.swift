/// When a fault happens: to which operation, how often, how likely.
///
/// As JSON, the fault's parameters stand beside the rule's:
/// `{"operation":"fal.submit","fault":"status","status":429, "retryAfter":"2","count":2}`. Unknown
/// members are refused, so that a misspelt one is no silent promise.
public struct FaultRule: Hashable, Sendable {
    /// `"fal.submit"`, `"fal.*"`, `"*.download"` or `"*"`.
    public var operation: String
    /// What goes wrong.
    public var fault: Fault
    /// So many matching requests go by first. 0 by default.
    public var skip = 0
    /// Then so many are struck; all of them when `nil`, the default.
    public var count: Int?
    /// The chance that a request, once its turn has come, is struck: 0 to 1, 1 by default. What is
    /// spared does not count.
    public var probability = 1.0
    /// Only requests whose prompt contains this; any when `nil`, the default.
    public var prompt: String?

    /// Makes a rule.
    public init(
        _ operation: String, _ fault: Fault, skip: Int = 0, count: Int? = nil, probability: Double = 1,
        prompt: String? = nil
    ) {
        self.operation = operation
        self.fault = fault
        self.skip = skip
        self.count = count
        self.probability = probability
        self.prompt = prompt
    }

    /// Whether the rule speaks of an operation.
    func covers(_ name: String) -> Bool {
        let pattern = operation.split(separator: ".")
        let parts = name.split(separator: ".")
        if pattern == ["*"] { return true }
        return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
    }
}
