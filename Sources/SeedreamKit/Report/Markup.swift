import SeedreamModel

/// HTML that is well-formed XML as well. A literal is markup; every value that is interpolated is
/// escaped, unless it is markup itself.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// What is written.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    /// This package's own text that holds no markup, as a style sheet.
    init(verbatim text: String) { self.text = text }

    /// Text of several lines, whose line breaks stay.
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

    /// Text for content and for attributes. What is invisible (controls, NUL, bidirectional
    /// controls) is written out, as on the terminal, and so is what XML has no character for.
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
