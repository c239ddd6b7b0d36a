#if Postgres
import SeedreamModel
import Synchronization

extension PostgresLedger {
    /// Inserts a new job, owned by this instance, and makes its row `submitting`.
    public func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
        try await insert(job, within: budget, slots: nil)
    }

    /// Inserts a new job, owned by this instance, if its account has a free slot.
    ///
    /// All checks hold when the transaction ends: it waits for the others of the same run, account
    /// and folder. It is refused with ``LedgerError/rowTaken(job:)`` if another process has taken
    /// the row over since ``begin(_:)``.
    public func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) async throws(LedgerError) {
        let owner = try owned()
        let place = job.row.map { RowPlace(run: $0.run, number: $0.number) }
        let claim = place.flatMap { place in begun.withLock { $0[place] } }
        // Whether an attempt reached its commit.
        let isPut = Mutex(false)
        do throws(LedgerError) {
            try await write { transaction in
                try transaction.lock(Self.locks(of: job))
                if transaction.mayBeDone, try Self.isOwn(job.id, owner, transaction) { return }
                if let slots { try Self.lockAccount(of: job, slots, transaction) }
                try Self.check(job, claim, owner, within: budget, slots, transaction)
                try owner.extend(transaction)
                try Self.put(try Self.reserveNames(of: job, transaction), owner, transaction)
                isPut.withLock { $0 = true }
            }
        } catch {
            switch error {
            // The last attempt saw that the job is not there.
            case .rowTaken, .overBudget, .slotsTaken: break
            // After a failover the last attempt may have met a server that only reads.
            default:
                if isPut.withLock({ $0 }) { _ = owner.doubtful.withLock { $0.insert(job.id) } }
            }
            throw error
        }
        if let place { _ = begun.withLock { $0.removeValue(forKey: place) } }
    }

    /// The locks that an insertion needs: its own, which an earlier attempt with an unknown end
    /// still has if it has not ended; the one of its run, for the budget and the rows; the one of
    /// the folder, for the names.
    private static func locks(of job: JobRecord) -> [String] {
        var names = ["job \(job.id)"]
        if let run = job.row?.run { names.append("run \(run)") }
        if let folder = job.folderOfNames { names.append("folder \(folder)") }
        return names
    }

    private static func isOwn(_ id: String, _ owner: PostgresOwner, _ transaction: PostgresTransaction)
        throws -> Bool
    {
        try transaction.run(
            "SELECT 1 FROM seedream.job WHERE id = $1 AND owner = $2", [id, owner.name]
        ).first != nil
    }

    /// Waits until no other transaction counts the slots of the account.
    private static func lockAccount(of job: JobRecord, _ slots: Int, _ transaction: PostgresTransaction)
        throws
    {
        try transaction.run(
            "INSERT INTO seedream.account (name) VALUES ($1) ON CONFLICT DO NOTHING", [job.slotAccount])
        try transaction.run(
            "SELECT 1 FROM seedream.account WHERE name = $1 FOR UPDATE", [job.slotAccount])
    }

    /// Checks that a job may be sent.
    private static func check(
        _ job: JobRecord, _ claim: Int?, _ owner: PostgresOwner, within budget: Budget?, _ slots: Int?,
        _ transaction: PostgresTransaction
    ) throws {
        // One query, as all others of the run wait meanwhile.
        let found = try transaction.run(
            """
            SELECT
                EXISTS (SELECT FROM seedream.job WHERE id = $1) AS is_there,
                (SELECT id FROM seedream.job
                    WHERE run = $2 AND md5(row_key) = md5($3) AND row_key = $3
                        AND state NOT IN ('failed', 'cancelled')) AS other,
                (SELECT sum(cost) FROM seedream.job WHERE run = $2 AND unit = $4) AS spent,
                (SELECT count(*) FROM seedream.job
                    WHERE account = $5 AND slot_until > clock_timestamp()) AS slots,
                (SELECT owner FROM seedream.run_row WHERE run = $2 AND number = $6::integer) AS owner,
                (SELECT claim FROM seedream.run_row WHERE run = $2 AND number = $6::integer) AS claim,
                (SELECT job FROM seedream.run_row WHERE run = $2 AND number = $6::integer) AS job
            """,
            [
                job.id, job.row?.run, job.row?.key, budget?.unit.rawValue, job.slotAccount,
                job.row?.number,
            ]
        ).first
        guard let found else { return }
        if try found.flag("is_there") {
            throw PostgresFailure(code: "23505", message: "there is already a job \(job.id)")
        }
        if job.row != nil {
            if let other = found.optional("other") { throw LedgerError.rowTaken(job: other) }
            let current = found.optional("claim").flatMap(Int.init)
            let holder = found.optional("owner")
            if let claim, claim != current || holder != owner.name {
                throw LedgerError.rowTaken(job: found.optional("job") ?? "")
            }
            if claim == nil, let holder, holder != owner.name { throw LedgerError.rowTaken(job: "") }
            if let budget, let worst = job.worstCost {
                let spent = found.optional("spent").flatMap(Double.init) ?? 0
                // A sum of cents is not exact in binary.
                guard spent + worst <= budget.amount + 1e-9 else {
                    throw LedgerError.overBudget(spent: spent, worst: worst, budget: budget)
                }
            }
        }
        if let slots, try found.integer("slots") >= slots { throw LedgerError.slotsTaken(limit: slots) }
    }

    private static func put(_ job: JobRecord, _ owner: PostgresOwner, _ transaction: PostgresTransaction)
        throws
    {
        do {
            try transaction.run(
                """
                INSERT INTO seedream.job (id, created, updated, provider, state, request_id, owner,
                    claim, record, run, row_key, content, cost, unit, account, slot_until)
                VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14,
                    clock_timestamp() + $15::double precision * interval '1 second')
                """,
                [
                    job.id, job.created, job.updated, job.provider.rawValue, job.state.rawValue,
                    job.providerRequestID, owner.name, try text(of: job), job.row?.run, job.row?.key,
                    job.row?.content, job.worstCost, job.estimate?.unit.rawValue, job.slotAccount,
                    job.slotTime,
                ])
        } catch let failure as PostgresFailure where failure.constraint == "job_row" {
            throw LedgerError.rowTaken(job: "")
        }
        guard let row = job.row else { return }
        try transaction.run(
            """
            UPDATE seedream.run_row
            SET state = 'submitting', job = $1, owner = NULL, failure = NULL
            WHERE run = $2 AND number = $3
            """, [job.id, row.run, row.number])
    }

    // MARK: Insertions of unknown outcome

    /// Removes a job whose insertion was reported as failed, but was committed. If this process
    /// ends first, the job is listed as unknown.
    static func withdraw(_ id: String, of owner: PostgresOwner, _ transaction: PostgresTransaction) throws {
        // The insertion may still be in progress on the server.
        try transaction.lock(["job \(id)"])
        let removed = try transaction.run(
            """
            DELETE FROM seedream.job
            WHERE id = $1 AND owner = $2 AND state = 'submitting' AND change IS NULL
            """, [id, owner.name])
        guard removed.count > 0 else { return }
        try forgetNames(of: id, transaction)
        try transaction.run(
            "UPDATE seedream.run_row SET state = 'waiting', job = NULL WHERE job = $1", [id])
    }
}
#endif
