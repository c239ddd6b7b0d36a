import Pixels
import Platform
import Synchronization

/// The write end of the pipe that the signal handler writes to.
///
/// `nonisolated(unsafe)`: written once, before the handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Cancels the task on the first SIGINT, SIGTERM or SIGHUP, and ends the process on the second.
///
/// After the first signal, half-written files are removed and a paid request in flight still gets
/// its answer. A request in flight at the second signal is in the ledger, and the next command
/// marks it as unknown.
enum Interruption {
    private static let first = Atomic<Int32>(0)

    /// The exit code of an interrupted command.
    static var status: ExitStatus { status(after: first.load(ordering: .relaxed)) }

    /// Returns the exit code of a command that a signal has interrupted.
    static func status(after signal: Int32) -> ExitStatus { signal == SIGTERM ? .terminated : .interrupted }

    /// Runs `body` in a task that these signals cancel.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return try await body() }
        let reader = ends[0]
        signalPipe = ends[1]
        let task = Task { try await body() }
        let watcher = try? WorkerThread {
            first.store(receiveSignal(reader) ?? SIGINT, ordering: .relaxed)
            task.cancel()
            if receiveSignal(reader, milliseconds: 1000) == nil {
                Terminal.note(
                    "stopping; waiting for the answer to any paid request in flight; a second signal ends at once"
                )
                _ = receiveSignal(reader)
            }
            _exit(status.rawValue)
        }
        // Without a thread to read the pipe, signals keep their default action.
        if watcher != nil { catchSignals() }
        try await task.value
    }

    /// Runs `body`; the first of these signals asks it to end, with the signal's number, and the
    /// second ends the process.
    static func draining(
        _ ask: @escaping @Sendable (Int32) -> Void, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return try await body() }
        let reader = ends[0]
        signalPipe = ends[1]
        let watcher = try? WorkerThread {
            guard let signal = receiveSignal(reader) else { return }
            ask(signal)
            _ = receiveSignal(reader)
            _exit(status(after: signal).rawValue)
        }
        // Without a thread to read the pipe, signals keep their default action.
        if watcher != nil { catchSignals() }
        try await body()
    }

    private static func catchSignals() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // A handler may only call async-signal-safe functions such as `write` (POSIX).
            let earlier = signal(number) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
                errno = saved
            }
            // `nohup` starts its program with SIGHUP ignored; keep it ignored.
            if number == SIGHUP, isIgnored(earlier) { signal(number, SIG_IGN) }
        }
    }

    private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Waits for one signal.
    ///
    /// - Parameter milliseconds: The longest wait in ms; -1 for no limit.
    /// - Returns: The number of the signal; `nil` if none came.
    private static func receiveSignal(_ reader: Int32, milliseconds: Int32 = -1) -> Int32? {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            var byte: UInt8 = 0
            if read(reader, &byte, 1) > 0 { return Int32(byte) }
        }
    }
}
