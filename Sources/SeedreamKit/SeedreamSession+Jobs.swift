import SeedreamClient
import SeedreamModel

extension SeedreamSession {
    /// Resumes jobs of the ledger, of any provider: polls them, then downloads and saves their
    /// results. Nothing is bought.
    ///
    /// A key is sent only to a provider's own address and to the `ClientConfiguration.baseURL` of
    /// this session's client. A job that was sent elsewhere is delivered with an
    /// ``UntrustedAddressError``.
    ///
    /// - Parameters:
    ///   - jobs: The jobs to resume. `nil`: all jobs that are not final.
    ///   - parallel: The number of jobs at the same time. Default: 4.
    ///   - reporter: Receives the events of each job.
    ///   - deliver: Receives each outcome as soon as it is known, in order of completion.
    /// - Throws: `LedgerError`, and the errors of `deliver`. Cancellation does not throw: the
    ///   remaining jobs are left unchanged.
    public func resume(
        _ jobs: [JobRecord]? = nil, parallel: Int = 4, reportingTo reporter: SessionReporter? = nil,
        deliver: (RowOutcome) async throws -> Void
    ) async throws {
        defer { reporter?.finish() }
        let jobs = if let jobs { jobs } else { try await openJobs() }
        try await withThrowingTaskGroup(of: RowOutcome.self) { group in
            var running = 0
            for (index, job) in jobs.enumerated() where !Task.isCancelled {
                if running >= max(1, parallel), let outcome = try await group.next() {
                    running -= 1
                    reporter?.report(outcome)
                    try await deliver(outcome)
                }
                running += 1
                group.addTask { await resumed(job, index, to: nil, reporter) }
            }
            while let outcome = try await group.next() {
                reporter?.report(outcome)
                try await deliver(outcome)
            }
        }
    }

    /// Returns all jobs that are not final, the oldest first.
    public func openJobs() async throws(LedgerError) -> [JobRecord] {
        try await client.ledger.jobs(in: Set(JobState.allCases.filter { !$0.isFinal }), limit: nil).reversed()
    }

    /// Downloads and saves the result of one job, after waiting for it if necessary.
    ///
    /// - Parameters:
    ///   - job: A job of the ledger.
    ///   - destination: The destination of the images. `nil`: the one recorded with the job.
    ///   - reporter: Receives the events of the job.
    /// - Returns: The outcome. It is `elsewhere`, without a job, if another process works on the
    ///   job.
    public func result(
        of job: JobRecord, to destination: Destination? = nil, reportingTo reporter: SessionReporter? = nil
    ) async -> RowOutcome {
        defer { reporter?.finish() }
        let outcome = await resumed(job, 0, to: destination, reporter)
        reporter?.report(outcome)
        return outcome
    }

    /// Returns a client for the address that a job was sent to.
    ///
    /// - Throws: ``UntrustedAddressError`` if it is neither the provider's own address nor this
    ///   session's.
    public func client(for job: JobRecord) throws(UntrustedAddressError) -> SeedreamClient {
        if let recorded = job.baseURL {
            let origin = URLParts(recorded)?.origin
            guard let origin, origin == client.configuration.baseURL.flatMap({ URLParts($0)?.origin }) else {
                throw UntrustedAddressError(subject: "job \(job.id.prefix(8))", address: recorded)
            }
        }
        return client.asking(job.provider, at: job.baseURL)
    }

    private func resumed(
        _ job: JobRecord, _ index: Int, to destination: Destination?, _ reporter: SessionReporter?
    ) async -> RowOutcome {
        let label = job.inputs.first?.name ?? job.id
        do {
            let client = try client(for: job)
            let resumed = try await client.resume(
                job.id, to: destination, reportingTo: reporter?.client(index, label))
            guard let resumed else { return RowOutcome(index, label, .elsewhere) }
            let isUnknown = resumed.state == .unknown
            return RowOutcome(index, label, isUnknown ? .leftUnknown : .resumed, job: resumed)
        } catch {
            let known = (error as? UnrecordedJob)?.job
            let now = if let known { known } else { try? await client.ledger.job(job.id) }
            return RowOutcome(index, label, .resumed, job: now ?? job, error: error)
        }
    }
}

/// A ledger names an address that is neither a provider's own nor this session's, and no key is
/// sent to it.
public struct UntrustedAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The subject of the message, as `job 3f0c91aa` or `the run`.
    public var subject: String
    /// The base URL in the ledger.
    public var address: String

    /// Makes an error.
    public init(subject: String, address: String) {
        (self.subject, self.address) = (subject, address)
    }

    /// One line that names the subject and the address.
    public var description: String {
        "\(subject) was sent to \(address), and a key is sent there only if you name the address"
    }
}
