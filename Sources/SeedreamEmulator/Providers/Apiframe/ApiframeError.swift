import SeedreamModel

/// A refusal: `{"error":"…"}`, with details about the fields if the request is invalid.
struct ApiframeError: Error, Sendable {
    var status: Int
    var message: String
    /// The problems by the path of the field, such as `"seedreamParams.width"`.
    var details: [String: [String]] = [:]
    /// Further members of the body.
    var members: [String: JSONValue] = [:]

    /// Creates a 400 with details, in the words of the validator that produces the provider's
    /// messages (Zod 4).
    static func validation(_ details: [String: [String]]) -> ApiframeError {
        ApiframeError(status: 400, message: "Validation failed", details: details)
    }

    var response: EmulatedResponse {
        var body = members
        body["error"] = .string(message)
        if !details.isEmpty {
            body["details"] = .object(details.mapValues { .array($0.map { .string($0) }) })
        }
        return .json(.object(body), status: status)
    }
}

/// The reason why a job failed. Apiframe itself only checks the schema; other refusals come from
/// the provider of the model.
struct ApiframeFailure: Error, Sendable {
    var words: String

    /// The text of the job's `error`.
    var message: String { "Provider returned an error: \(words)" }

    static let internalError = ApiframeFailure(words: "Internal server error")
    static let moderated = ApiframeFailure(words: "content policy violation")
}
