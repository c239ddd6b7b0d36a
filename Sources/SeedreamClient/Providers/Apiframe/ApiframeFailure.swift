import SeedreamModel

/// A refusal of Apiframe's: `error`, and for some `details`, by the path of the field, or the
/// credits that are missing.
struct ApiframeFailure {
    /// The host's text, with every detail behind it.
    var message: String
    /// The first path in ``message``, as `seedreamParams.width`.
    var field: String?

    /// `nil` for a body without `error`.
    init?(_ json: JSONValue?) {
        guard let error = json?["error"] else { return nil }
        guard let text = error.string ?? error["message"]?.string, !text.isEmpty else { return nil }
        message = text
        let details = (json?["details"]?.object ?? [:]).sorted { $0.key < $1.key }
        if !details.isEmpty {
            field = details.first?.key
            message += ": "
            message += details.map { name, texts in
                let words = texts.array?.compactMap(\.string) ?? [texts.string].compactMap(\.self)
                return "\(name): \(words.joined(separator: ", "))"
            }.joined(separator: "; ")
        }
        if let needed = json?["creditsRequired"]?.number, let left = json?["creditsAvailable"]?.number {
            message += " (\(Self.text(needed)) needed, \(Self.text(left)) left)"
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
