import Synchronization

/// The jobs that tasks of this process work on. A ledger lets a process claim its own jobs again,
/// and two tasks would then save the same images under two names.
enum JobsAtWork {
    private struct Entry: Hashable {
        var ledger: ObjectIdentifier
        var id: String

        init(_ id: String, _ ledger: any JobLedger) {
            (self.ledger, self.id) = (ObjectIdentifier(ledger as AnyObject), id)
        }
    }

    private static let entries = Mutex<Set<Entry>>([])

    /// Adds a job.
    ///
    /// - Returns: `false` if another task works on it.
    static func begin(_ id: String, in ledger: any JobLedger) -> Bool {
        entries.withLock { $0.insert(Entry(id, ledger)).inserted }
    }

    /// Removes a job. Only the task that added it may do so.
    static func end(_ id: String, in ledger: any JobLedger) {
        _ = entries.withLock { $0.remove(Entry(id, ledger)) }
    }
}
