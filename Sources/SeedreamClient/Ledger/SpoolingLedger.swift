import AtomicFiles
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A ledger over another one that loses nothing which was learned after a request was sent.
///
/// A change that the other ledger cannot take is tried again, then kept in memory and in a file of
/// its own, so that the process can go on with the job. The next change, and the next process,
/// record it. New jobs are not kept so: nothing is sent before its job is in the ledger.
public final class SpoolingLedger: JobLedger {
    /// A job that the ledger could not record.
    package struct Unrecorded: Hashable, Sendable {
        /// As it should stand in the ledger.
        package var job: JobRecord
        /// Why it does not.
        package var reason: LedgerError
        /// The file that holds it meanwhile; `nil` where none could be written.
        package var file: String?
    }

    /// The file that holds a job meanwhile.
    private struct Document: Codable {
        /// Which ledger it belongs to.
        var ledger: String
        var job: JobRecord
    }

    struct State {
        /// What could not be recorded, by the job's id.
        var unrecorded: [String: Unrecorded] = [:]
        /// The jobs of this process, as they were last seen.
        var known: [String: JobRecord] = [:]
        var hasRecovered = false
    }

    let ledger: any JobLedger
    /// What the ledger is called in the files.
    private let name: String
    /// Where the files go: the first folder that can be written.
    private let folders: [String]
    /// Waits before a change is tried again, in seconds.
    private let pauses: [Double]
    let state = Mutex(State())

    /// Wraps a ledger, which comes back as it is if it is wrapped already.
    package static func over(_ ledger: any JobLedger) -> SpoolingLedger {
        ledger as? SpoolingLedger ?? SpoolingLedger(ledger)
    }

    /// Wraps a ledger.
    ///
    /// - Parameters:
    ///   - folders: Where what cannot be recorded is kept. By default `<path>.pending` beside an
    ///     SQLite ledger, then `pending` in the
    ///     user's state folder.
    ///   - pauses: Waits before a change is tried again, in seconds.
    package init(_ ledger: any JobLedger, folders: [String]? = nil, pauses: [Double] = [0.1, 0.4]) {
        self.ledger = ledger
        self.pauses = pauses
        var own: [String] = []
        var name = "memory"
        #if Client
        if let file = ledger as? SQLiteLedger {
            name =
                file.path.hasPrefix("/")
                ? file.path : "\(FileManager.default.currentDirectoryPath)/\(file.path)"
            own = ["\(name).pending"]
        }
        #endif
        self.name = name
        self.folders = folders ?? own + ["\(StateFolder.path())/pending"]
    }

    /// Where the ledger that is wrapped has them.
    public var spoolFolder: String? { ledger.spoolFolder }

    /// What is not in the ledger now.
    package var unrecorded: [Unrecorded] { state.withLock { Array($0.unrecorded.values) } }

    // MARK: Jobs

    /// Keeps a new job, or fails.
    public func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
        await recover()
        try await ledger.insert(job, within: budget)
        note(job)
    }

    /// Changes a job and returns it. What the ledger cannot take is kept until it can.
    ///
    /// - Throws: ``LedgerError/forbiddenTransition(from:to:)``; ``LedgerError/notFound(_:)`` for a
    ///   job that this process has not seen.
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

    /// The job as the ledger has it, or should have it.
    public func job(_ id: String) async throws(LedgerError) -> JobRecord? {
        await recover()
        let job = try await ledger.job(id)
        return state.withLock { state in
            if let job { return state.unrecorded[job.id]?.job ?? job }
            return state.unrecorded.values.first { $0.job.hostRequestID == id }?.job
        }
    }

    /// All jobs, the newest first.
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

    /// Lets go of a job.
    public func release(_ id: String) async throws(LedgerError) {
        try await ledger.release(id)
        // Of a run of many rows only those in work are held.
        state.withLock { state in
            if state.unrecorded[id] == nil { state.known[id] = nil }
        }
    }

    /// Reserves names. Where the ledger cannot, files alone tell which are taken.
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

    // MARK: What cannot be recorded

    /// Keeps a change in memory and in a file.
    ///
    /// - Parameter reason: Why the ledger does not take it; `nil` where that is known from an
    ///   earlier change.
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

    /// Writes a job to the first folder that takes it.
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

    /// Brings a job of the ledger to where a record says it stands.
    ///
    /// - Returns: Why the ledger does not know all that the record knows; `nil` if it does.
    private func merge(_ record: JobRecord) async -> LedgerError? {
        do throws(LedgerError) {
            guard let current = try await ledger.job(record.id) else {
                try await ledger.insert(record)
                return nil
            }
            guard current.updated <= record.updated || current.ticket == nil && record.ticket != nil,
                let steps = current.state.path(to: record.state)
            else { return nil }
            for step in steps.dropLast() { try await ledger.update(record.id) { $0.state = step } }
            try await ledger.update(record.id) { $0 = record }
            return nil
        } catch {
            return error
        }
    }

    // MARK: The next process

    /// Records what earlier processes could not. A file is removed once the ledger has what it
    /// says.
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
                    // It is read as if it were recorded.
                    let kept = Unrecorded(job: document.job, reason: reason, file: path)
                    state.withLock { $0.unrecorded[document.job.id] = kept }
                } else if Self.document(path)?.job == document.job {
                    try? FileManager.default.removeItem(atPath: path)
                }
            }
        }
    }

    /// What a file of ours says; `nil` for a file of another user, one that others can write, and
    /// one that is none of these.
    private static func document(_ path: String) -> Document? {
        guard let status = fileStatus(path, followsLinks: false), status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0, let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return try? JSONDecoder().decode(Document.self, from: data)
    }
}
