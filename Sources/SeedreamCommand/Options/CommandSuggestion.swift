import ArgumentParser

/// The correction of a misspelt command. For options the parser suggests corrections itself.
enum CommandSuggestion {
    /// Returns the command that was probably meant; `nil` if all commands exist, or if none is
    /// similar.
    ///
    /// - Parameters:
    ///   - words: The command line without the program's name.
    ///   - root: The command at the top of the tree.
    static func message(for words: [String], in root: any ParsableCommand.Type) -> String? {
        var (path, command) = ("seedream", root)
        var words = words[...]
        if words.first == "help" { words = words.dropFirst() }
        for word in words {
            let subcommands = command.configuration.subcommands
            // The parser adds `help` to the commands.
            guard !word.hasPrefix("-"), word != "help", !subcommands.isEmpty else { return nil }
            if let next = subcommands.first(where: { name(of: $0) == word }) {
                (path, command) = ("\(path) \(word)", next)
                continue
            }
            let names = subcommands.map { name(of: $0) } + (command == root ? ["help"] : [])
            return nearest(to: word, in: names).map {
                "unknown command '\(word)'; did you mean `\(path) \($0)`?"
            }
        }
        return nil
    }

    /// Returns the command that shows the help of the command in the words, in backticks.
    static func help(for words: [String], in root: any ParsableCommand.Type) -> String {
        var (path, command) = ([String](), root)
        for word in words {
            guard let next = command.configuration.subcommands.first(where: { name(of: $0) == word }) else {
                break
            }
            path.append(word)
            command = next
        }
        return "`\((["seedream", "help"] + path).joined(separator: " "))`"
    }

    /// Returns the name that a misspelt word probably means; `nil` if none is similar.
    static func nearest(to word: String, in names: [String]) -> String? {
        let similar = names.map { (name: $0, distance: distance(word, $0)) }
            .min { $0.distance < $1.distance }
        // A word that differs more is another word: `fetch` is not `batch`.
        guard let similar, similar.distance <= max(1, min(2, word.count / 3)) else { return nil }
        return similar.name
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    /// Returns the number of characters to insert, remove, replace or swap with their neighbour to
    /// get from one word to the other (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        var rows = [Array(0...right.count)]
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
