#if Postgres
import Platform

/// The threads of a ledger, each with a connection of its own. libpq blocks, which must not happen
/// in the threads of Swift concurrency.
///
/// `@unchecked Sendable`: `state` is accessed only under `monitor`.
final class PostgresPool: @unchecked Sendable {
    /// The largest number of connections. Few, as every process of a cluster has them, and a server
    /// allows 100 by default.
    static let maximumConnections = 4
    /// One more is for urgent work alone: the others may all be waiting for a lock.
    private static let maximumThreads = maximumConnections + 1

    typealias Work = @Sendable (PostgresWorker) -> Void

    private struct State {
        var urgent: [Work] = []
        var waiting: [Work] = []
        /// The number of threads that do other than urgent work.
        var busy = 0
        var threads: [WorkerThread] = []
        var idle = 0
        var isClosed = false
        /// The last time that no server could be reached.
        var lastLoss: (instant: ContinuousClock.Instant, failure: PostgresFailure)?
    }

    let source: PostgresWorker.Source
    /// The time for which a call waits for a server that is gone, in seconds.
    let patience: Double
    private let monitor = Monitor()
    private var state = State()

    init(_ source: PostgresWorker.Source, patience: Double) {
        self.source = source
        self.patience = patience
    }

    // MARK: Calls

    /// Runs work in a transaction, and repeats it after a conflict or a lost connection.
    ///
    /// - Parameter work: Must be safe to repeat. It is told if an earlier attempt may have been
    ///   committed.
    func transaction<Value: Sendable>(
        isWriting: Bool = true, _ work: @escaping @Sendable (PostgresTransaction) throws -> Value
    ) async throws(LedgerError) -> Value {
        let start = ContinuousClock.now
        let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
            let isTaken = add { worker in
                continuation.resume(
                    returning: Result { try worker.transaction(since: start, isWriting: isWriting, work) }
                        .mapError { self.source.ledgerError($0) })
            }
            if !isTaken { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// Runs work in a transaction, once at most, and does not report how it went.
    func once(_ work: @escaping @Sendable (PostgresTransaction) throws -> Void) {
        let start = ContinuousClock.now - .seconds(patience)
        _ = add { worker in
            try? worker.transaction(since: start, isWriting: true, work)
        }
    }

    /// Runs work before all other, and blocks the calling thread until it is done.
    func blocking<Value: Sendable>(_ work: @escaping @Sendable (PostgresWorker) throws -> Value)
        throws(LedgerError) -> Value
    {
        let answer = Answer<Value>()
        let isTaken = add(isUrgent: true) { worker in
            let result = Result { try work(worker) }.mapError { self.source.ledgerError($0) }
            answer.monitor.locked { answer.result = result }
        }
        guard isTaken else { throw refusal }
        let result = answer.monitor.locked {
            while answer.result == nil { answer.monitor.wait() }
            return answer.result
        }
        guard let result else { throw refusal }
        return try result.get()
    }

    /// The result of a call that a thread waits for.
    ///
    /// `@unchecked Sendable`: `result` is accessed only under `monitor`.
    private final class Answer<Value: Sendable>: @unchecked Sendable {
        let monitor = Monitor()
        var result: Result<Value, LedgerError>?
    }

    private var refusal: LedgerError {
        monitor.locked { state.isClosed }
            ? .cannotOpen(path: source.url.masked, reason: "the ledger is closed")
            : .cannotOpen(path: source.url.masked, reason: "the system grants no further thread")
    }

    // MARK: Threads

    /// Adds work, and starts a thread if all are busy.
    ///
    /// - Returns: Whether the work will be done.
    private func add(isUrgent: Bool = false, _ work: @escaping Work) -> Bool {
        monitor.locked {
            guard !state.isClosed else { return false }
            let most = isUrgent ? Self.maximumThreads : Self.maximumConnections
            if state.idle <= state.waiting.count + state.urgent.count, state.threads.count < most {
                let thread = try? WorkerThread { [self] in serve(PostgresWorker(pool: self)) }
                if let thread { state.threads.append(thread) }
            }
            guard !state.threads.isEmpty else { return false }
            if isUrgent { state.urgent.append(work) } else { state.waiting.append(work) }
            return true
        }
    }

    private func serve(_ worker: PostgresWorker) {
        while let (work, isUrgent) = next() {
            work(worker)
            if !isUrgent { monitor.locked { state.busy -= 1 } }
        }
        worker.disconnect()
    }

    /// Returns the next work; `nil` once the pool is closed and no work is left.
    private func next() -> (work: Work, isUrgent: Bool)? {
        monitor.locked {
            state.idle += 1
            defer { state.idle -= 1 }
            while true {
                if !state.urgent.isEmpty { return (state.urgent.removeFirst(), true) }
                if !state.waiting.isEmpty, state.busy < Self.maximumConnections {
                    state.busy += 1
                    return (state.waiting.removeFirst(), false)
                }
                if state.isClosed, state.waiting.isEmpty { return nil }
                monitor.wait()
            }
        }
    }

    /// Refuses further work, and ends the threads once what is waiting has been done.
    ///
    /// - Parameter isWaiting: Whether to wait for that.
    func close(isWaiting: Bool) {
        let threads = monitor.locked {
            state.isClosed = true
            defer { state.threads = [] }
            return state.threads
        }
        if isWaiting { threads.forEach { $0.join() } }
    }

    // MARK: Losses

    func noteLoss(_ failure: PostgresFailure) {
        monitor.locked { state.lastLoss = (.now, failure) }
    }

    /// Returns the failure of another call, if the server was gone when a call that began at
    /// `start` has waited long enough. The calls of a long queue then fail together.
    func loss(since start: ContinuousClock.Instant) -> PostgresFailure? {
        let end = start + .seconds(patience)
        guard ContinuousClock.now > end, let loss = monitor.locked({ state.lastLoss }) else { return nil }
        return loss.instant > end ? loss.failure : nil
    }

    func noteConnected() { monitor.locked { state.lastLoss = nil } }
}
#endif
