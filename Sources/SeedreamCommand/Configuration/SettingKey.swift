import Platform
import SeedreamClient
import SeedreamModel

/// A setting that the environment and the configuration file may hold, named like its option.
enum SettingKey: String, CaseIterable, Sendable {
    case provider, model, output, budget, parallel
    case sendImages = "send-images"

    /// The environment variable, such as `SEEDREAM_SEND_IMAGES`.
    var variable: String { Self.prefix + rawValue.uppercased().replacing("-", with: "_") }

    /// The beginning of the variables' names.
    static let prefix = "SEEDREAM_"

    /// The valid values in words.
    var expected: String {
        switch self {
        case .provider: Self.list(ProviderID.allCases.map(\.rawValue))
        case .model: "a model id"
        case .output: "a folder"
        case .budget: "an amount such as 0.50 or \"30credits\""
        case .parallel:
            "a whole number from \(BuiltInValues.parallelRange.lowerBound) to \(BuiltInValues.parallelRange.upperBound)"
        case .sendImages: Self.list(ImageSending.allCases.map(\.rawValue))
        }
    }

    private static func list(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }

    /// Checks a value.
    ///
    /// - Returns: What to do about a value that is not valid; `nil` if it is valid.
    func objection(to text: String) -> String? {
        switch self {
        case .provider:
            ProviderID(rawValue: text) == nil
                ? Self.suggestion(text, ProviderID.allCases.map(\.rawValue)) ?? "name one of them" : nil
        case .model:
            if SecretText.isLikely(text) {
                "this looks like a key; keys belong in the provider's variable or in the key file"
            } else if text.isEmpty || text.contains(where: \.isWhitespace) {
                "write the id as the provider does, or remove it for the provider's Seedream 4"
            } else {
                nil
            }
        case .output: Self.objection(toFolder: text)
        case .budget:
            Money(argument: text) == nil ? "write 0.50 for US dollars, or \"30credits\"" : nil
        case .parallel:
            Int(text).map(BuiltInValues.parallelRange.contains) == true ? nil : "write such a number"
        case .sendImages:
            ImageSending(rawValue: text) == nil
                ? Self.suggestion(text, ImageSending.allCases.map(\.rawValue)) ?? "name one of them" : nil
        }
    }

    private static func objection(toFolder text: String) -> String? {
        if text.isEmpty || text.contains("\0") { return "name a folder, or remove it for the current one" }
        if text == "-" || OutputFolder.isFileName(Self.path(text)) {
            return "name a folder here; `-o` of one command may name a file or be -"
        }
        if text.hasPrefix("~"), text != "~", !text.hasPrefix("~/") {
            return "write the whole path, or begin it with ~/ for your own home folder"
        }
        return nil
    }

    /// Returns the path of a folder, with a leading `~` replaced by the home folder.
    static func path(_ text: String) -> String {
        text == "~" || text.hasPrefix("~/") ? HomeFolder.path + text.dropFirst() : text
    }

    /// Returns the question that names the word that was probably meant; `nil` if none is similar.
    static func suggestion(_ word: String, _ words: [String]) -> String? {
        CommandSuggestion.nearest(to: word, in: words).map { "did you mean \($0)?" }
    }
}
