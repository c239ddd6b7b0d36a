import ImagePreparation
import SeedreamClient
import SeedreamModel

/// Takes the rows of a run as far as they go: what is saved is skipped, what is open is fetched,
/// what waits is sent.
///
/// A row is sent at most once: its key and its job are written in one transaction before the
/// request goes out, and the ledger refuses a second job for a key. A process that ends at any
/// moment leaves rows that a later start of the same run finds where they stand.
struct RunEngine: Sendable {
    /// One provider: its client, what its inputs must be, and how many requests it gets at the same
    /// time.
    struct Desk: Sendable {
        let client: SeedreamClient
        let preparer: ImagePreparer
        let key: RowKey
        let slots: Slots

        var provider: ProviderID { client.provider }
    }

    let run: RunRecord
    let destination: Destination
    let options: RunOptions
    let reporter: SessionReporter?
    let desks: [ProviderID: Desk]
    let main: ProviderID
    let ledger: any JobLedger
    let fetcher: GuardedFetcher
    let fuse: Fuse
    let ordinals = Ordinals()
    let earlier: EarlierJobs
    /// Rows that are made ready while others are sent.
    private static let ahead = 4

    /// - Parameters:
    ///   - sessions: The one whose provider rows go to that name none, then those of other
    ///     providers, all over one ledger.
    ///   - earlier: The ledger's jobs that belong to no run.
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
        fuse = Fuse(options)
        let pairs = sessions.map { session in
            let client = session.client
            let preparer = session.preparer.decodingEveryPixel
            return (
                client.provider,
                Desk(
                    client: client, preparer: preparer,
                    key: RowKey(client.planner, preparer: session.preparer),
                    slots: Slots(max(1, options.parallel)))
            )
        }
        desks = Dictionary(pairs) { first, _ in first }
    }

    /// Works until there are no more rows, the run stops, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - next: The next row; `nil` at the end. It is asked for no more than a few rows ahead.
    ///   - deliver: Receives each outcome as soon as it is known.
    /// - Returns: Why the run took no more rows; `nil` where it came to its end or was cancelled.
    func drive(
        next: () async throws -> RowRequest?, deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        try await each(next: next) {
            try await outcome(of: $0, $1)
        } deliver: { outcome in
            fuse.note(outcome)
            reporter?.report(outcome)
            try await deliver(outcome)
        }
        return fuse.stop
    }

    /// Works on several rows at once, a few more than there are requests at once.
    func each<Answer: Sendable>(
        next: () async throws -> RowRequest?,
        work: @escaping @Sendable (RowRequest, _ index: Int) async throws -> Answer,
        deliver: (Answer) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            var count = 0
            var running = 0
            var providers: Set<ProviderID> = []
            while providers.isEmpty || !fuse.isBlown(for: providers), !Task.isCancelled,
                let row = try await next()
            {
                providers.insert(row.provider ?? main)
                while running >= max(1, options.parallel) + Self.ahead, let answer = try await group.next() {
                    running -= 1
                    try await deliver(answer)
                }
                let index = count
                (count, running) = (count + 1, running + 1)
                group.addTask { try await work(row, index) }
            }
            while let answer = try await group.next() { try await deliver(answer) }
        }
    }

    // MARK: One row

    /// A row that has a record, and what is needed to send it.
    struct Place {
        var index: Int
        var row: RowRequest
        var desk: Desk
        var record: RowRecord
        var reference: RowReference
        var dropped: [DroppedInput]

        func outcome(_ deed: RowOutcome.Deed, _ job: JobRecord? = nil, _ error: (any Error)? = nil)
            -> RowOutcome
        {
            var outcome = RowOutcome(index, row.label, deed, job: job, error: error)
            outcome.dropped = dropped
            return outcome
        }
    }

    private func outcome(of row: RowRequest, _ index: Int) async throws -> RowOutcome {
        let provider = row.provider ?? main
        if fuse.isBlown(for: [provider]) || Task.isCancelled { return RowOutcome(index, row.label, .waiting) }
        if let refusal = row.refusal { return try await refused(row, index, refusal) }
        guard let desk = desks[provider] else {
            return try await refused(
                row, index,
                .init(
                    code: "refused",
                    message: "expected a provider of this run, found \(provider.rawValue)"))
        }
        let inputs: ReadInputs
        do {
            try desk.client.checkKey()
            inputs = try await read(row, desk.preparer)
        } catch let error as KeyError {
            fuse.blow(provider, error)
            return RowOutcome(index, row.label, .waiting, error: error)
        } catch let failure as UnusableInputs {
            return try await unusable(row, index, failure)
        } catch is CancellationError {
            return RowOutcome(index, row.label, .waiting, error: CancellationError())
        }
        let content = desk.key.content(of: row.request, inputs: inputs.digests)
        let key: String
        if options.buysEqual {
            switch try await equal(content) {
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
            // What is not sent leaves no trace, as nothing of it is left to do.
            do {
                ready = try await prepare(inputs, row, index, desk.preparer)
            } catch let failure as UnusableInputs {
                return try await unusable(row, index, failure)
            } catch is CancellationError {
                return RowOutcome(index, row.label, .waiting, error: CancellationError())
            }
            _ = try await ledger.join(run)
        }
        let record = try await ledger.row(key, label: row.label, in: run.id)
        let place = Place(
            index: index, row: row, desk: desk, record: record,
            reference: RowReference(run: run.id, number: record.number, key: key, content: content),
            dropped: inputs.dropped)
        switch record.state {
        case _ where options.buysEqual: return try await send(place, inputs, ready)
        case .waiting, .preparing, .skipped: return try await send(place, inputs)
        case .failed, .cancelled: return try await afterFailure(place, inputs)
        case .submitting, .accepted, .finished, .unknown, .saved: return try await goOn(place, inputs)
        }
    }

    /// What is known of equal requests.
    private enum Equal {
        /// One is open, or may have been bought.
        case open(JobRecord)
        /// Those that are saved, the newest first, and which of them the next one of this run is.
        case saved([JobRecord], ordinal: Int)
    }

    private func equal(_ content: String) async throws(LedgerError) -> Equal {
        let equal = try await ledger.jobs(withContent: content)
        if !options.buysAgain, let open = equal.first(where: { !$0.state.isFinal || $0.state == .unknown }) {
            return .open(open)
        }
        let ofRun = equal.filter { $0.row?.run == run.id }.count
        return .saved(equal.filter { $0.state == .saved }, ordinal: ofRun + 1)
    }

    // MARK: What was begun before

    private func afterFailure(_ place: Place, _ inputs: ReadInputs) async throws -> RowOutcome {
        if options.retriesFailed { return try await send(place, inputs) }
        let job = try await job(of: place.record)
        var outcome = place.outcome(.leftFailed, job, job?.error)
        if job == nil, let failure = place.record.failure {
            outcome.failed = [
                FailedInput(
                    index: place.index, position: 1, name: place.row.label,
                    code: ErrorCode(rawValue: failure.code) ?? .unreadableInput, message: failure.message,
                    hint: failure.hint ?? "")
            ]
        }
        return outcome
    }

    /// Fetches what is open, and looks whether what was saved is there.
    private func goOn(_ place: Place, _ inputs: ReadInputs) async throws -> RowOutcome {
        guard let job = try await job(of: place.record) else { return place.outcome(.elsewhere) }
        if job.state == .saved, try job.hasFiles(verifying: options.verifiesFiles) {
            return place.outcome(.skipped, job)
        }
        if job.settlement == .bought {
            guard options.buysAgain else { return place.outcome(.missing, job, LostImageError(job: job)) }
            return try await buyAgain(place, inputs)
        }
        if place.desk.client.mayResend(job) { return try await resend(place, inputs, job) }
        if job.state == .unknown, job.ticket == nil { return place.outcome(.leftUnknown, job, job.error) }
        let wasSaved = job.state == .saved || !job.files.isEmpty
        do {
            guard
                let resumed = try await place.desk.client.resume(
                    job.id, reportingTo: reporter?.client(place.index, place.row.label))
            else { return place.outcome(.elsewhere, job) }
            // It was being sent when its process ended.
            if resumed.state == .unknown { return place.outcome(.leftUnknown, resumed, resumed.error) }
            return place.outcome(.resumed, resumed)
        } catch let error as ClientError where wasSaved && error.isGone {
            guard options.buysAgain else {
                return place.outcome(.missing, try await self.job(of: place.record), error)
            }
            return try await buyAgain(place, inputs)
        } catch {
            return place.outcome(.resumed, try await self.job(of: place.record), error)
        }
    }

    /// Sends a row whose images are lost under a key of its own: the first purchase stays what it
    /// was.
    private func buyAgain(_ place: Place, _ inputs: ReadInputs) async throws -> RowOutcome {
        let before = try await ledger.jobs(withContent: place.reference.content)
            .filter { $0.row?.run == run.id && $0.row?.number == place.record.number }.count
        var again = place
        again.reference.key += "/\(before + 1)"
        return try await bought(again, inputs)
    }

    func job(of record: RowRecord) async throws -> JobRecord? {
        guard let id = record.job else { return nil }
        return try await ledger.job(id)
    }
}

extension ClientError {
    /// Whether what was asked for is there no longer.
    fileprivate var isGone: Bool {
        [.result, .notFound].contains(category) && status.map { [403, 404, 410].contains($0) } ?? true
    }
}
