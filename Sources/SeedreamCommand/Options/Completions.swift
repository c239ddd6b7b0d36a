import ArgumentParser
import Platform
import SeedreamClient
import SeedreamModel

extension ArgumentVisibility {
    /// Left out of `--help`, shown by `--help-hidden`, and known to the completion of shells: it
    /// completes the value of an option only if it knows the option.
    static var rare: ArgumentVisibility { CompletionShell.requesting == nil ? .hidden : .default }
}

// MARK: Files and words

// The parser asks for the completion of an argument again for each script that it generates, so
// these depend on the shell.
extension CompletionKind {
    /// Image files that the command may be able to read, and folders.
    static var images: CompletionKind {
        .files("jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "tif", "tiff", "gif", "bmp")
    }

    /// Files with one of these extensions, in lower or upper case, and folders. All files if there
    /// are none with these extensions.
    static func files(_ extensions: String...) -> CompletionKind {
        switch CompletionShell.requesting {
        case .fish: .shellCommand("__seedream_files \(extensions.joined(separator: " "))")
        case .zsh: .file(extensions: extensions + extensions.map { $0.uppercased() })
        default: .file(extensions: extensions)
        }
    }

    /// Folders.
    static var folders: CompletionKind {
        CompletionShell.requesting == .fish ? .shellCommand("__seedream_folders") : .directory
    }

    /// Words that may contain colons.
    static func words(_ words: [String]) -> CompletionKind {
        .list(words.map { Completion(value: $0).value(for: CompletionShell.requesting) })
    }

    /// The sizes of results that are asked for most.
    static var sizes: CompletionKind {
        .words([
            "match", "match@1K", "match@2K", "match@4K", "1K", "1.5K", "2K", "3K", "4K", "1:1", "4:3", "3:4",
            "3:2", "2:3",
            "16:9", "9:16", "21:9", "16:9@4K",
        ])
    }
}

/// A word that a shell may complete, with a description.
struct Completion {
    var value: String
    var description = ""

    /// Returns the line that the shell's completion script expects.
    ///
    /// - Parameter shell: `nil` for a plain list.
    func line(for shell: CompletionShell?) -> String {
        let (value, description) = (value(for: shell), description.visible)
        guard !description.isEmpty else { return value }
        switch shell {
        case .fish: return "\(value)\t\(description)"
        case .zsh: return "\(value):\(description)"
        default: return value
        }
    }

    /// Returns the value, quoted for the shell's completion script: bash expands each word, and in
    /// zsh the description begins after a colon.
    func value(for shell: CompletionShell?) -> String {
        switch shell {
        case .bash:
            value.map { Self.isPlain($0) ? "\($0)" : "\\\($0)" }.joined()
        case .zsh:
            value.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        default:
            value
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-_./:@%+,=".contains(character)
    }
}

/// A command line that is being completed.
struct CompletedLine {
    /// The words with their quotes and escapes removed.
    let words: [String]

    /// - Parameter words: The words as the shell passes them: as they were typed, or unquoted.
    init(_ words: [String]) { self.words = words.map(Self.unquoted) }

    /// Returns the value of an option; `nil` if the option or its value is missing.
    ///
    /// - Parameter names: The names of the option, with dashes.
    func value(of names: String...) -> String? {
        for (index, word) in words.enumerated() {
            if names.contains(word), index + 1 < words.count { return words[index + 1] }
            for name in names where word.hasPrefix("\(name)=") {
                return String(word.dropFirst(name.count + 1))
            }
        }
        return nil
    }

    /// Removes quotes and escapes, and replaces a `~` at the start.
    private static func unquoted(_ word: String) -> String {
        var text = ""
        var quote: Character?
        var isEscaped = false
        for character in word {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else {
                text.append(character)
            }
        }
        guard word.hasPrefix("~/"), let home = PathText.variable("HOME") else { return text }
        return home + text.dropFirst()
    }
}

// MARK: Values of this installation

extension CompletionKind {
    /// The models of the provider on the command line, otherwise of all: aliases, then IDs.
    static var models: CompletionKind {
        .custom { words, _, _ in
            let line = CompletedLine(words)
            let named = line.value(of: "-p", "--provider", "--profile", "--payload")
                .flatMap(ProviderID.init)
            let entries = ModelTable.standard.entries.filter { named == nil || $0.provider == named }
            let isGenerating = line.words.dropFirst().first == "generate"
            let isEditing = ["edit", "batch", "worker"].contains(line.words.dropFirst().first)
            var completions: [Completion] = []
            func add(_ value: String, _ description: String) {
                guard !completions.contains(where: { $0.value == value }) else { return }
                completions.append(Completion(value: value, description: description))
            }
            for entry in entries { add(entry.alias, "Seedream \(entry.alias)") }
            for entry in entries {
                let ids = (isGenerating ? [] : [entry.editID]) + (isEditing ? [] : [entry.generateID])
                for id in ids.compactMap(\.self) { add(id, entry.provider.displayName) }
            }
            return completions.map { $0.line(for: CompletionShell.requesting) }
        }
    }

    /// The ids of jobs in the ledger, the newest first.
    ///
    /// - Parameter states: The states of the jobs.
    static func jobs(_ states: [JobState] = JobState.allCases) -> CompletionKind {
        .custom { words, _, prefix async in
            let ledger = ListedLedger(CompletedLine(words))
            return await ledger.jobs(in: states, prefix).map { $0.line(for: CompletionShell.requesting) }
        }
    }

    /// The ids of runs in the ledger, or their names, the latest first.
    static var runs: CompletionKind {
        .custom { words, _, _ async in
            await ListedLedger(CompletedLine(words)).runs().map { $0.line(for: CompletionShell.requesting) }
        }
    }

    /// The ids of runs and of jobs in the ledger, runs first.
    static func runsAndJobs(_ states: [JobState] = JobState.allCases) -> CompletionKind {
        .custom { words, _, prefix async in
            let ledger = ListedLedger(CompletedLine(words))
            let completions = await ledger.runs() + ledger.jobs(in: states, prefix)
            return completions.map { $0.line(for: CompletionShell.requesting) }
        }
    }
}
