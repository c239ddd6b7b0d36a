/// A ledger that ends with its process: for tests, and for programs that keep their jobs themselves. What it holds when the process ends
/// is lost, paid for or not.
public actor MemoryLedger: JobLedger {
    /// In the order in which they were inserted.
    private var records: [JobRecord] = []

    /// Makes an empty ledger.
    public init() {}

    /// Keeps a new job.
    public func insert(_ job: JobRecord) throws(LedgerError) {
        guard !records.contains(where: { $0.id == job.id }) else {
            throw .cannotWrite(path: "memory", reason: "there is a job \(job.id) already")
        }
        records.append(job)
    }

    /// Changes a job and returns it.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        throws(LedgerError)
        -> JobRecord
    {
        guard let index = records.firstIndex(where: { $0.id == id }) else { throw .notFound(id) }
        records[index] = try records[index].changed(by: change)
        return records[index]
    }

    /// The job of that id, of an id that begins so, or of the host's id.
    public func job(_ id: String) throws(LedgerError) -> JobRecord? {
        let own = id.lowercased()
        if let record = records.first(where: { $0.id == own }) { return record }
        var found = records.filter { $0.hostRequestID == id }
        if found.isEmpty, own.count >= 4 { found = records.filter { $0.id.hasPrefix(own) } }
        guard found.count <= 1 else { throw .ambiguous(id, count: found.count) }
        return found.first
    }

    /// All jobs, the newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) -> [JobRecord] {
        let newest = records.enumerated().sorted {
            ($0.element.created, $0.offset) > ($1.element.created, $1.offset)
        }
        let wanted = newest.lazy.map(\.element).filter { states?.contains($0.state) ?? true }
        return Array(wanted.prefix(max(0, limit ?? .max)))
    }

    /// The job as it is now: no other process sees it.
    public func claim(_ id: String) throws(LedgerError) -> JobRecord? {
        guard let record = records.first(where: { $0.id == id }) else { throw .notFound(id) }
        return record
    }

    /// Does nothing.
    public func release(_ id: String) throws(LedgerError) {
        guard records.contains(where: { $0.id == id }) else { throw .notFound(id) }
    }
}
