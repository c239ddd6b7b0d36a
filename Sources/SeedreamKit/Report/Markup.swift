import SeedreamModel

/// HTML that is also well-formed XML. Literals are markup; interpolated values are escaped unless
/// they are `Markup` themselves.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// The markup as text.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    /// Makes markup of trusted text, which is not escaped, as a style sheet.
    init(verbatim text: String) { self.text = text }

    /// Makes markup of escaped text, keeping its line breaks.
    init(lines text: String) {
        self.text = text.replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.escaped(String($0)) }.joined(separator: "\n")
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: Markup) { text += value.text }
        mutating func appendInterpolation(_ values: [Markup]) { values.forEach { text += $0.text } }
        mutating func appendInterpolation(_ value: String) { text += Markup.escaped(value) }
        mutating func appendInterpolation(_ value: Int) { text += "\(value)" }
    }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    static func + (left: Markup, right: Markup) -> Markup { "\(left)\(right)" }

    /// Returns text for content and attributes. Invisible characters (controls, NUL, bidirectional
    /// controls) are written as escapes, as on the terminal, and so are characters that XML does
    /// not allow.
    private static func escaped(_ value: String) -> String {
        value.visible.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\u{FFFE}": text += "\\u{FFFE}"
            case "\u{FFFF}": text += "\\u{FFFF}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
