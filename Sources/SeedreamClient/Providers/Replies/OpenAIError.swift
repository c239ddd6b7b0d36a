import SeedreamModel

/// An error in OpenAI's format: `{"error":{"code","message","type","param"}}`, or
/// `{"error":"message"}`. Ark and OneRouter use it.
struct OpenAIError {
    /// The code, if it is a text.
    private(set) var code: String?
    /// The code, if it is an integer or a text that contains one.
    private(set) var number: Int?
    private(set) var message: String?
    private(set) var type: String?
    private(set) var parameter: String?

    /// Returns `nil` if the JSON has no error: the member is missing, `null`, or empty.
    init?(_ json: JSONValue?) {
        func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let error = json?["error"] else { return nil }
        if let message = text(error) {
            self.message = message
            return
        }
        guard let members = error.object, !members.isEmpty else { return nil }
        code = text(members["code"])
        number = members["code"]?.integer ?? code.flatMap { Int($0) }
        message = text(members["message"])
        type = text(members["type"])
        parameter = text(members["param"])
    }
}
