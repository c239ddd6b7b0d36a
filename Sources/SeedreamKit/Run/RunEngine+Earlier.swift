import ImagePreparation
import SeedreamClient
import SeedreamModel

/// Continues rows that have a job of an earlier start, and leaves those that failed.
extension RunEngine {
    func retryOrLeave(_ recorded: RecordedRow, _ inputs: ReadInputs) async throws -> RowOutcome {
        if options.retriesFailed { return try await send(recorded, inputs) }
        let job = try await job(of: recorded.record)
        var outcome = recorded.outcome(.leftFailed, job, job?.error)
        if job == nil, let failure = recorded.record.failure {
            outcome.failed = [
                FailedInput(
                    index: recorded.index, position: 1, name: recorded.row.label,
                    code: ErrorCode(rawValue: failure.code) ?? .unreadableInput, message: failure.message,
                    hint: failure.hint ?? "")
            ]
        }
        return outcome
    }

    /// Resumes an open row, and checks that the files of a saved row exist.
    func resumeOrSkip(_ recorded: RecordedRow, _ inputs: ReadInputs) async throws -> RowOutcome {
        guard let job = try await job(of: recorded.record) else { return recorded.outcome(.elsewhere) }
        if job.state == .saved, try job.hasFiles(verifying: options.verifiesFiles) {
            return recorded.outcome(.skipped, job)
        }
        if job.settlement == .bought {
            guard options.buysAgain else { return recorded.outcome(.missing, job, LostImageError(job: job)) }
            return try await buyAgain(recorded, inputs)
        }
        if recorded.context.client.mayResend(job) { return try await resend(recorded, inputs, job) }
        if job.state == .unknown, job.ticket == nil { return recorded.outcome(.leftUnknown, job, job.error) }
        let wasSaved = job.state == .saved || !job.files.isEmpty
        do {
            // Images that another machine saved are fetched to this one.
            let destination = options.awaitsOthers && wasSaved ? self.destination(of: recorded.row) : nil
            guard
                let resumed = try await recorded.context.client.resume(
                    job.id, to: destination, reportingTo: reporter?.client(recorded.index, recorded.row.label)
                )
            else { return recorded.outcome(.elsewhere, job) }
            // The process that was sending it ended.
            if resumed.state == .unknown { return recorded.outcome(.leftUnknown, resumed, resumed.error) }
            return recorded.outcome(.resumed, resumed)
        } catch let error as ClientError where wasSaved && error.isGone {
            if options.awaitsOthers, job.state == .saved { try await keepElsewhere(job) }
            guard options.buysAgain else {
                return recorded.outcome(.missing, (try? await self.job(of: recorded.record)) ?? job, error)
            }
            return try await buyAgain(recorded, inputs)
        } catch {
            return recorded.outcome(.resumed, (try? await self.job(of: recorded.record)) ?? job, error)
        }
    }

    /// Records that the images of a job, which cannot be fetched to this machine, are where another
    /// one saved them.
    private func keepElsewhere(_ saved: JobRecord) async throws {
        try await ledger.update(saved.id) { job in
            guard job.state == .finished else { return }
            (job.state, job.destination, job.error) = (.saved, saved.destination, saved.error)
        }
    }

    /// Sends a row whose images are lost again, under another key: the record of the first purchase
    /// stays unchanged.
    private func buyAgain(_ recorded: RecordedRow, _ inputs: ReadInputs) async throws -> RowOutcome {
        let before = try await ledger.jobs(withContent: recorded.reference.content)
            .filter { $0.row?.run == run.id && $0.row?.number == recorded.record.number }.count
        var again = recorded
        again.reference.key += "/\(before + 1)"
        return try await prepareAndSend(again, inputs)
    }

    func job(of record: RowRecord) async throws -> JobRecord? {
        guard let id = record.job else { return nil }
        return try await ledger.job(id)
    }
}

extension ClientError {
    /// Whether the provider no longer has the result.
    fileprivate var isGone: Bool {
        [.result, .notFound].contains(category) && status.map { [403, 404, 410].contains($0) } ?? true
    }
}
