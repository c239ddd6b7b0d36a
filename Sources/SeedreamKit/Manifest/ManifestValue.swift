import Platform
import SeedreamModel

/// The value of a field: JSON, or the text of a CSV cell.
enum ManifestValue {
    case json(JSONValue)
    case cell(String)

    /// The value as messages show it: `"big"`, `17`, `a list`.
    var shown: String {
        switch self {
        case .cell(let text), .json(.string(let text)): Self.quoted(text)
        case .json(.array): "a list"
        case .json(.object): "an object"
        case .json(let value): value.text
        }
    }

    /// Returns a text for a message: at most 60 characters, on one line, in quotes.
    static func quoted(_ text: String) -> String {
        let start = text.prefix(60)
        return "\"\(String(start).visible)\(start.endIndex == text.endIndex ? "" : "…")\""
    }
}
