import ImagePreparation
import SeedreamClient
import SeedreamModel

/// Sends rows, and records rows that are not sent.
extension RunEngine {
    func send(_ recorded: RecordedRow, _ inputs: ReadInputs, _ ready: ReadyImages? = nil) async throws
        -> RowOutcome
    {
        guard try await ledger.begin(recorded.record) else { return recorded.outcome(.elsewhere) }
        let similar = earlier.similar(to: recorded.row)
        if !similar.isEmpty {
            reporter?.report(
                SessionEvent(index: recorded.index, label: recorded.row.label, kind: .earlier(similar)))
        }
        return try await prepareAndSend(recorded, inputs, ready)
    }

    /// Prepares the images of a row, waits for a slot, and sends the row.
    ///
    /// - Parameter known: The images, if they are already prepared.
    func prepareAndSend(_ recorded: RecordedRow, _ inputs: ReadInputs, _ known: ReadyImages? = nil)
        async throws -> RowOutcome
    {
        var request = recorded.row.request
        let ready: ReadyImages
        do {
            ready =
                if let known { known } else {
                    try await prepare(
                        inputs, recorded.row, recorded.index,
                        recorded.context.preparer(for: recorded.row.request))
                }
            request.images = ready.images
        } catch let failure as UnusableInputs {
            return try await recordUnusable(recorded.row, recorded.index, failure, recorded.record)
        } catch is CancellationError {
            return try await putBack(recorded, CancellationError())
        }
        guard await recorded.context.slots.wait() else {
            return try await putBack(recorded, CancellationError())
        }
        defer { recorded.context.slots.signal() }
        if breaker.isTripped(for: [recorded.context.provider]) || Task.isCancelled {
            return try await putBack(recorded)
        }
        var outcome = try await submit(request, recorded)
        outcome.images = ready.prepared
        return outcome
    }

    /// Returns the folder and the names of a row's results.
    func destination(of row: RowRequest) -> Destination {
        var destination = destination
        if let template = row.template { destination.template = template }
        if !row.subfolder.isEmpty { destination.folder += "/\(row.subfolder)" }
        return destination
    }

    private func submit(_ request: GenerationRequest, _ recorded: RecordedRow) async throws -> RowOutcome {
        let id = SeedreamClient.newJobID()
        let client = recorded.context.client
        let reporter = reporter?.client(recorded.index, recorded.row.label)
        let destination = destination(of: recorded.row)
        do {
            let job =
                options.waits
                ? try await client.run(
                    request, to: destination, id: id, for: recorded.reference, reportingTo: reporter)
                : try await client.submit(
                    request, to: destination, id: id, for: recorded.reference, reportingTo: reporter)
            return recorded.outcome(.sent, job)
        } catch let error as LedgerError {
            switch error {
            case .rowTaken(let other): return recorded.outcome(.elsewhere, try await ledger.job(other))
            // A ledger that cannot record this job cannot record the next one either.
            default:
                breaker.trip(recorded.context.provider, error)
                return try await putBack(recorded, error)
            }
        } catch {
            var job = (error as? UnrecordedJob)?.job
            if job == nil { job = try? await ledger.job(id) }
            let isSent = job.map { ![.failed, .cancelled].contains($0.state) } ?? false
            if !isSent, CircuitBreaker.affectsEveryRow(error) {
                breaker.trip(recorded.context.provider, error)
                var outcome = try await putBack(recorded, error)
                outcome.job = job
                return outcome
            }
            if !isSent, error is CancellationError || (error as? ClientError)?.category == .cancelled {
                return try await putBack(recorded, CancellationError())
            }
            if job == nil { try await ledger.end(recorded.record, as: .failed, .init(error)) }
            return recorded.outcome(.sent, job, error)
        }
    }

    /// Sends a request of unknown outcome again; its idempotency key prevents a second purchase.
    func resend(_ recorded: RecordedRow, _ inputs: ReadInputs, _ job: JobRecord) async throws -> RowOutcome {
        var request = recorded.row.request
        do {
            request.images = try await prepare(
                inputs, recorded.row, recorded.index, recorded.context.preparer(for: recorded.row.request)
            ).images
            guard await recorded.context.slots.wait() else { throw CancellationError() }
            defer { recorded.context.slots.signal() }
            let resent = try await recorded.context.client.resend(
                job, as: request, waits: options.waits,
                reportingTo: reporter?.client(recorded.index, recorded.row.label))
            guard let resent else { return recorded.outcome(.elsewhere, job) }
            return recorded.outcome(.resumed, resent)
        } catch {
            let now = (try? await self.job(of: recorded.record)) ?? job
            return recorded.outcome(now.state == .unknown ? .leftUnknown : .resumed, now, error)
        }
    }

    // MARK: Rows that are not sent

    /// Puts a row back as waiting.
    private func putBack(_ recorded: RecordedRow, _ error: (any Error)? = nil) async throws -> RowOutcome {
        let (ledger, record) = (ledger, recorded.record)
        // A task of its own, so that the row is recorded even after cancellation. If it cannot be
        // recorded, the row is free again when this process has ended.
        _ = try? await Task { try await ledger.end(record, as: .waiting, nil) }.value
        return recorded.outcome(.waiting, nil, error)
    }

    /// Records a row whose images cannot be made valid. A single request leaves no record.
    func recordUnusable(
        _ row: RowRequest, _ index: Int, _ failure: UnusableInputs, _ known: RowRecord? = nil
    ) async throws -> RowOutcome {
        var record = known
        if record == nil, !options.buysEqual {
            try await ledger.expect([row.label], in: run.id)
            record = try await ledger.row(labelled: row.label, in: run.id)
        }
        if let record {
            let recorded =
                failure.inputs.first.map {
                    RowRecord.Failure(code: $0.code.rawValue, message: $0.message, hint: $0.hint)
                }
                ?? failure.error.map {
                    RowRecord.Failure(code: $0.code.rawValue, message: $0.description, hint: $0.hint)
                }
            try await ledger.end(record, as: .failed, recorded)
        }
        var outcome = RowOutcome(index, row.label, .unusable, error: failure.error)
        (outcome.failed, outcome.dropped) = (failure.inputs, failure.dropped)
        return outcome
    }

    func recordRefused(_ row: RowRequest, _ index: Int, _ failure: RowRecord.Failure) async throws
        -> RowOutcome
    {
        if !options.buysEqual {
            try await ledger.expect([row.label], in: run.id)
            if let record = try await ledger.row(labelled: row.label, in: run.id) {
                try await ledger.end(record, as: .failed, failure)
            }
        }
        return RowOutcome(index, row.label, .unusable, error: RefusedRowError(failure: failure))
    }
}

extension RowRecord.Failure {
    fileprivate init(_ error: any Error) { self.init(code: "refused", message: "\(error)") }
}
