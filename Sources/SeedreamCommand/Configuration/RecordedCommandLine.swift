#if Client
import Platform
import SeedreamClient

/// The command line that a run records, so that `resume` can repeat it.
enum RecordedCommandLine {
    /// The recorded command line that `resume` repeats here; `nil` if none is repeated.
    @TaskLocal static var repeated: [String]?

    /// The configured values of options that this command line does not have, as options.
    @TaskLocal static var configured: [String] = []

    // No option: a configured model is only for requests to its own provider.
    private static let modelPrefix = "configured-model:"

    /// Returns a recorded command line without the configured models, which precede the command's
    /// name, and the models.
    static func separated(_ words: [String]) -> (words: [String], models: [ModelChoice]) {
        let models = words.prefix { $0.hasPrefix(modelPrefix) }
        return (
            Array(words.dropFirst(models.count)),
            models.compactMap { ModelChoice(String($0.dropFirst(modelPrefix.count))) }
        )
    }

    /// The command line to record, with the present names of options and with the configured
    /// values; `nil` if it reads standard input, has 65 536 bytes or more, or holds a proxy's
    /// password.
    static var arguments: [String]? {
        if let repeated { return repeated }
        guard var words = try? RenamedOptions(PathText.arguments).arguments else { return nil }
        // After the command's name, since the terminator `--` may follow.
        words.insert(contentsOf: configured, at: min(1, words.count))
        words = ModelChoice.configured.map { modelPrefix + $0.text } + words
        var isPlain = true
        for (index, word) in words.enumerated() {
            if let plain = withoutPassword(word, after: index > 0 ? words[index - 1] : "") {
                words[index] = plain
            } else if word == "-" || word.contains("://") && word.contains("@") {
                isPlain = false
            }
        }
        return isPlain && words.reduce(0, { $0 + $1.utf8.count }) < 65_536 ? words : nil
    }

    /// Returns the word for the ledger without the password of its database; `nil` for any other
    /// word. Who repeats the command names the ledger.
    private static func withoutPassword(_ word: String, after option: String) -> String? {
        let (name, prefix) = ("--ledger", "--ledger=")
        let isJoined = word.hasPrefix(prefix)
        guard isJoined || option == name,
            let url = DatabaseURL(isJoined ? String(word.dropFirst(prefix.count)) : word)
        else { return nil }
        return (isJoined ? prefix : "") + url.withoutPassword
    }
}
#endif
