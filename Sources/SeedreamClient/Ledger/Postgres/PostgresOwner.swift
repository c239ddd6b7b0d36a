#if Postgres
import Platform
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// This process as an owner of jobs: a lease in the database, which only the server's clock
/// measures.
final class PostgresOwner: Sendable {
    /// The name of the lease, a UUID.
    let name: String
    /// The time of the lease, in seconds.
    let lease: Double
    let spoolFolder: String
    private let pool: PostgresPool
    /// The owner's file on this machine; `nil` if the file system has no locks.
    private let local: LedgerOwner?
    private let renewal = Mutex<PostgresTimer?>(nil)

    /// The IDs of jobs whose insertion failed, but may have been committed. Nothing was sent for
    /// them.
    let doubtful = Mutex<Set<String>>([])

    /// The SQL condition that the owner named by a column is another live one. `$1` is our own
    /// name.
    static func isElsewhereAlive(_ column: String) -> String {
        """
        (\(column) IS NOT NULL AND \(column) <> $1 AND EXISTS (
            SELECT FROM seedream.owner WHERE name = \(column) AND expires > clock_timestamp()))
        """
    }

    /// The time after which an expired lease is removed. Long, as a suspended process that
    /// continues renews its own.
    private static let removal = "7 days"

    /// Takes a lease.
    ///
    /// - Parameters:
    ///   - identity: The ledger.
    ///   - stateFolder: The user's state folder on this machine.
    init(
        _ identity: String, _ pool: PostgresPool, lease: Double, in stateFolder: String
    ) throws(LedgerError) {
        self.pool = pool
        self.lease = lease
        // Home folders may be shared by machines, and locks are not seen by all of them.
        let path = "\(stateFolder)/postgresql/\(identity)-\(ThisMachine.name)"
        let open = JobState.allCases.filter { !$0.isFinal || $0 == .unknown }.map(\.rawValue)
        let owners = LedgerOwners(of: path)
        var found: LedgerOwner?
        do throws(LedgerError) {
            found = try pool.blocking { worker in
                try owners.makeFolder()
                let opening = try owners.waitForOpening(of: path)
                defer { opening.unlock() }
                return try owners.join { name in
                    try worker.transaction(since: .now, isWriting: false) { transaction in
                        try transaction.run(
                            """
                            SELECT 1 FROM seedream.job
                            WHERE state = ANY ($1::text[]) AND strpos(record, $2) > 0 LIMIT 1
                            """, [open, name]
                        ).first != nil
                    }
                }
            }
        } catch {
            switch error {
            // Without its file, the images of this process would be removed by the next one.
            case .cannotConnect, .cannotWrite: throw error
            default: break
            }
        }
        local = found
        name = local?.name ?? UUID().uuidString.lowercased()
        spoolFolder = local?.spool ?? "\(path).spool/\(name)"
        let (name, lease) = (name, lease)
        try pool.blocking { worker in
            try worker.transaction(since: .now, isWriting: true) { try Self.renew(name, lease, $0) }
        }
        try keepAlive()
    }

    /// Renews the lease by the server's clock.
    private static func renew(_ name: String, _ lease: Double, _ transaction: PostgresTransaction) throws {
        try transaction.run(
            """
            INSERT INTO seedream.owner (name, expires)
            VALUES ($1, clock_timestamp() + $2::double precision * interval '1 second')
            ON CONFLICT (name) DO UPDATE SET expires = excluded.expires
            """, [name, lease])
    }

    /// Renews the lease in a transaction that makes this process the owner of something, unless it
    /// was renewed just now: a process that was suspended may get there before the next renewal.
    func extend(_ transaction: PostgresTransaction) throws {
        try transaction.run(
            """
            UPDATE seedream.owner
            SET expires = clock_timestamp() + $2::double precision * interval '1 second'
            WHERE name = $1
                AND expires < clock_timestamp() + $2::double precision * interval '0.5 second'
            """, [name, lease])
    }

    /// Renews the lease from now on, three times as often as necessary, and removes what
    /// ``doubtful`` names.
    private func keepAlive() throws(LedgerError) {
        let timer = PostgresTimer(every: lease / 3) { [self] in
            let ids = doubtful.withLock { $0 }
            let renewed: Void? = try? pool.blocking { [self] worker in
                try worker.transaction(since: .now, isWriting: true) { transaction in
                    try Self.renew(name, lease, transaction)
                    try transaction.run(
                        "DELETE FROM seedream.owner WHERE expires < clock_timestamp() - $1::interval",
                        [Self.removal])
                    for id in ids { try PostgresLedger.withdraw(id, of: self, transaction) }
                }
            }
            if renewed != nil { doubtful.withLock { $0.subtract(ids) } }
        }
        guard let timer else {
            throw .cannotOpen(path: pool.source.url.masked, reason: "the system grants no further thread")
        }
        renewal.withLock { $0 = timer }
    }

    /// Ends the lease.
    func leave() {
        let timer = renewal.withLock { timer in
            defer { timer = nil }
            return timer
        }
        guard let timer else { return }
        timer.end()
        local?.leave()
        let name = name
        pool.once { transaction in
            try transaction.run("DELETE FROM seedream.owner WHERE name = $1", [name])
        }
    }
}

/// The machine that runs this process.
private enum ThisMachine {
    /// Its name, with other characters than letters, digits, `-` and `.` removed.
    static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        let code = gethostname(&buffer, buffer.count - 1)
        let text = code == 0 ? PathText.text(buffer) : ""
        let plain = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) }
        return String(plain.prefix(64))
    }
}
#endif
