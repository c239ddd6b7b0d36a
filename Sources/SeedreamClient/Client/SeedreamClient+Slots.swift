import SeedreamModel

/// Waits for a free slot of the account before a request is recorded and sent.
extension SeedreamClient {
    /// The pauses between two attempts, in seconds; a random time between them, so that waiting
    /// processes do not ask all at once. Our numbers.
    private static let slotPause = 0.2...1.0

    /// Inserts a job into the ledger as soon as its account has a free slot.
    ///
    /// A job whose process ended keeps its slot until another process sees its end. Such jobs are
    /// resumed meanwhile, one at a time.
    ///
    /// - Throws: `LedgerError`, `CancellationError`. Nothing is inserted then.
    func insertWhenFree(_ job: JobRecord, reportingTo reporter: ClientReporter?) async throws {
        var hasReported = false
        while true {
            do throws(LedgerError) {
                try await ledger.insert(
                    job, within: configuration.budget, slots: configuration.maximumInFlight)
                return
            } catch .slotsTaken(let limit) {
                if !hasReported { reporter?.report(.waitingForSlot(limit: limit)) }
                hasReported = true
            }
            try Task.checkCancellation()
            guard try await !resumeAbandoned(account: job.account) else { continue }
            let range = Self.slotPause
            try await backoff.sleep(
                range.lowerBound + backoff.draw(range.upperBound - range.lowerBound))
        }
    }

    /// Resumes one open job of the account that has no live owner, and leaves out those that fail.
    ///
    /// - Returns: Whether one has ended.
    private func resumeAbandoned(account: String?) async throws -> Bool {
        let open = (try? await ledger.jobs(in: [.submitting, .accepted], limit: nil)) ?? []
        for job in open where job.account == account && job.provider == provider {
            guard JobsAtWork.begin(job.id, in: ledger) else { continue }
            defer { JobsAtWork.end(job.id, in: ledger) }
            do {
                // `nil`: its owner lives.
                guard try await continueJob(job.id) != nil else { continue }
            } catch let error as CancellationError {
                throw error
            } catch {
                // The job has its own error now; this request does not depend on it.
                try Task.checkCancellation()
                continue
            }
            return true
        }
        return false
    }
}
