import ImageCodecs
import ImagePreparation
public import SeedreamClient
import SeedreamModel

/// Takes the rows of a run as far as they go: what is saved is skipped, what is open is fetched, what waits is sent.
///
/// A row is sent at most once: its key and its job are written in one transaction before the request goes out, and the
/// ledger refuses a second job for a key. A process that ends at any moment leaves rows that a later start of the same
/// run finds where they stand.
struct RunEngine: Sendable {
    /// One provider: its client, what its inputs must be, and how many requests it gets at the same time.
    private struct Desk: Sendable {
        let client: SeedreamClient
        let preparer: ImagePreparer
        let key: RowKey
        let slots: Slots
    }

    let run: RunRecord
    let destination: Destination
    let options: RunOptions
    /// Makes the receiver of what happens to a row's request; it is finished when the row is done.
    let reporter: @Sendable (Int, String) -> ClientReporter?

    private let desks: [ProviderID: Desk]
    private let main: ProviderID
    private let ledger: any JobLedger
    private let fetcher: GuardedFetcher
    private let ordinals = Ordinals()
    private let fuse: Fuse
    /// Rows that are made ready while others are sent.
    private static let ahead = 4

    /// - Parameter sessions: The one whose provider rows go to that name none, then those of other providers, all over one
    ///   ledger.
    init(
        _ sessions: [SeedreamSession], run: RunRecord, destination: Destination, options: RunOptions,
        reporter: @escaping @Sendable (Int, String) -> ClientReporter?
    ) {
        let first = sessions[0]
        (main, ledger) = (first.client.provider, first.client.ledger)
        fetcher = GuardedFetcher(first.client.transport)
        (self.run, self.destination, self.options) = (run, destination, options)
        self.reporter = reporter
        fuse = Fuse(options)
        let pairs = sessions.map { session in
            let client = session.client
            let planner = SubmissionPlanner(client.provider, configuration: client.configuration)
            return (
                client.provider,
                Desk(
                    client: client, preparer: session.preparer.decodingEveryPixel,
                    key: RowKey(planner, preparer: session.preparer), slots: Slots(max(1, options.parallel)))
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
        try await withThrowingTaskGroup(of: RowOutcome.self) { group in
            var count = 0
            var running = 0
            func settle(_ outcome: RowOutcome) async throws {
                running -= 1
                fuse.note(outcome)
                try await deliver(outcome)
            }
            while fuse.stop == nil, !Task.isCancelled, let row = try await next() {
                while running >= max(1, options.parallel) + Self.ahead, let outcome = try await group.next() {
                    try await settle(outcome)
                }
                let index = count
                (count, running) = (count + 1, running + 1)
                group.addTask { try await outcome(of: row, index) }
            }
            while let outcome = try await group.next() { try await settle(outcome) }
        }
        return fuse.stop
    }

    // MARK: One row

    private func outcome(of row: RowRequest, _ index: Int) async throws -> RowOutcome {
        guard fuse.stop == nil, !Task.isCancelled else { return RowOutcome(index, row.label, .waiting) }
        if let refusal = row.refusal { return try await refused(row, index, refusal) }
        guard let desk = desks[row.provider ?? main] else {
            return try await refused(
                row, index,
                .init(
                    code: "refused",
                    message: "expected a provider of this run, found \((row.provider ?? main).rawValue)"))
        }
        let inputs: [ReadInput]
        do {
            inputs = try await read(row, desk.preparer)
        } catch let failure as UnusableInput {
            return try await unusable(row, index, [failure.input])
        } catch is CancellationError {
            return RowOutcome(index, row.label, .waiting, error: CancellationError())
        }
        let content = desk.key.content(of: row.request, inputs: inputs.map(\.digest))
        let part = if let id = row.id { "@\(id)" } else { "#\(await ordinals.next(content))" }
        let record = try await ledger.row(content + part, label: row.label, in: run.id)
        let place = Place(
            index: index, row: row, desk: desk, record: record,
            reference: RowReference(
                run: run.id, number: record.number, key: content + part, content: content))
        switch record.state {
        case .waiting, .preparing, .skipped: return try await send(place, inputs)
        case .failed, .cancelled: return try await afterFailure(place, inputs)
        case .submitting, .accepted, .finished, .unknown, .saved: return try await goOn(place, inputs)
        }
    }

    /// A row that has a record, and what is needed to send it.
    private struct Place {
        var index: Int
        var row: RowRequest
        var desk: Desk
        var record: RowRecord
        var reference: RowReference

        func outcome(_ deed: RowOutcome.Deed, _ job: JobRecord? = nil, _ error: (any Error)? = nil)
            -> RowOutcome
        {
            RowOutcome(index, row.label, deed, job: job, error: error)
        }
    }

    /// An input whose bytes have been read once.
    private struct ReadInput {
        var input: RowRequest.Input
        /// Of its bytes, or its URL.
        var digest: String
    }

    private struct UnusableInput: Error {
        var input: FailedInput
    }

    /// Takes the digest of each input, and fetches what is to be fetched.
    private func read(_ row: RowRequest, _ preparer: ImagePreparer) async throws -> [ReadInput] {
        let limits = preparer.options.limits
        var inputs: [ReadInput] = []
        // What a request has no room for is not read.
        let first = max(0, row.inputs.count - preparer.constraints.maximumInputs)
        for (position, input) in row.inputs[first...].enumerated() {
            try Task.checkCancellation()
            var local: ImageInput
            switch input {
            case .remote(let url):
                inputs.append(ReadInput(input: input, digest: url))
                continue
            case .local(let image): local = image
            case .fetched(let url):
                do {
                    let bytes = try await fetcher.bytes(url, .input(maximumBytes: limits.maximumInputBytes))
                    local = .bytes(bytes, name: String(url.prefix { $0 != "?" && $0 != "#" }))
                } catch let error as FetchError {
                    throw UnusableInput(
                        input: FailedInput(
                            index: first + position, position: position + 1, name: url,
                            code: .unreadableInput, message: "\(error)", hint: error.hint))
                }
            }
            do throws(PreparationError) {
                inputs.append(ReadInput(input: .local(local), digest: try local.sha256(limits: limits)))
            } catch {
                throw UnusableInput(
                    input: FailedInput(
                        index: first + position, position: position + 1, name: local.name, error: error))
            }
        }
        return inputs
    }

    // MARK: What was begun before

    private func afterFailure(_ place: Place, _ inputs: [ReadInput]) async throws -> RowOutcome {
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
    private func goOn(_ place: Place, _ inputs: [ReadInput]) async throws -> RowOutcome {
        guard let job = try await job(of: place.record) else { return place.outcome(.elsewhere) }
        if job.state == .saved, try job.hasFiles(verifying: options.verifiesFiles) {
            return place.outcome(.skipped, job)
        }
        if job.settlement == .bought {
            guard options.buysAgain else { return place.outcome(.missing, job, LostImageError(job: job)) }
            return try await following(place) { try await buyAgain(place, inputs, $0) }
        }
        if job.state == .unknown, job.ticket == nil { return place.outcome(.leftUnknown, job, job.error) }
        let wasSaved = job.state == .saved || !job.files.isEmpty
        return try await following(place) { reporter in
            do {
                guard let resumed = try await place.desk.client.resume(job.id, reportingTo: reporter) else {
                    return place.outcome(.elsewhere, job)
                }
                // It was being sent when its process ended.
                if resumed.state == .unknown { return place.outcome(.leftUnknown, resumed, resumed.error) }
                return place.outcome(.resumed, resumed)
            } catch let error as ClientError where wasSaved && error.isGone {
                guard options.buysAgain else {
                    return place.outcome(.missing, try await self.job(of: place.record), error)
                }
                return try await buyAgain(place, inputs, reporter)
            } catch {
                return place.outcome(.resumed, try await self.job(of: place.record), error)
            }
        }
    }

    /// Sends a row whose images are lost under a key of its own: the first purchase stays what it was.
    private func buyAgain(_ place: Place, _ inputs: [ReadInput], _ reporter: ClientReporter?) async throws
        -> RowOutcome
    {
        let before = try await ledger.jobs(withContent: place.reference.content)
            .filter { $0.row?.run == run.id && $0.row?.number == place.record.number }.count
        var again = place
        again.reference.key += "/\(before + 1)"
        return try await bought(again, inputs, reporter)
    }

    private func job(of record: RowRecord) async throws -> JobRecord? {
        guard let id = record.job else { return nil }
        return try await ledger.job(id)
    }

    // MARK: What is sent

    private func send(_ place: Place, _ inputs: [ReadInput]) async throws -> RowOutcome {
        guard try await ledger.begin(place.record) else { return place.outcome(.elsewhere) }
        return try await following(place) { try await bought(place, inputs, $0) }
    }

    /// Prepares the images of a row and sends it, once there is room.
    private func bought(_ place: Place, _ inputs: [ReadInput], _ reporter: ClientReporter?) async throws
        -> RowOutcome
    {
        var request = place.row.request
        var prepared: [PreparedImage] = []
        do {
            let local = inputs.compactMap { if case .local(let image) = $0.input { image } else { nil } }
            let batch = try await place.desk.preparer.prepare(local, failures: .collect)
            guard batch.failed.isEmpty else {
                return try await unusable(place.row, place.index, batch.failed, place.record)
            }
            prepared = batch.images
        } catch is CancellationError {
            return try await waiting(place, CancellationError())
        }
        var ready = prepared.makeIterator()
        request.images = inputs.compactMap { input in
            if case .remote(let url) = input.input {
                .remote(url)
            } else {
                ready.next().map { .prepared($0) }
            }
        }
        guard await place.desk.slots.take() else { return try await waiting(place, CancellationError()) }
        defer { place.desk.slots.give() }
        if fuse.stop != nil || Task.isCancelled { return try await waiting(place) }
        var outcome = try await sent(request, place, reporter)
        outcome.images = prepared
        return outcome
    }

    private func sent(_ request: GenerationRequest, _ place: Place, _ reporter: ClientReporter?) async throws
        -> RowOutcome
    {
        let id = SeedreamClient.newJobID()
        let client = place.desk.client
        var destination = destination
        if let template = place.row.template { destination.template = template }
        do {
            let job =
                options.waits
                ? try await client.run(
                    request, to: destination, id: id, for: place.reference, reportingTo: reporter)
                : try await client.submit(
                    request, to: destination, id: id, for: place.reference, reportingTo: reporter)
            return place.outcome(.sent, job)
        } catch let error as LedgerError {
            switch error {
            case .rowTaken(let other): return place.outcome(.elsewhere, try await ledger.job(other))
            // A ledger that takes no jobs takes none of the next row either.
            default:
                fuse.blow(.refused(error))
                return try await waiting(place, error)
            }
        } catch {
            var job = (error as? UnrecordedJob)?.job
            if job == nil { job = try? await ledger.job(id) }
            let isSent = job.map { ![.failed, .cancelled].contains($0.state) } ?? false
            if !isSent, Fuse.blows(error) {
                fuse.blow(.refused(error))
                var outcome = try await waiting(place, error)
                outcome.job = job
                return outcome
            }
            if !isSent, error is CancellationError || (error as? ClientError)?.category == .cancelled {
                return try await waiting(place, CancellationError())
            }
            if job == nil { try await ledger.end(place.record, as: .failed, .init(error)) }
            return place.outcome(.sent, job, error)
        }
    }

    // MARK: What is not

    /// Puts a row back.
    private func waiting(_ place: Place, _ error: (any Error)? = nil) async throws -> RowOutcome {
        let (ledger, record) = (ledger, place.record)
        // Also where the task is cancelled.
        try await Task { try await ledger.end(record, as: .waiting, nil) }.value
        return place.outcome(.waiting, nil, error)
    }

    private func unusable(
        _ row: RowRequest, _ index: Int, _ inputs: [FailedInput], _ known: RowRecord? = nil
    ) async throws -> RowOutcome {
        var record = known
        if record == nil {
            try await ledger.expect([row.label], in: run.id)
            record = try await ledger.row(labelled: row.label, in: run.id)
        }
        if let record, let first = inputs.first {
            try await ledger.end(
                record, as: .failed,
                .init(code: first.code.rawValue, message: first.message, hint: first.hint))
        }
        var outcome = RowOutcome(index, row.label, .unusable)
        outcome.failed = inputs
        return outcome
    }

    private func refused(_ row: RowRequest, _ index: Int, _ failure: RowRecord.Failure) async throws
        -> RowOutcome
    {
        try await ledger.expect([row.label], in: run.id)
        if let record = try await ledger.row(labelled: row.label, in: run.id) {
            try await ledger.end(record, as: .failed, failure)
        }
        return RowOutcome(index, row.label, .unusable, error: RefusedRowError(failure: failure))
    }

    private func following(
        _ place: Place, _ body: (ClientReporter?) async throws -> RowOutcome
    ) async throws -> RowOutcome {
        let reporter = reporter(place.index, place.row.label)
        defer { reporter?.finish() }
        return try await body(reporter)
    }
}

/// A row that was bought and whose images are lost.
package struct LostImageError: Error, CustomStringConvertible {
    let job: JobRecord

    package var description: String { "job \(job.id.prefix(8)) was bought, and its images are lost" }
}

/// A row that was never sent, for what it says itself.
public struct RefusedRowError: Error, Sendable, CustomStringConvertible {
    /// Expected and found, and what to do.
    public let failure: RowRecord.Failure

    /// Expected and found, one line.
    public var description: String { failure.message }
}

extension RowRecord.Failure {
    init(_ error: any Error) { self.init(code: "refused", message: "\(error)") }
}

extension ClientError {
    /// Whether what was asked for is there no longer.
    fileprivate var isGone: Bool {
        [.result, .notFound].contains(category) && status.map { [403, 404, 410].contains($0) } ?? true
    }
}
