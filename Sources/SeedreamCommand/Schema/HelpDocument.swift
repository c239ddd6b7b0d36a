import ArgumentParser
import SeedreamClient
import SeedreamModel

/// The help as a JSON document, schema 1: all commands with their options, the exit codes, and the
/// environment. Made from the same definitions as the help text.
struct HelpDocument: Encodable {
    /// A command.
    struct Command: Encodable {
        /// All its words, such as `seedream jobs settle`.
        var name: String
        var summary: String
        var discussion: String?
        var subcommands: [String]
        /// The names of the documents that it prints with `--json` or `--ndjson`.
        var documents: [String]
        var arguments: [Argument]
    }

    /// An argument, an option or a flag.
    struct Argument: Encodable {
        enum Kind: String, Codable, CaseIterable {
            case positional, option, flag
        }

        var kind: Kind
        /// The spellings, such as `-o` and `--output`; empty for a positional argument.
        var names: [String]
        /// The name of its value; `nil` for a flag.
        var value: String?
        var help: String?
        /// The words that it takes, if they are limited.
        var values: [String]?
        var `default`: String?
        /// The group in the help.
        var group: String?
        var isRequired: Bool
        var isRepeatable: Bool
        /// Whether only `--help-hidden` shows it.
        var isHidden: Bool
    }

    /// An exit code.
    struct Exit: Encodable {
        var code: Int32
        var meaning: String
    }

    /// An environment variable.
    struct Variable: Encodable {
        var name: String
        var effect: String
    }

    var schema = 1
    var version: String
    var commands: [Command]
    let exitCodes = ExitStatus.allCases.map { Exit(code: $0.rawValue, meaning: $0.meaning) }
    let environment = Self.variables

    /// - Parameters:
    ///   - root: The command at the top of the tree.
    ///   - words: The words of the command to describe, with its subcommands; empty for all.
    /// - Throws: `ValidationError` if there is no such command.
    init(_ root: any ParsableCommand.Type, words: [String], version: String) throws {
        self.version = version
        let command = try CommandDescription.of(root)
        let name = ([command.commandName] + words).joined(separator: " ")
        commands = Self.list(command, in: "").filter {
            words.isEmpty || $0.name == name || $0.name.hasPrefix(name + " ")
        }
        if commands.isEmpty {
            throw ValidationError("help: unknown command '\(words.joined(separator: " "))'")
        }
    }

    private static func list(_ command: CommandDescription, in path: String) -> [Command] {
        let name = path.isEmpty ? command.commandName : "\(path) \(command.commandName)"
        let words = name.split(separator: " ").dropFirst().joined(separator: " ")
        let own = Command(
            name: name, summary: command.abstract ?? "", discussion: command.discussion,
            subcommands: (command.subcommands ?? []).map(\.commandName),
            documents: JSONDocument.printed(by: words).map(\.rawValue),
            arguments: (command.arguments ?? []).map(Argument.init))
        return [own] + (command.subcommands ?? []).flatMap { list($0, in: name) }
    }

    /// The environment variables that the command reads.
    static let variables = keys + others + settings

    private static let keys: [Variable] = ProviderID.allCases.map { provider in
        Variable(name: KeyNames(provider).key, effect: "the key of \(provider.displayName)")
    }

    private static let settings: [Variable] = SettingKey.allCases.map { key in
        Variable(name: key.variable, effect: "the setting \(key.rawValue): \(key.expected)")
    }

    private static let others: [Variable] = [
        Variable(name: "FAL_KEY_ID", effect: "the first half of fal's key, with FAL_KEY_SECRET"),
        Variable(name: "FAL_KEY_SECRET", effect: "the second half of fal's key"),
        Variable(name: "HTTPS_PROXY", effect: "the proxy for https"),
        Variable(name: "HTTP_PROXY", effect: "the proxy for http"),
        Variable(name: "ALL_PROXY", effect: "the proxy if neither of the two others is set"),
        Variable(name: "NO_PROXY", effect: "addresses that need no proxy"),
        Variable(name: "XDG_CONFIG_HOME", effect: "the configuration folder; default: ~/.config"),
        Variable(name: "XDG_STATE_HOME", effect: "the state folder; default: ~/.local/state"),
        Variable(name: "NO_COLOR", effect: "no colour if it is set"),
        Variable(name: "TERM", effect: "dumb: no colour, and no line that changes"),
        Variable(name: "COLUMNS", effect: "the width of tables on a terminal that does not report it"),
        Variable(name: "TZ", effect: "the time zone of tables and options; default: the system's"),
    ]
}

extension HelpDocument.Argument {
    fileprivate init(_ argument: CommandDescription.Argument) {
        kind = argument.kind
        names = (argument.names ?? []).map(\.text)
        value = argument.kind == .flag ? nil : argument.valueName
        (help, values) = (argument.abstract, argument.allValues)
        (self.default, group) = (argument.defaultValue, argument.sectionTitle)
        isRequired = !argument.isOptional
        isRepeatable = argument.isRepeating
        isHidden = !argument.shouldDisplay
    }
}
