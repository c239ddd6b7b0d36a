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

/// Turns the first SIGINT, SIGTERM or SIGHUP into cancellation, so that no half-written file is
/// left and a paid request under way gets its answer; the second one ends at once. What was under
/// way then is in the ledger, and the next command calls it unknown.
enum Interruption {
    /// Runs `body` in a task that the signals cancel.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return try await body() }
        let reader = ends[0]
        signalPipe = ends[1]
        let task = Task { try await body() }
        let watcher = try? WorkerThread {
            _ = waitForSignal(reader)
            task.cancel()
            if !waitForSignal(reader, milliseconds: 1000) {
                Terminal.note(
                    "stopping; a paid request under way gets its answer; a second signal ends at once")
                _ = waitForSignal(reader)
            }
            _exit(ExitStatus.interrupted.rawValue)
        }
        // Without a thread that hears of them, signals do what they usually do.
        if watcher != nil { catchSignals() }
        try await task.value
    }

    private static func catchSignals() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // A handler may do little more than write to a pipe (POSIX, async-signal-safety).
            let earlier = signal(number) { _ in
                let saved = errno
                var byte: UInt8 = 0
                _ = write(signalPipe, &byte, 1)
                errno = saved
            }
            // `nohup` ignores the end of the terminal for what it starts.
            if number == SIGHUP, isIgnored(earlier) { signal(number, SIG_IGN) }
        }
    }

    private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Waits for one signal.
    ///
    /// - Parameter milliseconds: The longest wait; -1: for ever.
    /// - Returns: Whether it came.
    private static func waitForSignal(_ reader: Int32, milliseconds: Int32 = -1) -> Bool {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            var byte: UInt8 = 0
            if read(reader, &byte, 1) > 0 { return true }
        }
    }
}
