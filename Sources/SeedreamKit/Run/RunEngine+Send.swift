import ImagePreparation
import SeedreamClient
import SeedreamModel

/// What is sent, and what is not.
extension RunEngine {
    func send(_ place: Place, _ inputs: ReadInputs, _ ready: ReadyImages? = nil) async throws
        -> RowOutcome
    {
        guard try await ledger.begin(place.record) else { return place.outcome(.elsewhere) }
        let like = earlier.like(place.row)
        if !like.isEmpty {
            reporter?.report(SessionEvent(index: place.index, label: place.row.label, kind: .earlier(like)))
        }
        return try await bought(place, inputs, ready)
    }

    /// Prepares the images of a row and sends it, once there is room.
    ///
    /// - Parameter known: The images, if they are ready already.
    func bought(_ place: Place, _ inputs: ReadInputs, _ known: ReadyImages? = nil) async throws -> RowOutcome
    {
        var request = place.row.request
        let ready: ReadyImages
        do {
            ready =
                if let known { known } else {
                    try await prepare(inputs, place.row, place.index, place.desk.preparer)
                }
            request.images = ready.images
        } catch let failure as UnusableInputs {
            return try await unusable(place.row, place.index, failure, place.record)
        } catch is CancellationError {
            return try await waiting(place, CancellationError())
        }
        guard await place.desk.slots.take() else { return try await waiting(place, CancellationError()) }
        defer { place.desk.slots.give() }
        if fuse.isBlown(for: [place.desk.provider]) || Task.isCancelled { return try await waiting(place) }
        var outcome = try await sent(request, place)
        outcome.images = ready.prepared
        return outcome
    }

    private func sent(_ request: GenerationRequest, _ place: Place) async throws -> RowOutcome {
        let id = SeedreamClient.newJobID()
        let client = place.desk.client
        let reporter = reporter?.client(place.index, place.row.label)
        var destination = destination
        if let template = place.row.template { destination.template = template }
        if !place.row.subfolder.isEmpty { destination.folder += "/\(place.row.subfolder)" }
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
                fuse.blow(place.desk.provider, error)
                return try await waiting(place, error)
            }
        } catch {
            var job = (error as? UnrecordedJob)?.job
            if job == nil { job = try? await ledger.job(id) }
            let isSent = job.map { ![.failed, .cancelled].contains($0.state) } ?? false
            if !isSent, Fuse.blows(error) {
                fuse.blow(place.desk.provider, error)
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

    /// Sends a request of unknown outcome again, where its idempotency key keeps it from being made
    /// twice.
    func resend(_ place: Place, _ inputs: ReadInputs, _ job: JobRecord) async throws -> RowOutcome {
        var request = place.row.request
        do {
            request.images = try await prepare(inputs, place.row, place.index, place.desk.preparer).images
            guard await place.desk.slots.take() else { throw CancellationError() }
            defer { place.desk.slots.give() }
            let resent = try await place.desk.client.resend(
                job, as: request, waits: options.waits,
                reportingTo: reporter?.client(place.index, place.row.label))
            guard let resent else { return place.outcome(.elsewhere, job) }
            return place.outcome(.resumed, resent)
        } catch {
            let now = try await self.job(of: place.record) ?? job
            return place.outcome(now.state == .unknown ? .leftUnknown : .resumed, now, error)
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

    /// Records a row whose images cannot be made valid. Of a request by itself there is nothing to
    /// keep.
    func unusable(
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

    func refused(_ row: RowRequest, _ index: Int, _ failure: RowRecord.Failure) async throws -> RowOutcome {
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
