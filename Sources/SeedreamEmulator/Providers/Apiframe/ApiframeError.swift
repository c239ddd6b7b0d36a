import SeedreamModel

/// A refusal: `{"error":"…"}`, with what is wrong about which field where the request is to blame.
struct ApiframeError: Error, Sendable {
    var status: Int
    var message: String
    /// By the path of the field, as `"seedreamParams.width"`.
    var details: [String: [String]] = [:]
    /// Further members of the body.
    var members: [String: JSONValue] = [:]

    /// 400 with details, in the words of the validator that the host's own messages come from (Zod
    /// 4).
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
