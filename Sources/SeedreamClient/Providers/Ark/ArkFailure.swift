import SeedreamModel

/// An error of Ark's, of the whole request or of one picture of a set:
/// `{"error":{"code","message","param","type"}}`.
struct ArkFailure {
    var code: String?
    var message: String?
    var parameter: String?

    /// `nil` where the JSON has no error.
    init?(_ json: JSONValue?) {
        func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let error = json?["error"] else { return nil }
        if let message = text(error) {
            self.message = message
            return
        }
        guard let members = error.object, !members.isEmpty else { return nil }
        code = text(members["code"])
        message = text(members["message"])
        parameter = text(members["param"])
    }

    /// One line: `"OutputImageSensitiveContentDetected: …"`.
    var line: String { [code, message].compactMap(\.self).joined(separator: ": ") }

    /// What the code says; `nil` where the status has to do.
    var category: ClientError.Category? {
        guard let code else { return nil }
        if code == "AuthenticationError" { return .credentials }
        if code == "ModelNotOpen" { return .notFound }
        // Of the prompt, of an input, or of the result; a policy may be named behind a dot.
        if code.contains("SensitiveContentDetected") { return .moderation }
        if code.hasPrefix("InvalidParameter") || code.hasPrefix("MissingParameter") { return .validation }
        // What the account may spend, or was given, is used up: waiting does not help.
        if ["QuotaExceeded", "SetLimitExceeded", "AccountOverdueError"].contains(code) { return .credits }
        if code.contains("RateLimitExceeded") || code == "ServerOverloaded" { return .rateLimit }
        return nil
    }
}
