import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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

/// Colour where the stream is a terminal, nothing elsewhere.
struct Style {
    private let isColored: Bool

    init(descriptor: Int32) { isColored = Terminal.allowsColor(on: descriptor) }

    func red(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
    func yellow(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
    func bold(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func dim(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

/// Values as JSON text: keys sorted, slashes as they are, invisible characters as `\u202E`.
enum JSON {
    /// On several lines.
    static func document(_ value: some Encodable) throws -> TerminalText {
        try text(value, [.prettyPrinted])
    }

    /// On one line.
    static func line(_ value: some Encodable) throws -> TerminalText { try text(value, []) }

    private static func text(_ value: some Encodable, _ more: JSONEncoder.OutputFormatting) throws
        -> TerminalText
    {
        let encoder = JSONEncoder()
        var formatting: JSONEncoder.OutputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        formatting.formUnion(more)
        encoder.outputFormatting = formatting
        return TerminalText(json: String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
