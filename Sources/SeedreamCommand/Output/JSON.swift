#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
