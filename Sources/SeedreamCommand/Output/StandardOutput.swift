#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
