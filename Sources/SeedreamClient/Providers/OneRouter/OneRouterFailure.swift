import SeedreamModel

/// An error of OneRouter's: `{"error":{"code","message","type","param"}}`, with its own HTTP status
/// only where the request or the account is to blame, otherwise with 200.
struct OneRouterFailure {
    var code: Int?
    var message: String?
    var type: String?
    var parameter: String?

    /// `nil` where the body has no error: the member is missing, `null`, or empty.
    init?(_ json: JSONValue?) {
        func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let error = json?["error"] else { return nil }
        if let message = text(error) {
            self.message = message
            return
        }
        guard let members = error.object, !members.isEmpty else { return nil }
        code = members["code"]?.integer ?? text(members["code"]).flatMap { Int($0) }
        message = text(members["message"])
        // OpenAI's libraries, whose form this is, put a word there as well.
        type = text(members["type"]) ?? (code == nil ? text(members["code"]) : nil)
        parameter = text(members["param"])
    }

    /// Whether the content was refused.
    var isModeration: Bool {
        ModerationWords.appear(in: type ?? "") || ModerationWords.appear(in: message ?? "")
    }
}
