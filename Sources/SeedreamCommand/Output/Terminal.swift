import ArgumentParser
import ImageCodecs
import Platform
import Synchronization

/// When to use colour.
enum TerminalColor: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal that allows it.
    case auto
    case always, never
}

/// The two output streams: data on stdout, everything else on stderr.
enum Terminal {
    /// The value of `--color`. Set when the command line is parsed.
    static let color = Mutex(TerminalColor.auto)

    /// Whether to use colour on a descriptor: `--color` says so or, with `auto`, it is a terminal
    /// other than `dumb`, and `NO_COLOR` is unset or empty (https://no-color.org).
    static func allowsColor(on descriptor: Int32) -> Bool {
        switch color.withLock(\.self) {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        guard isatty(descriptor) == 1, environment("NO_COLOR") ?? "" == "" else { return false }
        return environment("TERM") != "dumb"
    }

    /// Whether the terminal can redraw a line; `dumb` cannot.
    static var canMoveCursor: Bool { environment("TERM") != "dumb" }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Writes all bytes.
    ///
    /// - Throws: ``OutputError`` with the system's error number.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(OutputError) {
        if descriptor == STDOUT_FILENO { MachineOutput.noteOutput() }
        if let code = Descriptor.writeAll(bytes, to: descriptor) { throw OutputError(errno: code) }
    }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
        if descriptor == STDOUT_FILENO { MachineOutput.noteOutput() }
        if let code = bytes.withUnsafeBytes({ Descriptor.writeAll($0, to: descriptor) }) {
            throw OutputError(errno: code)
        }
    }

    /// Writes text. All text reaches a terminal through this function, and ``TerminalText`` has
    /// escaped its control characters.
    static func write(_ text: TerminalText, to descriptor: Int32) throws(OutputError) {
        let bytes = Array(text.text.utf8)
        do {
            try bytes.withUnsafeBytes { try write($0, to: descriptor) }
        } catch let error as OutputError {
            throw error
        } catch {
            throw OutputError(errno: EIO)
        }
    }

    /// Writes a line of data to stdout.
    static func print(_ line: TerminalText) throws(OutputError) { try write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a line to stderr. Ignores errors, as there is nowhere to report them.
    static func note(_ line: TerminalText) { try? write(line + "\n", to: STDERR_FILENO) }
}

/// A failed write, with the error number of the system.
struct OutputError: Error {
    var errno: Int32
    var description: String { SystemCall.message(errno) }
}

/// The handling of errors on standard output.
enum StandardOutput {
    /// Makes a closed pipe (SIGPIPE) and a file size limit (SIGXFSZ) errors of `write` instead of
    /// signals that end the process.
    static func ignoreSignalsOfWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Reports a failed write, and returns the exit code.
    static func status(after error: OutputError) -> ExitStatus {
        // The reader has closed the pipe, for example `head`; that is not an error.
        if error.errno == EPIPE { return .done }
        Diagnostics().failure(
            "standard output cannot be written: \(error.description)", hint: nil, category: .output)
        return .outputFailed
    }
}
