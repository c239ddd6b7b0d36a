import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Text that is safe to write to a terminal: control characters from outside are escaped; only the
/// program's own colours and line breaks remain.
///
/// Literals are kept unchanged. Interpolated values are escaped unless they are `TerminalText`.
struct TerminalText: ExpressibleByStringInterpolation, Sendable {
    /// The escaped text.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    /// Creates one line by escaping any text, line breaks included.
    init(_ text: String) { self.text = text.visible }

    /// Creates lines by escaping any text except its line breaks.
    init(lines text: String) {
        self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).visible }.joined(separator: "\n")
    }

    /// Creates text from JSON that an encoder produced.
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

/// Colours and bold text if the stream is a terminal; plain text otherwise.
struct Style {
    private let isColored: Bool

    init(descriptor: Int32) { isColored = Terminal.allowsColor(on: descriptor) }

    func red(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
    func yellow(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
    func bold(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func dim(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

/// Encodes values as JSON text with sorted keys, unescaped slashes, and invisible characters as
/// `\u202E`.
enum JSON {
    /// Returns JSON on several lines.
    static func document(_ value: some Encodable) throws -> TerminalText {
        try text(value, [.prettyPrinted])
    }

    /// Returns JSON on one line.
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
