import Platform
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A wrapper of another ledger that loses nothing learned after a request was sent.
///
/// A change that the wrapped ledger cannot record is retried, then kept in memory and in a separate
/// file, so that the process can continue the job. The next change, or the next process, records
/// it. New jobs are not kept this way: nothing is sent before its job is in the ledger.
public final class SpoolingLedger: JobLedger {
    /// A job that the ledger could not record.
    package struct Unrecorded: Hashable, Sendable {
        /// The job as the ledger should have it.
        package var job: JobRecord
        /// The error of the ledger.
        package var reason: LedgerError
        /// The file that keeps it meanwhile; `nil` if none could be written.
        package var file: String?
    }

    /// The contents of a file that keeps an unrecorded job.
    private struct Document: Codable {
        /// The ledger that the job belongs to.
        var ledger: String
        var job: JobRecord
    }

    struct State {
        /// The unrecorded jobs, by job ID.
        var unrecorded: [String: Unrecorded] = [:]
        /// The jobs of this process, as last seen.
        var known: [String: JobRecord] = [:]
        var hasRecovered = false
    }

    let ledger: any JobLedger
    /// The name of the ledger in the files.
    private let name: String
    /// The folders for the files; the first writable one is used.
    private let folders: [String]
    /// The pauses before the retries of a change, in seconds.
    private let pauses: [Double]
    let state = Mutex(State())

    /// Wraps a ledger; returns it unchanged if it is already wrapped.
    package static func over(_ ledger: any JobLedger) -> SpoolingLedger {
        ledger as? SpoolingLedger ?? SpoolingLedger(ledger)
    }

    /// Wraps a ledger.
    ///
    /// - Parameters:
    ///   - folders: The folders for changes that cannot be recorded. Default: `<path>.pending` for
    ///     an SQLite ledger, then `pending` in the user's state folder of this machine.
    ///   - pauses: The pauses before the retries of a change, in seconds.
    package init(_ ledger: any JobLedger, folders: [String]? = nil, pauses: [Double] = [0.1, 0.4]) {
        self.ledger = ledger
        self.pauses = pauses
        let lasting = ledger as? any ClosableLedger
        name = lasting?.identity ?? "memory"
        let own = (lasting?.pendingFolder).map { [$0] } ?? []
        self.folders = folders ?? own + ["\(StateFolder.path())/pending"]
    }

    /// The spool folder of the wrapped ledger.
    public var spoolFolder: String? { ledger.spoolFolder }

    /// The jobs that are currently not recorded.
    package var unrecorded: [Unrecorded] { state.withLock { Array($0.unrecorded.values) } }

    // MARK: Jobs

