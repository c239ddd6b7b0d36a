import ImagePreparation
import SeedreamClient
import SeedreamModel

/// Works through the rows of a run: saved rows are skipped, open rows are resumed, waiting rows are
/// sent.
///
/// A row is sent at most once: its key and its job are written in one transaction before the
/// request is sent, and the ledger refuses a second job for a key. If the process ends at any
/// moment, a later start of the same run continues from the ledger.
struct RunEngine: Sendable {
    /// One provider: its client, the preparer for its inputs, and its slots for simultaneous
    /// requests.
    struct ProviderContext: Sendable {
        let client: SeedreamClient
        let preparer: ImagePreparer
        /// The model that the preparer's constraints are for.
        let model: String?
        /// Whether requests for other models are prepared for those.
        let adapts: Bool
        let key: RowKey
        let slots: AsyncSemaphore

        var provider: ProviderID { client.provider }
    }

    let run: RunRecord
    let destination: Destination
    let options: RunOptions
    let reporter: SessionReporter?
    let contexts: [ProviderID: ProviderContext]
    let main: ProviderID
    let ledger: any JobLedger
    let fetcher: GuardedFetcher
    let breaker: CircuitBreaker
    let ordinals = Ordinals()
    let earlier: EarlierJobs
    /// The number of rows to prepare ahead of those that are being sent.
    private static let ahead = 4

    /// - Parameters:
    ///   - sessions: The session whose provider is the default, then those of other providers, all
    ///     over one ledger.
    ///   - earlier: The jobs of the ledger that belong to no run.
    init(
        _ sessions: [SeedreamSession], run: RunRecord, destination: Destination, options: RunOptions,
        earlier: [JobRecord] = [], reporter: SessionReporter?
    ) {
        let first = sessions[0]
        self.earlier = EarlierJobs(earlier)
        (main, ledger) = (first.client.provider, first.client.ledger)
        fetcher = GuardedFetcher(first.client.transport)
        (self.run, self.destination, self.options) = (run, destination, options)
        self.reporter = reporter
        breaker = CircuitBreaker(options)
        let pairs = sessions.map { session in
            let client = session.client
            let preparer = session.preparer.decodingEveryPixel
            return (
                client.provider,
                ProviderContext(
                    client: client, preparer: preparer, model: session.model,
                    adapts: session.adaptsToModels,
                    key: RowKey(client.planner, preparer: session.preparer, model: session.model),
                    slots: AsyncSemaphore(max(1, options.parallel)))
            )
        }
        contexts = Dictionary(pairs) { first, _ in first }
    }

    /// Works until there are no more rows, the run stops, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - next: Returns the next row, or `nil` at the end. It is called only a few rows ahead.
    ///   - deliver: Receives each outcome as soon as it is known, also while `next` waits.
    /// - Returns: The reason why the run stopped early; `nil` if it reached its end or was
    ///   cancelled.
    func drive(
        next: @escaping @Sendable () async throws -> RowRequest?,
        deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        try await each(next: next) {
            try await outcomeOrStop(of: $0, $1)
        } deliver: { outcome in
            breaker.record(outcome)
            if outcome.isFailure { await countSharedFailures() }
            reporter?.report(outcome)
            try await deliver(outcome)
        }
        return breaker.stop
    }

    /// Compares the failures of all processes that work on the run with the limits.
    private func countSharedFailures() async {
        guard breaker.mayCountShared, let now = try? await ledger.summary(of: run.id) else { return }
        breaker.count(shared: now)
    }

    /// What happens while rows are worked on.
    private enum Step<Answer: Sendable>: Sendable {
        case row(RowRequest?)
        case answer(Answer)
    }

