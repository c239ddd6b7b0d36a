public import Foundation

/// What a program did.
public struct CommandResult: Sendable {
    /// As a shell has it: the exit status, or 128 and the signal that ended it.
    public var status: Int32
    /// The signal that ended it, `nil` if it exited by itself.
    public var signal: Int32?
    /// All of standard output.
    public var output: Data
    /// All of standard error.
    public var errors: String
    /// From its start to its end.
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
    /// The end and the beginning of what was written, for messages of tests.
    public var description: String {
        let end = signal.map { "ended by signal \($0)" } ?? "exit status \(status)"
        return "\(end) after \(duration), stdout \(text.prefix(400).debugDescription), "
            + "stderr \(errors.prefix(400).debugDescription)"
    }
}
