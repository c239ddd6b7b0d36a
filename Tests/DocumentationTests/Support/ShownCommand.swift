import TestSupport

/// A `seedream` command line in a document.
struct ShownCommand: Sendable, CustomStringConvertible {
    /// The path of the document.
    var document: String
    /// The line as it is shown.
    var line: String
    /// The arguments after `seedream`.
    var arguments: [String]

    var description: String { "\(document): \(line)" }

    /// All command lines: lines of shell blocks, lines after `$ ` in blocks without a language, and
    /// code spans that give the command an argument. Those of the change log are left out, since
    /// they may name what was removed.
    static let all: [ShownCommand] = Document.paths.filter { $0 != "CHANGELOG.md" }.flatMap { path in
        guard let document = try? Document(path) else { return [ShownCommand]() }
        var lines: [String] = []
        for block in document.blocks {
            let shown = block.text.split(separator: "\n").map(String.init)
            switch block.language {
            case "sh": lines += shown
            case "": lines += shown.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
            default: break
            }
        }
        lines += document.codeSpans.filter { $0.hasPrefix("seedream ") }.map(filled).filter(hasArgument)
        return lines.flatMap { line in
            ShellLine(line).commands.compactMap { words in
                let command = words.drop { $0.wholeMatch(of: /[A-Z_]+=.*/) != nil }
                guard command.first == "seedream" else { return nil }
                return ShownCommand(document: path, line: line, arguments: Array(command.dropFirst()))
            }
        }
    }

    /// Replaces the placeholders in a code span that are not valid values: a list of alternatives
    /// by its first, and a day.
    private static func filled(_ line: String) -> String {
        line.replacing(/\\\|[^ \]]+/, with: "").replacing("DAY", with: "2026-11-01")
    }

    /// Returns whether a code span does more than name a command and its options, as `seedream edit
    /// --each` does.
    private static func hasArgument(_ line: String) -> Bool {
        line.split(separator: " ").dropFirst(2).contains { !$0.hasPrefix("-") }
    }
}

/// A shell line, as far as the documents use it: words, both kinds of quotes, `\`, a comment, and
/// the operators between commands.
struct ShellLine {
    /// The words of each command.
    private(set) var commands: [[String]] = []

    init(_ text: String) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        func ended(_ words: [String], _ word: String?) -> [String] { words + (word.map { [$0] } ?? []) }
        characters: for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
                continue
            }
            switch character {
            case "\\" where quote != "'": isEscaped = true
            case _ where character == quote: quote = nil
            case _ where quote != nil: word?.append(character)
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "#" where word == nil: break characters
            case " ", "|", "&", ";":
                words = ended(words, word)
                word = nil
                guard character != " " else { continue }
                if !words.isEmpty { commands.append(words) }
                words = []
            default: word = (word ?? "") + String(character)
            }
        }
        words = ended(words, word)
        if !words.isEmpty { commands.append(words) }
    }
}