    /// Works on several rows at once, a few more than there are simultaneous requests.
    func each<Answer: Sendable>(
        next: @escaping @Sendable () async throws -> RowRequest?,
        work: @escaping @Sendable (RowRequest, _ index: Int) async throws -> Answer,
        deliver: (Answer) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Step<Answer>.self) { group in
            var (count, running) = (0, 0)
            var (isReading, isAtEnd) = (false, false)
            var providers: Set<ProviderID> = []
            while true {
                let isStopped = !providers.isEmpty && breaker.isTripped(for: providers)
                if !isReading, !isAtEnd, !isStopped, !Task.isCancelled,
                    running < max(1, options.parallel) + Self.ahead
                {
                    // A task of its own: a row that ends is delivered while the next is awaited.
                    group.addTask { .row(try await next()) }
                    isReading = true
                }
                // No row of any provider would be sent, and the input may never end.
                if isReading, running == 0, breaker.isTripped(for: contexts.keys) { group.cancelAll() }
                switch try await group.next() {
                case nil: return
                case .answer(let answer)?:
                    running -= 1
                    try await deliver(answer)
                case .row(nil)?: (isReading, isAtEnd) = (false, true)
                case .row(let row?)?:
                    isReading = false
                    providers.insert(row.provider ?? main)
                    let index = count
                    (count, running) = (count + 1, running + 1)
                    group.addTask { .answer(try await work(row, index)) }
                }
            }
        }
    }

    // MARK: One row

    /// A row that has a record in the ledger, with everything needed to send it.
    struct RecordedRow {
        var index: Int
        var row: RowRequest
        var context: ProviderContext
        var record: RowRecord
        var reference: RowReference
        var dropped: [DroppedInput]

        func outcome(_ action: RowOutcome.Action, _ job: JobRecord? = nil, _ error: (any Error)? = nil)
            -> RowOutcome
        {
            var outcome = RowOutcome(index, row.label, action, job: job, error: error)
            outcome.dropped = dropped
            return outcome
        }
    }

    /// Returns the outcome of a row. If the ledger cannot be used, nothing more is sent, and the
    /// rows that are in flight reach their ends.
    private func outcomeOrStop(of row: RowRequest, _ index: Int) async throws -> RowOutcome {
        do {
            return try await outcome(of: row, index)
        } catch let error as LedgerError {
            for provider in contexts.keys { breaker.trip(provider, error) }
            return RowOutcome(index, row.label, .waiting, error: error)
        }
    }

    private func outcome(of row: RowRequest, _ index: Int) async throws -> RowOutcome {
        let provider = row.provider ?? main
        if breaker.isTripped(for: [provider]) || Task.isCancelled {
            return RowOutcome(index, row.label, .waiting)
        }
        if let refusal = row.refusal { return try await recordRefused(row, index, refusal) }
        guard let context = contexts[provider] else {
            return try await recordRefused(
                row, index,
                .init(
                    code: "refused",
                    message: "expected a provider of this run, found \(provider.rawValue)"))
        }
        let inputs: ReadInputs
        do {
            try context.client.checkKey()
            inputs = try await read(row, context.preparer(for: row.request))
        } catch let error as KeyError {
            breaker.trip(provider, error)
            return RowOutcome(index, row.label, .waiting, error: error)
        } catch let failure as UnusableInputs {
            return try await recordUnusable(row, index, failure)
        } catch is CancellationError {
            return RowOutcome(index, row.label, .waiting, error: CancellationError())
        }
        let content = context.key.content(of: row.request, inputs: inputs.digests)
        let key: String
        if options.buysEqual {
            switch try await equalJobs(content) {
            case .open(let job):
                return RowOutcome(index, row.label, .waiting, error: EqualRequestError(job: job))
            case .saved(let jobs, let ordinal):
                if !jobs.isEmpty {
                    reporter?.report(
                        SessionEvent(index: index, label: row.label, kind: .equalSaved(jobs)))
                }
                key = "\(content)#\(ordinal)"
            }
        } else {
            key =
                if let id = row.id { "\(content)@\(id)" } else {
                    "\(content)#\(await ordinals.next(content))"
                }
        }
        var ready: ReadyImages?
        if options.buysEqual {
            // Images are prepared before the row is recorded: a single request that is not sent
            // leaves no record.
            do {
                ready = try await prepare(inputs, row, index, context.preparer(for: row.request))
            } catch let failure as UnusableInputs {
                return try await recordUnusable(row, index, failure)
            } catch is CancellationError {
                return RowOutcome(index, row.label, .waiting, error: CancellationError())
            }
            _ = try await ledger.join(run)
        }
        var wait = SharedRowWait()
        while true {
            let record = try await ledger.row(key, label: row.label, in: run.id)
            let recorded = RecordedRow(
                index: index, row: row, context: context, record: record,
                reference: RowReference(run: run.id, number: record.number, key: key, content: content),
                dropped: inputs.dropped)
            let outcome = try await outcome(of: recorded, inputs, ready)
            guard outcome.action == .elsewhere, options.awaitsOthers, await wait.again() else {
                return outcome
            }
        }
    }

    private func outcome(of recorded: RecordedRow, _ inputs: ReadInputs, _ ready: ReadyImages?) async throws
        -> RowOutcome
    {
        switch recorded.record.state {
        case _ where options.buysEqual: try await send(recorded, inputs, ready)
        case .waiting, .preparing, .skipped: try await send(recorded, inputs)
        case .failed, .cancelled: try await retryOrLeave(recorded, inputs)
        case .submitting, .accepted, .finished, .unknown, .saved:
            try await resumeOrSkip(recorded, inputs)
        }
    }

    /// The wait for a row that another process works on.
    private struct SharedRowWait {
        /// The next pause and the longest one, in seconds. Our numbers.
        private var pause = 0.25
        private static let longest = 4.0

        /// Waits before the row is looked at again.
        ///
        /// - Returns: `false` if the task was cancelled.
        mutating func again() async -> Bool {
            guard (try? await Task.sleep(for: .seconds(Double.random(in: pause / 2...pause)))) != nil else {
                return false
            }
            pause = min(pause * 2, Self.longest)
            return true
        }
    }

    /// The state of equal requests in the ledger.
    private enum EqualJobs {
        /// One is open, or may have been bought.
        case open(JobRecord)
        /// The saved ones, the newest first, and the ordinal of the next one of this run.
        case saved([JobRecord], ordinal: Int)
    }

    private func equalJobs(_ content: String) async throws(LedgerError) -> EqualJobs {
        let equal = try await ledger.jobs(withContent: content)
        if !options.buysAgain, let open = equal.first(where: { !$0.state.isFinal || $0.state == .unknown }) {
            return .open(open)
        }
        let ofRun = equal.filter { $0.row?.run == run.id }.count
        return .saved(equal.filter { $0.state == .saved }, ordinal: ofRun + 1)
    }
}
