import Foundation

extension CommandRunner {
    /// The `script` of util-linux, which gives a program a terminal; `nil` if it is not installed.
    public static let script: String? = {
        #if os(Linux)
        ["/usr/bin/script", "/bin/script"].first { FileManager.default.isExecutableFile(atPath: $0) }
        #else
        nil
        #endif
    }()

    /// Runs the program on a terminal. The output is everything that appears on the terminal, from
    /// both streams.
    ///
    /// - Parameters:
    ///   - columns: The width of the terminal.
    ///   - redirection: Shell redirections, such as `">out.json"`.
    public func run(
        _ arguments: [String], onTerminalOf columns: Int, redirection: String = ""
    ) async throws -> TerminalScreen {
        let command = try start(arguments, onTerminalOf: columns, redirection: redirection)
        return TerminalScreen(try await command.result())
    }

    /// Starts the program on a terminal. If a working directory is set, the file `pid` in it
    /// receives the process identifier.
    public func start(
        _ arguments: [String], onTerminalOf columns: Int, redirection: String = ""
    ) throws -> RunningCommand {
        func quoted(_ word: String) -> String { "'\(word.replacingOccurrences(of: "'", with: #"'\''"#))'" }
        let words = ([executable] + leadingArguments + arguments).map(quoted).joined(separator: " ")
        var runner = self
        (runner.executable, runner.leadingArguments) = (Self.script ?? "/nowhere/script", [])
        runner.environment["TERM"] = environment["TERM"] ?? "xterm"
        let note = directory == nil ? "" : "echo $$ >pid; "
        let line = "stty cols \(columns) rows 24; \(note)exec \(words) \(redirection)"
        return try runner.start(["--quiet", "--return", "--command", line, "/dev/null"])
    }
}

/// The text that a program has shown on a terminal.
public struct TerminalScreen: Sendable {
    /// The result of the program.
    public var result: CommandResult
    /// Everything that was visible at some time, without colours: the lines, and the texts that
    /// were shown in place of a line and then cleared.
    public var lines: [String]

    init(_ result: CommandResult) {
        self.result = result
        let text = result.text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
        lines =
            text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(
                of: "\r\u{1B}[K", with: "\n"
            )
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Returns the lines of a table, from its header to the blank line after it.
    public func table(_ header: String) -> [String] {
        Array(
            lines.drop { !$0.trimmingCharacters(in: .whitespaces).hasPrefix(header) }.prefix { !$0.isEmpty })
    }

    /// Returns the columns that a line takes up, for the scripts that the tests use.
    public static func columns(_ line: String) -> Int {
        line.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: sum
            default:
                switch scalar.value {
                case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF00...0xFF60,
                    0x1F300...0x1FAFF:
                    sum + 2
                default: sum + 1
                }
            }
        }
    }

    /// File names in scripts with wide, right-to-left, combining and pictographic characters, all
    /// longer than a narrow column.
    public static let names = [
        "夜の東京駅前広場で撮った家族写真の二枚目.jpg", "صورة طويلة جدا من الصحراء الكبرى عند الغروب.jpg",
        "📷🌄🌅-holiday-in-the-mountains-with-friends.jpg",
        "cafe\u{301}-e\u{301}te\u{301}-a\u{300}-Gene\u{300}ve-premie\u{300}re.jpg", "a.jpg",
    ]
}
