import Foundation

/// A document of the repository, in Markdown.
///
/// The parts that tests read are between two markers, `<!-- name start -->` and `<!-- name end
/// -->`, so a part may move within its document.
package struct Document: Sendable {
    /// A fenced block of code.
    package struct Block: Sendable {
        /// The word after the opening fence; empty without one.
        package var language: String
        /// The lines between the fences, each with its line feed.
        package var text: String
    }

    /// The path from the root of the repository, such as `docs/json.md`.
    package let path: String
    /// The whole text.
    package let text: String
    /// The fenced blocks, in order.
    package let blocks: [Block]
    /// The lines outside the fenced blocks.
    private let proseLines: [Substring]

    /// Reads a document.
    package init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Fixtures.root.appendingPathComponent(path), encoding: .utf8)
        var blocks: [Block] = []
        var prose: [Substring] = []
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode.toggle()
                if isCode { blocks.append(Block(language: String(line.dropFirst(3)), text: "")) }
            } else if isCode {
                blocks[blocks.count - 1].text += line + "\n"
            } else {
                prose.append(line)
            }
        }
        (self.blocks, proseLines) = (blocks, prose)
    }

    /// The paths of all documents at the root and in `docs`, sorted.
    package static let paths: [String] = ["", "docs/"].flatMap { folder in
        let path = Fixtures.root.appendingPathComponent(folder).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".md") }.sorted().map { folder + $0 }
    }

    // MARK: Parts

    /// Returns the text after `start` and before the `end` that follows it; `nil` unless both are
    /// there.
    package static func section(of text: String, from start: String, to end: String) -> String? {
        guard let opening = text.range(of: start),
            let closing = text.range(of: end, range: opening.upperBound..<text.endIndex)
        else { return nil }
        return String(text[opening.upperBound..<closing.lowerBound])
    }

    /// Returns the text between two markers of this name; `nil` if they are missing.
    package func section(_ marker: String) -> String? {
        Self.section(of: text, from: "<!-- \(marker) start -->\n", to: "<!-- \(marker) end -->")
    }

    /// Returns the first block of a language between two markers; `nil` if it is missing.
    package func block(_ language: String, in marker: String) -> String? {
        section(marker).flatMap { Self.section(of: $0, from: "```\(language)\n", to: "```") }
    }

    /// Returns the rows of the table between two markers, without its head.
    package func table(between marker: String) -> [[String]] {
        Self.rows(in: section(marker).map { $0[...] } ?? "")
    }

    /// Returns the rows of the first table whose head begins with this text.
    package func table(headed head: String) -> [[String]] { tables(headed: head).first ?? [] }

    /// Returns the rows of each table whose head begins with this text.
    package func tables(headed head: String) -> [[[String]]] {
        text.ranges(of: "\n\(head)").map { range in
            let rest = text[text.index(after: range.lowerBound)...]
            return Self.rows(in: rest.range(of: "\n\n").map { rest[..<$0.lowerBound] } ?? rest)
        }
    }

    /// Returns whether the text contains the word as a whole, not only within a longer word.
    package func mentions(_ word: String) -> Bool {
        text.ranges(of: word).contains { range in
            let before = text[..<range.lowerBound].last
            let after = text[range.upperBound...].first
            return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber || $0 == "-" } ?? false }
        }
    }

    /// Returns the cells, without the backticks around them.
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

    // MARK: Prose

    private var prose: String { proseLines.joined(separator: "\n") }

    /// The texts between backticks, outside the fenced blocks. A line break counts as a space.
    package var codeSpans: [String] {
        prose.matches(of: /`([^`]+)`/).map { String($0.1.replacing("\n", with: " ")) }
    }

    /// The targets of links and images, outside code.
    package var links: [String] {
        prose.replacing(/`[^`]+`/, with: "").matches(of: /\]\(([^()\s]+)\)/).map { String($0.1) }
    }

    /// The anchors of the headings, as GitHub makes them: lower case, without punctuation, a hyphen
    /// for each space, and a number after repeated headings.
    package var anchors: Set<String> {
        var seen: [String: Int] = [:]
        return Set(
            proseLines.filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                let anchor = title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                    .replacing(" ", with: "-")
                let count = seen[anchor, default: 0]
                seen[anchor] = count + 1
                return count == 0 ? anchor : "\(anchor)-\(count)"
            })
    }
}

extension Document: CustomStringConvertible {
    /// The path, so that failures do not print the whole text.
    package var description: String { path }
}
