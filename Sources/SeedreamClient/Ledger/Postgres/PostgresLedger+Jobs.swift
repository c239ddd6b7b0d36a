#if Postgres
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresLedger {
    /// Changes a job in one transaction and returns it. Ownership is not checked: what a former
    /// owner has learned from the provider must be recorded.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    {
        // Names the change, so that a repetition after a broken commit finds it.
        let mark = UUID().uuidString
        return try await write { transaction in
            let row = try transaction.run(
                "SELECT record, change FROM seedream.job WHERE id = $1 FOR UPDATE", [id]
            ).first
            guard let row else { throw LedgerError.notFound(id) }
            let earlier = try Self.value(JobRecord.self, row)
            if transaction.mayBeDone, row.optional("change") == mark { return earlier }
            let job: JobRecord
            do throws(LedgerError) {
                job = try earlier.changed(by: change)
            } catch {
                // It was committed, and another process has gone on from there.
                if transaction.mayBeDone { return earlier }
                throw error
            }
            if earlier.names != nil, job.names == nil { try Self.forgetNames(of: id, transaction) }
            let keepsSlot = job.state == earlier.state && job.settlement == earlier.settlement
            try transaction.run(
                """
                UPDATE seedream.job SET updated = $2, state = $3, request_id = $4, record = $5, cost = $6,
                    change = $7, slot_until = CASE WHEN $8::boolean THEN slot_until
                        ELSE clock_timestamp() + $9::double precision * interval '1 second' END
                WHERE id = $1
                """,
                [
                    id, job.updated, job.state.rawValue, job.providerRequestID, try Self.text(of: job),
                    job.worstCost, mark, keepsSlot, job.slotTime,
                ])
            return job
        }
    }

    /// Returns the job with this ID or provider's request ID, or the only one whose ID begins with
    /// this text of at least 4 characters.
    public func job(_ id: String) async throws(LedgerError) -> JobRecord? {
        try await read { transaction in
            let own = id.lowercased()
            // A text with a zero byte is in no table.
            guard !id.utf8.contains(0) else { return nil }
            let column = "SELECT record FROM seedream.job WHERE"
            var rows = try transaction.run("\(column) id = $1", [own]).rows
            if rows.isEmpty { rows = try transaction.run("\(column) request_id = $1", [id]).rows }
            if rows.isEmpty, own.count >= 4 {
                // The upper bound sorts after every text with this prefix.
                rows = try transaction.run(
                    "\(column) id >= $1 AND id < $2", [own, own + "\u{10FFFF}"]
                ).rows
            }
            guard rows.count <= 1 else { throw LedgerError.ambiguous(id, count: rows.count) }
            return try rows.first.map { try Self.value(JobRecord.self, $0) }
        }
    }

    /// Returns all jobs, newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord] {
        let limit = limit.map { max(0, $0) }
        guard let states else { return try await jobs("TRUE", [], limit) }
        return try await jobs("state = ANY ($1::text[])", [states.map(\.rawValue)], limit)
    }

    /// Returns the jobs of equal requests.
    public func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord] {
        guard let content else { return try await jobs("content IS NULL", []) }
        return try await jobs("content = $1", [content])
    }

    /// Returns the jobs of a run.
    public func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord] {
        try await jobs("run = $1", [run])
    }

    /// - Parameter condition: A fixed text.
    private func jobs(_ condition: String, _ values: [any PostgresValue], _ limit: Int? = nil)
        async throws(LedgerError) -> [JobRecord]
    {
        try await read { transaction in
            // In PostgreSQL a limit of NULL means no limit.
            try transaction.run(
                """
                SELECT record FROM seedream.job WHERE \(condition)
                ORDER BY created DESC, place DESC LIMIT $\(values.count + 1)::bigint
                """, values + [limit]
            ).rows.map { try Self.value(JobRecord.self, $0) }
        }
    }

    /// Makes this instance the owner of a job that was released or whose owner's lease has expired.
    public func claim(_ id: String) async throws(LedgerError) -> JobRecord? {
        let owner = try owned()
        return try await write { transaction in
            let row = try transaction.run(
                """
                SELECT record, \(PostgresOwner.isElsewhereAlive("job.owner")) AS is_owned
                FROM seedream.job AS job WHERE id = $2 FOR UPDATE
                """, [owner.name, id]
            ).first
            guard let row else { throw LedgerError.notFound(id) }
            guard try !row.flag("is_owned") else { return nil }
            try owner.extend(transaction)
            try transaction.run(
                "UPDATE seedream.job SET owner = $1, claim = claim + 1 WHERE id = $2", [owner.name, id])
            return try Self.value(JobRecord.self, row)
        }
    }

    /// Releases a job; does nothing if another instance owns it.
    public func release(_ id: String) async throws(LedgerError) {
        let owner = try owned().name
        try await write { transaction in
            let row = try transaction.run(
                "SELECT owner FROM seedream.job WHERE id = $1 FOR UPDATE", [id]
            ).first
            guard let row else { throw LedgerError.notFound(id) }
            guard row.optional("owner") == owner else { return }
            try transaction.run("UPDATE seedream.job SET owner = NULL WHERE id = $1", [id])
        }
    }
}
#endif
