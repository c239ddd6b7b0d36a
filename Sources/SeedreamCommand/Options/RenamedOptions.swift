import ArgumentParser

/// A command line whose options have their present names. Old names work until the next release.
package struct RenamedOptions {
    /// The command line with the present names.
    package private(set) var arguments: [String] = []
    /// One note for each old name in the command line, in the order of their first use.
    package private(set) var notes: [String] = []

    /// An option with another name, or a value with another spelling.
    private struct Renaming {
        var old: String
        /// The value that the renaming is for; `nil` for every value, and for flags.
        var value: String?
        var new: String
        /// The value that replaces ``value``, or that a former flag becomes.
        var newValue: String?

        init(_ old: String, _ value: String? = nil, to new: String, _ newValue: String? = nil) {
            (self.old, self.value, self.new, self.newValue) = (old, value, new, newValue)
        }

        var oldText: String { [old, value].compactMap(\.self).joined(separator: " ") }
        var newText: String { [new, newValue].compactMap(\.self).joined(separator: " ") }
    }

    /// For a name that occurs twice, the renaming with a value comes first.
    private static let renamings = [
        Renaming("--strict", to: "--fail-on-dropped"),
        Renaming("--lenient", to: "--ignore-unsupported"),
        Renaming("--jobs", to: "--threads"),
        Renaming("--images-per-call", to: "--images-per-generation"),
        Renaming("--transport", "data-uri", to: "--send-images", "inline"),
        Renaming("--transport", to: "--send-images"),
        Renaming("--inline", to: "--receive", "inline"),
        Renaming("--colour", to: "--color-profile"),
        Renaming("--color", "convert", to: "--color-profile", "convert"),
        Renaming("--color", "keep", to: "--color-profile", "keep"),
        Renaming("--overwrite", to: "--existing", "replace"),
        Renaming("--mode", to: "--fal-mode"),
        Renaming("--priority", to: "--fal-priority"),
        Renaming("--start-timeout", to: "--fal-start-timeout"),
        Renaming("--result-expiry", to: "--fal-result-expiry"),
        Renaming("--upload-expiry", to: "--fal-upload-expiry"),
        Renaming("--no-store", to: "--fal-no-store"),
        Renaming("--bare-key", to: "--onerouter-bare-key"),
        Renaming("--watermark", to: "--ark-watermark"),
    ]

    /// Replaces old names in front of the terminator `--`.
    ///
    /// Values are not changed: a word in front of the terminator that begins with a dash is never
    /// a value, since the parser takes no such word as one.
    ///
    /// - Parameter words: The command line without the program's name.
    /// - Throws: `ValidationError` if an option is given by its old and its present name.
    package init(_ words: [String]) throws {
        let options = words.prefix { $0 != "--" }
        var used: [Renaming] = []
        var rest = options
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (name, joined) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
            let value = joined ?? rest.first
            guard
                let found = Self.renamings.first(where: {
                    $0.old == name && ($0.value == nil || $0.value == value)
                })
            else {
                arguments.append(word)
                continue
            }
            if found.value != nil, joined == nil { rest.removeFirst() }
            // A value that stays is in the next word, or here after `=`. After a former flag there
            // can be none, and the parser refuses both together.
            let values = [found.newValue, found.value == nil ? joined : nil].compactMap(\.self)
            arguments.append(found.new + values.map { "=\($0)" }.joined())
            if !used.contains(where: { $0.oldText == found.oldText }) { used.append(found) }
        }
        arguments += words[options.endIndex...]
        for renaming in used where options.contains(where: { Self.name($0) == renaming.new }) {
            throw ValidationError(
                "'\(renaming.oldText)' is the old name of '\(renaming.newText)'; choose one")
        }
        notes = used.map {
            "\($0.oldText) is now \($0.newText); the old name works until the next release"
        }
    }

    private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }
}
