public import SeedreamModel

extension SeedreamClient {
    /// Sends a request, waits, and saves the pictures.
    ///
    /// - Returns: The job, `saved`.
    /// - Throws: As ``submit(_:to:id:for:reportingTo:)``, ``wait(for:reportingTo:)`` and
    ///   ``save(_:reportingTo:)``.
    public func run(
        _ request: GenerationRequest, to destination: Destination, id: String = SeedreamClient.newJobID(),
        for row: RowReference? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        var deadline = Deadline(after: configuration.jobTimeout)
        let job = try await submit(
            request, to: destination, id: id, for: row, by: &deadline, reportingTo: reporter)
        return try await complete(job, by: deadline, reportingTo: reporter)
    }

    /// Edits prepared pictures, waits, and saves the results.
    ///
    /// - Throws: As ``run(_:to:id:for:reportingTo:)``.
    public func edit(
        _ prompt: String, images: [PreparedImage], to destination: Destination,
        reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        try await run(
            GenerationRequest(prompt: prompt, images: images.map { .prepared($0) }), to: destination,
            reportingTo: reporter)
    }

    /// Makes pictures from words alone, waits, and saves them.
    ///
    /// - Throws: As ``run(_:to:id:for:reportingTo:)``.
    public func generate(
        _ prompt: String, to destination: Destination, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        try await run(GenerationRequest(prompt: prompt), to: destination, reportingTo: reporter)
    }

    /// Takes a job of the ledger as far as it goes: asks about it, fetches and saves what is there.
    ///
    /// A job that was being sent when its process ended is `unknown`: nobody here can tell whether
    /// the host has it.
    ///
    /// - Parameters:
    ///   - id: The job's.
    ///   - destination: Where its pictures go from now on; `nil`: where they were to go.
    ///   - reporter: Receives events.
    /// - Returns: The job as it is now; `nil` where a living process works on it.
    /// - Throws: As ``wait(for:reportingTo:)`` and ``save(_:reportingTo:)``; of a job that has
    ///   failed, its error again.
    public func resume(
        _ id: String, to destination: Destination? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord? {
        guard var job = try await ledger.claim(id) else { return nil }
        if job.state == .saved, try job.lacksFiles(in: destination?.absolute) {
            job = try await kept(job) {
                $0.state = .finished
                $0.destination = destination?.absolute ?? $0.destination
            }
        }
        if let destination = destination?.absolute, !job.state.isFinal {
            job = try await kept(job) { $0.destination = destination }
        }
        if job.state == .submitting {
            job = try await kept(job) {
                $0.state = .unknown
                $0.error = ClientError(
                    .transport, APIOperation($0.provider, .submit),
                    message: "the process ended while the request was being sent", purchase: .unknown)
            }
        }
        // A job with a ticket can be asked about, whatever was made of an earlier answer.
        if job.state == .unknown, job.ticket != nil { job = try await kept(job) { $0.state = .accepted } }
        guard !job.state.isFinal else {
            try await ledger.release(job.id)
            if [.failed, .cancelled].contains(job.state), let error = job.error { throw error }
            return job
        }
        return try await complete(
            job, by: Deadline(after: configuration.jobTimeout), reportingTo: reporter)
    }

    /// Waits, saves, and releases the job, whether or not that succeeds.
    func complete(_ job: JobRecord, by deadline: Deadline, reportingTo reporter: ClientReporter?)
        async throws -> JobRecord
    {
        do {
            let finished = try await wait(for: job, by: deadline, reportingTo: reporter)
            let saved = try await save(finished, by: deadline, reportingTo: reporter)
            await release(job)
            return saved
        } catch {
            await release(job)
            throw error
        }
    }

    func release(_ job: JobRecord) async {
        let ledger = ledger
        // A job that is not released does no harm: the process ends, and with it its ownership.
        _ = await Task { try? await ledger.release(job.id) }.value
    }
}