    /// Inserts a new job, or throws.
    public func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
        try await insert(job, within: budget, slots: nil)
    }

    /// Inserts a new job if its account has a free slot, or throws.
    public func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) async throws(LedgerError) {
        await recover()
        try await ledger.insert(job, within: budget, slots: slots)
        note(job)
        // The ledger can be written again: record what it could not.
        for id in state.withLock({ Array($0.unrecorded.keys) }) { await record(id) }
    }

    /// Changes a job and returns it. A change that the ledger cannot record is kept until it can.
    ///
    /// - Throws: ``LedgerError/forbiddenTransition(from:to:)``; the ledger's error for a job that
    ///   this process has not seen, for example ``LedgerError/notFound(_:)``.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    {
        if state.withLock({ $0.unrecorded[id] != nil }) {
            let changed = try keep(id, change, reason: nil)
            await record(id)
            return changed
        }
        var reason: LedgerError
        var attempt = 0
        while true {
            do throws(LedgerError) {
                let changed = try await ledger.update(id, change)
                note(changed)
                return changed
            } catch {
                if case .forbiddenTransition = error { throw error }
                reason = error
            }
            guard attempt < pauses.count else { break }
            try? await Task.sleep(for: .seconds(pauses[attempt]))
            attempt += 1
        }
        return try keep(id, change, reason: reason)
    }

    /// Returns the job as the ledger has it, or should have it.
    public func job(_ id: String) async throws(LedgerError) -> JobRecord? {
        await recover()
        let job = try await ledger.job(id)
        return state.withLock { state in
            if let job { return state.unrecorded[job.id]?.job ?? job }
            return state.unrecorded.values.first { $0.job.providerRequestID == id }?.job
        }
    }

    /// Returns all jobs, newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord] {
        await recover()
        let unrecorded = state.withLock { $0.unrecorded }
        if unrecorded.isEmpty { return try await ledger.jobs(in: states, limit: limit) }
        let jobs = try await ledger.jobs(in: nil, limit: nil).lazy.map { unrecorded[$0.id]?.job ?? $0 }
        return Array(jobs.filter { states?.contains($0.state) ?? true }.prefix(max(0, limit ?? .max)))
    }

    /// Makes the caller the owner of a job.
    public func claim(_ id: String) async throws(LedgerError) -> JobRecord? {
        await recover()
        guard let job = try await ledger.claim(id) else { return nil }
        return state.withLock { state in
            let current = state.unrecorded[id]?.job ?? job
            state.known[id] = current
            return current
        }
    }

    /// Releases a job.
    public func release(_ id: String) async throws(LedgerError) {
        try await ledger.release(id)
        // Forget the job, so that a run of many rows keeps only its jobs in progress.
        state.withLock { state in
            if state.unrecorded[id] == nil { state.known[id] = nil }
        }
    }

    /// Reserves names. If the ledger cannot, only existing files determine which are taken.
    public func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    {
        if state.withLock({ $0.unrecorded[id] != nil }) { return nil }
        guard let job = try? await ledger.reserve(names, of: id, fileExtension: fileExtension) else {
            return nil
        }
        note(job)
        return job
    }

    private func note(_ job: JobRecord) { state.withLock { $0.known[job.id] = job } }

    // MARK: Unrecorded changes

    /// Keeps a change in memory and in a file.
    ///
    /// - Parameter reason: The error of the ledger; `nil` if an earlier change has recorded it.
    private func keep(
        _ id: String, _ change: (inout JobRecord) -> Void, reason: LedgerError?
    ) throws(LedgerError) -> JobRecord {
        let result: Result<JobRecord, LedgerError> = state.withLock { state in
            let earlier = state.unrecorded[id]
            guard let current = earlier?.job ?? state.known[id], let reason = reason ?? earlier?.reason else {
                return .failure(reason ?? .notFound(id))
            }
            do throws(LedgerError) {
                let changed = try current.changed(by: change)
                let file = write(changed, replacing: earlier?.file)
                state.unrecorded[id] = Unrecorded(job: changed, reason: reason, file: file)
                state.known[id] = changed
                return .success(changed)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Writes a job to the first folder that can be written.
    private func write(_ job: JobRecord, replacing earlier: String?) -> String? {
        guard let data = try? JSONEncoder().encode(Document(ledger: name, job: job)) else { return earlier }
        for folder in folders {
            let path = "\(folder)/\(job.id).json"
            do throws(FileError) {
                try Folder.make(folder, mode: 0o700)
                try AtomicFile.write(Array(data), to: path, overwriting: true, mode: 0o600)
            } catch {
                continue
            }
            if let earlier, earlier != path { try? FileManager.default.removeItem(atPath: earlier) }
            return path
        }
        return earlier
    }

    /// Tries to record a job that could not be recorded.
    private func record(_ id: String) async {
        guard let kept = state.withLock({ $0.unrecorded[id] }), await merge(kept.job) == nil else { return }
        let isLatest = state.withLock { state in
            guard state.unrecorded[id]?.job == kept.job else { return false }
            state.unrecorded[id] = nil
            return true
        }
        if isLatest, let file = kept.file { try? FileManager.default.removeItem(atPath: file) }
    }

    /// Updates the ledger's job to the state of a record.
    ///
    /// - Returns: The error that keeps the ledger from having everything in the record; `nil` if it
    ///   has everything.
    private func merge(_ record: JobRecord) async -> LedgerError? {
        do throws(LedgerError) {
            guard let current = try await ledger.job(record.id) else {
                try await ledger.insert(record)
                return nil
            }
            // The clocks of two machines may differ: what the provider answered decides first.
            let isNews =
                current.ticket == nil && record.ticket != nil || current.result == nil && record.result != nil
            guard isNews || current.updated <= record.updated,
                let steps = current.state.path(to: record.state)
            else { return nil }
            for step in steps.dropLast() { try await ledger.update(record.id) { $0.state = step } }
            try await ledger.update(record.id) { $0 = record }
            return nil
        } catch {
            return error
        }
    }

    // MARK: Recovery

    /// Records the jobs that earlier processes could not. A file is removed once the ledger has its
    /// contents.
    func recover() async {
        let isFirst = state.withLock { state in
            defer { state.hasRecovered = true }
            return !state.hasRecovered
        }
        guard isFirst else { return }
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where name.hasSuffix(".json") {
                let path = "\(folder)/\(name)"
                guard let document = Self.document(path), document.ledger == self.name else { continue }
                if let reason = await merge(document.job) {
                    // Readers see it as if it were recorded.
                    let kept = Unrecorded(job: document.job, reason: reason, file: path)
                    state.withLock { $0.unrecorded[document.job.id] = kept }
                } else if Self.document(path)?.job == document.job {
                    try? FileManager.default.removeItem(atPath: path)
                }
            }
        }
    }

    /// Returns the contents of a file of ours; `nil` for a file of another user, one that others
    /// can write, and any other file.
    private static func document(_ path: String) -> Document? {
        guard let status = fileStatus(path, followsLinks: false), status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0, let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return try? JSONDecoder().decode(Document.self, from: data)
    }
}
