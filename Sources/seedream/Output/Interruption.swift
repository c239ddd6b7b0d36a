import Pixels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The writing end of the pipe that the signal handler tells of a signal.
///
/// `nonisolated(unsafe)`: written once, before the handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Turns the first SIGINT or SIGTERM into cancellation, so that no half-written file is left; the second one ends at once.
enum Interruption {
    /// Runs `body` in a task that the signals cancel.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return try await body() }
        let reader = ends[0]
        signalPipe = ends[1]
        let task = Task { try await body() }
        let watcher = try? WorkerThread {
            waitForSignal(reader)
            task.cancel()
            waitForSignal(reader)
            _exit(ExitStatus.interrupted.rawValue)
        }
        // Without a thread that hears of them, signals do what they usually do.
        if watcher != nil { catchSignals() }
        try await task.value
    }

    private static func catchSignals() {
        for number in [SIGINT, SIGTERM] {
            // A handler may do little more than write to a pipe (POSIX, async-signal-safety).
            signal(number) { _ in
                let saved = errno
                var byte: UInt8 = 0
                _ = write(signalPipe, &byte, 1)
                errno = saved
            }
        }
    }

    /// Waits for one signal.
    private static func waitForSignal(_ reader: Int32) {
        var byte: UInt8 = 0
        while read(reader, &byte, 1) < 0, errno == EINTR {}
    }
}
