import AtomicFiles
import ImageCodecs

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The two output streams: data on stdout, everything else on stderr.
enum Terminal {
    /// Whether colour may be used on a descriptor: a terminal, `NO_COLOR` unset or empty
    /// (no-color.org), not `dumb`.
    static func allowsColor(on descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, environment("NO_COLOR") ?? "" == "" else { return false }
        return environment("TERM") != "dumb"
    }

    /// Whether a terminal can draw a line again: `dumb` cannot.
    static var canMoveCursor: Bool { environment("TERM") != "dumb" }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Writes all bytes.
    ///
    /// - Throws: ``OutputError`` with the system's error number.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(OutputError) {
        if let code = Descriptor.writeAll(bytes, to: descriptor) { throw OutputError(errno: code) }
    }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
        if let code = bytes.withUnsafeBytes({ Descriptor.writeAll($0, to: descriptor) }) {
            throw OutputError(errno: code)
        }
    }

    /// Writes text. This is the last step before a terminal, for both streams: there is no other
    /// way for text to it, and ``TerminalText`` escapes what could steer it.
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

    /// A line of data.
    static func print(_ line: TerminalText) throws(OutputError) { try write(line + "\n", to: STDOUT_FILENO) }

    /// A line for people. Nothing can be done if it cannot be written.
    static func note(_ line: TerminalText) { try? write(line + "\n", to: STDERR_FILENO) }
}

/// A write that failed, with the system's error number.
struct OutputError: Error {
    var errno: Int32
    var description: String { SystemCall.message(errno) }
}

/// What happens when standard output cannot be written.
enum StandardOutput {
    /// Makes a reader that leaves, and a file that may not grow, an error of `write` instead of a
    /// signal that ends the process.
    static func ignoreSignalsOfWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Says what was wrong with a write, and gives the code to end with.
    static func status(after error: OutputError) -> ExitStatus {
        // Whoever read our output has left: that is no failure of ours.
        if error.errno == EPIPE { return .done }
        Diagnostics().failure("standard output cannot be written: \(error.description)", hint: nil)
        return .outputFailed
    }
}
