import SeedreamModel

/// A mistake in the configuration file or in a variable of the environment. Nothing was sent.
struct ConfigurationError: ErrorWithRemedy, Hashable {
    /// The path of the file, or the name of the variable.
    var place: String
    /// The key in the file; `nil` if the mistake is about the file as a whole, or in a variable.
    var key: String?
    /// The expected and the found value. Long texts are not quoted, because they may be secrets.
    var message: String
    /// What to do.
    var remedy: Remedy

    init(_ place: String, key: String? = nil, _ message: String, hint: String) {
        (self.place, self.key, self.message, self.remedy) = (place, key, message, Remedy(hint))
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// `"/home/me/.config/seedream/config.json: parallel: expected …, found …"`.
    var description: String { [place, key, message].compactMap(\.self).joined(separator: ": ") }
}

/// Texts that may be secrets, and are therefore not repeated in messages.
enum SecretText {
    /// Whether a name is that of a secret, such as `FAL_KEY` or `api-token`.
    static func isNamed(by name: String) -> Bool {
        let name = name.lowercased()
        return ["key", "token", "secret", "passw", "credential", "auth", "bearer"].contains {
            name.contains($0)
        }
    }

    /// Whether a text has the form of a provider's key: a UUID, a known beginning, or 32 or more
    /// letters and digits in a row. Our choice, from the keys of the providers.
    static func isLikely(_ text: String) -> Bool {
        if ["sk-", "sk_", "bearer "].contains(where: text.lowercased().hasPrefix) { return true }
        if text.contains(/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) { return true }
        return text.matches(of: /[A-Za-z0-9]{32,}/).contains { $0.0.contains(where: \.isNumber) }
    }

    /// Returns a text for a message: quoted if it is short and no secret, otherwise its length.
    static func shown(_ text: String) -> String {
        text.count > 24 || isLikely(text) ? "a text of \(text.count) characters" : "\"\(text)\""
    }
}
