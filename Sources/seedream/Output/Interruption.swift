import Pixels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns the first SIGINT or SIGTERM into cancellation, so that no half-written file is left; the second one ends at once.
enum Interruption {
    /// Runs `body` in a task that the signals cancel.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Threads made from here on inherit the mask, so that only the waiting one gets the signals.
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let task = Task { try await body() }
        let waited = signals
        _ = try? WorkerThread {
            var signals = waited
            var number: Int32 = 0
            sigwait(&signals, &number)
            task.cancel()
            sigwait(&signals, &number)
            _exit(ExitStatus.interrupted.rawValue)
        }
        try await task.value
    }
}
