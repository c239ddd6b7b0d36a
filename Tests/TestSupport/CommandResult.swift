public import Foundation

/// The result of a program.
public struct CommandResult: Sendable {
    /// The exit status as a shell reports it: 128 plus the signal's number if a signal ended the
    /// program.
    public var status: Int32
    /// The signal that ended the program; `nil` if it exited.
    public var signal: Int32?
    /// All of standard output.
    public var output: Data
    /// All of standard error.
    public var errors: String
    /// The time from the program's start to its end.
    public var duration: Duration

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
    /// The lines of standard output, without a last empty one.
    public var lines: [String] { Self.lines(of: text) }
    /// The lines of standard error, without a last empty one.
    public var errorLines: [String] { Self.lines(of: errors) }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

extension CommandResult: CustomStringConvertible {
    /// The way the program ended and the beginning of each output stream, for messages of tests.
    public var description: String {
        let end = signal.map { "ended by signal \($0)" } ?? "exit status \(status)"
        return "\(end) after \(duration), stdout \(text.prefix(400).debugDescription), "
            + "stderr \(errors.prefix(400).debugDescription)"
    }
}
