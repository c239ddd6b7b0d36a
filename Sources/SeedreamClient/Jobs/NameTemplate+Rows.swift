import Cryptography

/// The names of prepared images of rows, without a template. Different rows have different names,
/// and a repeated row has the same, in every process.
extension NameTemplate {
    /// Returns the name for a row's id: the id, if it can be a name; otherwise what is left of it,
    /// and 16 hexadecimal digits of its SHA-256.
    package static func name(ofID id: String) -> String {
        let name = SafeName.of(id, maximumLength: maximumLength - 17)
        return name == id ? name : "\(name)-\(digest(of: id, digits: 16))"
    }

    /// Returns the name for an image of a row without an id: its stem, and 16 hexadecimal digits of
    /// the SHA-256 of its path or URL.
    package static func name(ofImage argument: String) -> String {
        let stem = SafeName.of(stem(argument), maximumLength: maximumLength - 17)
        return "\(stem)-\(digest(of: argument, digits: 16))"
    }

    private static func digest(of text: String, digits: Int) -> String {
        String(SHA256Digest(Array(text.utf8)).hexadecimal.prefix(digits))
    }
}
