import Cryptography

/// The key of a request, once it is taken.
struct ApiframeKey: Sendable {
    let text: String
    /// Stands for the key where it is kept with a job: its SHA-256.
    let owner: String

    /// - Throws: What the host answers to a key that is missing, of the first version, unknown or
    ///   switched off.
    init(_ text: String?, _ bench: Workbench) throws(ApiframeError) {
        guard let text, !text.isEmpty else {
            throw ApiframeError(status: 401, message: "API key is required")
        }
        // The beginning is documented; the rest of the sentence is ours.
        guard !text.hasPrefix("v1") else {
            throw ApiframeError(
                status: 400, message: "Your API key starts with 'v1': it belongs to version 1 of the API")
        }
        guard !bench.configuration.inactiveKeys.contains(text) else {
            throw ApiframeError(status: 403, message: "API key is inactive")
        }
        guard bench.accepts(key: text) else { throw ApiframeError(status: 401, message: "Invalid API key") }
        self.text = text
        owner = SHA256Digest(Array(text.utf8)).hexadecimal
    }

    /// What `GET /v2/me` shows of it.
    var prefix: String { String(text.prefix(8)) }

    /// A UUID that is the same for the same key.
    func identifier(_ purpose: String) -> String {
        let digits = SHA256Digest(Array("\(purpose) \(owner)".utf8)).hexadecimal
        var rest = digits[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}
