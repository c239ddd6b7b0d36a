import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the parser tells about a command, as far as it is used: the document of
/// `--experimental-dump-help`. The parser does not promise its format; the tests would notice a
/// change.
struct CommandDescription: Decodable {
    /// An argument, an option or a flag.
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            /// The name as it is written on a command line.
            var text: String { (kind == "long" ? "--" : "-") + name }
        }

        var kind: HelpDocument.Argument.Kind
        var sectionTitle: String?
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?
        var shouldDisplay: Bool
    }

    var commandName: String
    var superCommands: [String]?
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var subcommands: [CommandDescription]?
    var arguments: [Argument]?

    /// The command line up to the command, such as `seedream jobs prune`.
    var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }
    /// The subcommands that the help lists; without `help` itself.
    var shown: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    }

    /// Describes a tree of commands.
    static func of(_ command: any ParsableCommand.Type) throws -> CommandDescription {
        struct Document: Decodable { var command: CommandDescription }
        return try JSONDecoder().decode(Document.self, from: Data(command._dumpHelp().utf8)).command
    }
}
