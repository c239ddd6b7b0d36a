import SeedreamClient
import SeedreamModel

extension SeedreamSession {
    /// Takes jobs of the ledger further, of any provider: asks about them, fetches and saves.
    /// Nothing is bought.
    ///
    /// A key goes to a provider's own address, and to `ClientConfiguration.baseURL` of this
    /// session's client: a job that was sent elsewhere is delivered with an
    /// ``UntrustedAddressError``.
    ///
    /// - Parameters:
    ///   - jobs: Which; `nil` for all that are not done.
    ///   - parallel: Jobs at the same time. 4 by default.
    ///   - reporter: Receives what happens to each.
    ///   - deliver: Receives each as soon as it is known, in the order in which they end.
    /// - Throws: `LedgerError`, what `deliver` throws. Not where the task is cancelled: what is
    ///   left stays as it is.
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

    /// All jobs that are not done, the oldest first.
    public func openJobs() async throws(LedgerError) -> [JobRecord] {
        try await client.ledger.jobs(in: Set(JobState.allCases.filter { !$0.isFinal }), limit: nil).reversed()
    }

    /// Fetches and saves the result of one job, waiting for it if it is not made.
    ///
    /// - Parameters:
    ///   - job: Of the ledger.
    ///   - destination: Where its images go; `nil` for where they were to go.
    ///   - reporter: Receives what happens.
    /// - Returns: What became of it; `elsewhere` without a job where another process works on it.
    public func result(
        of job: JobRecord, to destination: Destination? = nil, reportingTo reporter: SessionReporter? = nil
    ) async -> RowOutcome {
        defer { reporter?.finish() }
        let outcome = await resumed(job, 0, to: destination, reporter)
        reporter?.report(outcome)
        return outcome
    }

    /// A client that asks where a job was sent.
    ///
    /// - Throws: ``UntrustedAddressError`` where that is neither the provider's own address nor
    ///   this session's.
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

/// Something was sent to an address that a ledger names and this program does not: a key does not
/// go there.
public struct UntrustedAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was sent there, as `job 3f0c91aa` or `the run`.
    public var subject: String
    /// The base URL.
    public var address: String

    /// Makes an error.
    public init(subject: String, address: String) {
        (self.subject, self.address) = (subject, address)
    }

    /// One line.
    public var description: String {
        "\(subject) was sent to \(address), and a key goes there only if you name it"
    }
}
