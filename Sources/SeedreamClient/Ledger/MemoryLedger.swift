import SeedreamModel

/// A ledger in memory: for tests, and for programs that store their jobs themselves. Its jobs are
/// lost when the process ends, even if they were paid for.
public actor MemoryLedger: JobLedger {
    /// In the order of insertion.
    private var records: [JobRecord] = []
    private var runs: [RunRecord] = []
    /// By run, in the order of recording. For a row with a job, the state is that of the job.
    private var rows: [String: [RowRecord]] = [:]
    private var names = Shelf()

    /// Creates an empty ledger.
    public init() {}

    /// Inserts a new job.
    public func insert(_ job: JobRecord, within budget: Budget?) throws(LedgerError) {
        try insert(job, within: budget, slots: nil)
    }

    /// Inserts a new job, if its account has a free slot.
    public func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) throws(LedgerError) {
        guard !records.contains(where: { $0.id == job.id }) else {
            throw .cannotWrite(path: "memory", reason: "there is already a job \(job.id)")
        }
        if let row = job.row {
            let ofRun = records.filter { $0.row?.run == row.run }
            let other = ofRun.first { $0.row?.key == row.key && ![.failed, .cancelled].contains($0.state) }
            if let other { throw .rowTaken(job: other.id) }
            if let budget, let worst = job.worstCost {
                let spent = ofRun.filter { $0.estimate?.unit == budget.unit }.compactMap(\.worstCost)
                    .reduce(0, +)
                guard spent + worst <= budget.amount + 1e-9 else {
                    throw .overBudget(spent: spent, worst: worst, budget: budget)
                }
            }
        }
        if let slots {
            let now = JobRecord.now
            let taken = records.count {
                guard let time = $0.slotTime, $0.slotAccount == job.slotAccount else { return false }
                return $0.updated + time > now
            }
            guard taken < slots else { throw .slotsTaken(limit: slots) }
        }
        let named = reserveNames(of: job)
        if let row = job.row { change(row.run, row.number) { ($0.job, $0.failure) = (job.id, nil) } }
        records.append(named)
    }

    /// Changes a job and returns it.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        throws(LedgerError)
        -> JobRecord
    {
        guard let index = records.firstIndex(where: { $0.id == id }) else { throw .notFound(id) }
        records[index] = try records[index].changed(by: change)
        if records[index].names == nil { names.forget(id) }
        return records[index]
    }

    /// Returns the job with this ID, ID prefix or provider's request ID.
    public func job(_ id: String) throws(LedgerError) -> JobRecord? {
        let own = id.lowercased()
        if let record = records.first(where: { $0.id == own }) { return record }
        var found = records.filter { $0.providerRequestID == id }
        if found.isEmpty, own.count >= 4 { found = records.filter { $0.id.hasPrefix(own) } }
        guard found.count <= 1 else { throw .ambiguous(id, count: found.count) }
        return found.first
    }

    /// Returns all jobs, newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) -> [JobRecord] {
        let newest = records.enumerated().sorted {
            ($0.element.created, $0.offset) > ($1.element.created, $1.offset)
        }
        let wanted = newest.lazy.map(\.element).filter { states?.contains($0.state) ?? true }
        return Array(wanted.prefix(max(0, limit ?? .max)))
    }

    /// Returns the current job; no other process can own it.
    public func claim(_ id: String) throws(LedgerError) -> JobRecord? {
        guard let record = records.first(where: { $0.id == id }) else { throw .notFound(id) }
        return record
    }

    /// Does nothing, except that it throws for an unknown job.
    public func release(_ id: String) throws(LedgerError) {
        guard records.contains(where: { $0.id == id }) else { throw .notFound(id) }
    }

    // MARK: Runs

    /// Starts a run, or joins the run with the same ID.
    public func join(_ run: RunRecord) -> RunRecord {
        var joined = run
        if let index = runs.firstIndex(where: { $0.id == run.id }) {
            joined.created = runs.remove(at: index).created
        }
        runs.append(joined)
        return joined
    }

    /// Returns all runs, most recently joined first.
    public func runs(limit: Int?) -> [RunSummary] {
        runs.reversed().prefix(max(0, limit ?? .max)).map(summary)
    }

    /// Returns a run and the number of its rows in each state.
    public func summary(of run: String) -> RunSummary? { runs.first { $0.id == run }.map(summary) }

    private func summary(of run: RunRecord) -> RunSummary {
        var summary = RunSummary(run: run, rows: [:])
        for row in current(run.id) { summary.rows[row.state, default: 0] += 1 }
        for job in records where job.row?.run == run.id {
            guard let unit = job.estimate?.unit, let cost = job.worstCost else { continue }
            summary.cost[unit, default: 0] += cost
        }
        return summary
    }

    /// Removes prompts and paths from jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) -> Int {
        var count = 0
        for (index, job) in records.enumerated() where job.updated < time {
            guard let pruned = job.pruned(at: JobRecord.now) else { continue }
            records[index] = pruned
            names.forget(job.id)
            count += 1
            if let row = job.row { change(row.run, row.number) { $0.label = "" } }
        }
        for (index, run) in runs.enumerated() where run.updated < time {
            let all = current(run.id)
            guard all.allSatisfy({ [.saved, .failed, .cancelled, .skipped].contains($0.state) }) else {
                continue
            }
            runs[index] = run.pruned
            for row in all where row.job == nil {
                change(run.id, row.number) { ($0.label, $0.failure) = ("", nil) }
            }
        }
        return count
    }

    /// Returns the run with this ID or name, or the only one whose ID has this prefix.
    public func run(_ id: String) throws(LedgerError) -> RunRecord? {
        let own = id.lowercased()
        var found = runs.filter { $0.id == own || $0.identity.name == id }
        if found.isEmpty, own.count >= 4 { found = runs.filter { $0.id.hasPrefix(own) } }
        guard found.count <= 1 else { throw .ambiguous(id, count: found.count) }
        return found.first
    }

    /// Records a waiting row for each label that has no row in the run.
    public func expect(_ labels: [String], in run: String) {
        for label in labels where !(rows[run] ?? []).contains(where: { $0.label == label }) {
            _ = add(label, nil, to: run)
        }
    }

    /// Returns the row with this key. If no row has it, a row with this label and without a key
    /// gets it, or a new row is created.
    public func row(_ key: String, label: String, in run: String) -> RowRecord {
        let all = current(run)
        let waiting = all.first { $0.label == label && $0.key == nil }
        if let row = all.first(where: { $0.key == key }) {
            if let waiting { rows[run]?.removeAll { $0.number == waiting.number } }
            return row
        }
        guard var row = waiting else { return add(label, key, to: run) }
        row.key = key
        change(run, row.number) { $0.key = key }
        return row
    }

    /// Returns the last row with this label.
    public func row(labelled label: String, in run: String) -> RowRecord? {
        current(run).last { $0.label == label }
    }

    /// Returns the rows of a run.
    public func rows(of run: String, after: Int, limit: Int?) -> [RowRecord] {
        Array(current(run).filter { $0.number > after }.prefix(max(0, limit ?? .max)))
    }

    /// Makes a row `preparing`, unless its job is open or of unknown outcome.
    public func begin(_ row: RowRecord) -> Bool {
        guard let now = current(row.run).first(where: { $0.number == row.number }) else { return false }
        switch now.state {
        case .submitting, .accepted, .finished, .unknown: return false
        case .waiting, .preparing, .saved, .failed, .cancelled, .skipped: break
        }
        change(row.run, row.number) {
            ($0.state, $0.failure) = (.preparing, nil)
            if now.state != .saved { $0.job = nil }
        }
        return true
    }

    /// Sets the state of a row, with the reason if it failed.
    public func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?) {
        let job = records.first { $0.id == current(row.run).first { $0.number == row.number }?.job }
        guard job.map({ [.failed, .cancelled].contains($0.state) }) ?? true else { return }
        change(row.run, row.number) { ($0.state, $0.failure, $0.job) = (state, failure, nil) }
    }

    /// Returns the jobs of equal requests, newest first.
    public func jobs(withContent content: String?) -> [JobRecord] {
        jobs(in: nil, limit: nil).filter { $0.row?.content == content }
    }

    /// Returns the jobs of a run, newest first.
    public func jobs(ofRun run: String) -> [JobRecord] {
        jobs(in: nil, limit: nil).filter { $0.row?.run == run }
    }

    // MARK: Names

    /// Reserves names that were not reserved when the job was inserted, or that a file has taken
    /// since.
    public func reserve(_ names: [String], of id: String, fileExtension: String) throws(LedgerError)
        -> JobRecord?
    {
        guard let index = records.firstIndex(where: { $0.id == id }) else { throw .notFound(id) }
        self.names.over = over
        let reserved = try? self.names.reserve(
            names, of: records[index], extensions: JobRecord.usualExtensions + [fileExtension])
        if let reserved { records[index] = reserved }
        return records[index]
    }

    private func reserveNames(of job: JobRecord) -> JobRecord {
        let possible = job.state.isFinal ? [] : job.possibleNames
        let all = job.row.map { current($0.run) } ?? []
        let own = all.first { $0.number == job.row?.number }
        let earlier = all.filter {
            $0.stem == own?.stem && $0.number < own?.number ?? 0 && $0.job == nil
                && [.waiting, .preparing].contains($0.state)
        }
        names.over = over
        // This shelf never throws.
        return
            (try? names.reserve(
                possible, of: job, leaving: job.namesTellRowsApart ? 0 : earlier.count, after: own?.job))
            ?? job
    }

    private var over: Set<String> { Set(records.filter { $0.state == .saved }.map(\.id)) }

    private struct Shelf: NameShelf {
        private var all: [ReservedName] = []
        /// The IDs of saved jobs.
        var over: Set<String> = []

        func numbers(of stem: String, in folder: String) -> [Int] {
            all.filter { $0.stem == stem && $0.folder == folder }.map(\.number).sorted()
        }
        func holder(of name: String, in folder: String) -> ReservedName? {
            all.first { $0.name == name && $0.folder == folder }
        }
        func name(of job: String, stem: String) -> ReservedName? {
            all.first { $0.job == job && $0.stem == stem }
        }
        func isOver(_ job: String) -> Bool { over.contains(job) }
        mutating func put(_ name: ReservedName) { all.append(name) }
        mutating func remove(_ name: ReservedName) { all.removeAll { $0 == name } }
        mutating func forget(_ job: String) { all.removeAll { $0.job == job } }
    }

    private func current(_ run: String) -> [RowRecord] {
        (rows[run] ?? []).map { row in
            var row = row
            if let job = records.first(where: { $0.id == row.job }) { row.state = RowState(job.state) }
            return row
        }
    }

    private func add(_ label: String, _ key: String?, to run: String) -> RowRecord {
        let number = (rows[run]?.last?.number ?? 0) + 1
        let row = RowRecord(run: run, number: number, label: label, key: key)
        rows[run, default: []].append(row)
        return row
    }

    private func change(_ run: String, _ number: Int, _ change: (inout RowRecord) -> Void) {
        guard let index = rows[run]?.firstIndex(where: { $0.number == number }) else { return }
        change(&rows[run, default: []][index])
    }
}
