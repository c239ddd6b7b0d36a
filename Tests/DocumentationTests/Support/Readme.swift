import Foundation
import TestSupport
import Testing

/// README.md, in pieces.
struct Readme {
    let text: String

    init() throws {
        text = try String(contentsOf: Fixtures.root.appendingPathComponent("README.md"), encoding: .utf8)
    }

    /// The text after `start` and before the `end` that follows it; `nil` unless both are there.
    static func section(of text: String, from start: String, to end: String) -> String? {
        guard let opening = text.range(of: start),
            let closing = text.range(of: end, range: opening.upperBound..<text.endIndex)
        else { return nil }
        return String(text[opening.upperBound..<closing.lowerBound])
    }

    /// The rows of the table between two markers of this name, without its head.
    func table(between marker: String) -> [[String]] {
        let section = Self.section(
            of: text, from: "<!-- \(marker) start -->", to: "<!-- \(marker) end -->")
        return Self.rows(in: section.map { $0[...] } ?? "")
    }

    /// The rows of the table whose head begins with this line.
    func table(headed head: String) -> [[String]] {
        guard let start = text.range(of: "\n\(head)") else { return [] }
        let rest = text[text.index(after: start.lowerBound)...]
        return Self.rows(in: rest.range(of: "\n\n").map { rest[..<$0.lowerBound] } ?? rest)
    }

    /// Whether the word stands there by itself, not as a part of a longer one.
    func mentions(_ word: String) -> Bool {
        text.ranges(of: word).contains { range in
            let before = text[..<range.lowerBound].last
            let after = text[range.upperBound...].first
            return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber || $0 == "-" } ?? false }
        }
    }

    /// The cells, without the backticks around them.
    private static func rows(in text: Substring) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
                let cell = cell.trimmingCharacters(in: .whitespaces)
                guard cell.hasPrefix("`"), cell.hasSuffix("`"), cell.count > 1 else { return cell }
                let inside = cell.dropFirst().dropLast()
                return inside.contains("`") ? cell : String(inside)
            }
        }
    }
}

extension Readme: CustomTestStringConvertible {
    /// Its name, so that failures do not print all of it.
    var testDescription: String { "README.md" }
}
