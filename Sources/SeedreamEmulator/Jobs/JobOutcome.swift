import SeedreamModel

/// What a job or a synchronous call ends in: the answer as the host gives it.
struct JobOutcome: Sendable {
    /// Of the answer that carries the result.
    var status = 200
    var body: JSONValue
    var headers: [(name: String, value: String)] = []
    /// The host's words for a failure; `nil` for a success.
    var error: String?
    /// The host's code of a failure.
    var errorType: String?
    /// Pictures that were made and are paid for.
    var pictures = 0
    /// In the ledger's unit.
    var cost = 0.0

    /// Whether pictures were made.
    var isSuccess: Bool { error == nil }
}
