import SeedreamModel

/// Text that may be written to a terminal: what comes from outside is escaped in it, and only this
/// program's own colours and line breaks are left.
///
/// A literal is taken as it is; every value that is interpolated is escaped, unless it is such a
/// text itself.
struct TerminalText: ExpressibleByStringInterpolation, Sendable {
    /// What is written.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    /// One line of any text.
    init(_ text: String) { self.text = text.visible }

    /// Several lines of any text.
    init(lines text: String) {
        self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).visible }.joined(separator: "\n")
    }

    /// JSON as an encoder makes it.
    init(json text: String) { self.text = text.visibleJSON }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: TerminalText) { text += value.text }
        mutating func appendInterpolation(_ value: some Any) { text += "\(value)".visible }
    }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    static func + (left: TerminalText, right: TerminalText) -> TerminalText { "\(left)\(right)" }
}
