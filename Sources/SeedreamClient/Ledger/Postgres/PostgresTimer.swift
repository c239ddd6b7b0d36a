#if Postgres
import Platform

/// A thread that repeats work at an interval. A task of Swift concurrency would be late when the
/// few threads for tasks are busy, and a lease would expire.
final class PostgresTimer: Sendable {
    /// The two ends of a pipe; closing the second ends the thread.
    private let reading: Int32
    private let writing: Int32

    /// Starts the thread. Changes of the time of day do not matter to it.
    ///
    /// - Returns: `nil` if the system grants no thread or descriptor.
    init?(every interval: Double, _ work: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = ends[0]
        let thread = try? WorkerThread {
            defer { close(reading) }
            var descriptor = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            while true {
                let count = poll(&descriptor, 1, Int32(interval * 1000))
                if count == 0 { work() }
                if count > 0 || count < 0 && errno != EINTR { return }
            }
        }
        guard thread != nil else {
            ends.forEach { close($0) }
            return nil
        }
    }

    /// Ends the thread, without waiting for it. Call it once.
    func end() { close(writing) }
}
#endif
