/// Help about something other than a command: `seedream help TOPIC`.
enum HelpTopic: String {
    case exitCodes = "exit-codes"

    /// - Parameter words: The command line without the program's name.
    init?(_ words: [String]) {
        guard words.count == 2, words[0] == "help" else { return nil }
        self.init(rawValue: words[1])
    }

    /// Returns the words of the command whose help is wanted as JSON, `seedream help --json
    /// [COMMAND]`; empty for all commands. `nil` for another command line.
    static func command(in words: [String]) -> [String]? {
        guard words.first == "help", words.contains("--json") else { return nil }
        let command = words.dropFirst().filter { $0 != "--json" }
        return command == [exitCodes.rawValue] ? ["help"] : command
    }

    /// The text to print.
    var text: String {
        switch self {
        case .exitCodes:
            """
            Exit codes:
            \(ExitStatus.table(ExitStatus.allCases))

            `prep` and `inspect` end with \(Self.list(ExitStatus.ofPreparation)). If several codes
            apply, 76 takes precedence. A run ends with the cause of an early stop, otherwise with
            130 or 143, 76 or 1, in this order.
            """
        }
    }

    private static func list(_ codes: [ExitStatus]) -> String {
        let numbers = codes.map { "\($0.rawValue)" }
        return numbers.dropLast().joined(separator: ", ") + " or " + (numbers.last ?? "")
    }
}
