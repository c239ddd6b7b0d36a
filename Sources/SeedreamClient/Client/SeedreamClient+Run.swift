public import SeedreamModel

extension SeedreamClient {
    /// Submits a request, waits, and saves the images.
    ///
    /// - Returns: The job, in state `saved`.
    /// - Throws: The errors of ``submit(_:to:id:for:reportingTo:)``, ``wait(for:reportingTo:)`` and
    ///   ``save(_:reportingTo:)``.
    public func run(
        _ request: GenerationRequest, to destination: Destination, id: String = SeedreamClient.newJobID(),
        for row: RowReference? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        var deadline = Deadline(after: configuration.jobTimeout)
        let job = try await submit(
            request, to: destination, id: id, for: row, by: &deadline, reportingTo: reporter)
        defer { JobsAtWork.end(job.id, in: ledger) }
        return try await complete(job, by: deadline, reportingTo: reporter)
    }

    /// Edits prepared images, waits, and saves the results.
    ///
    /// - Throws: The errors of ``run(_:to:id:for:reportingTo:)``.
    public func edit(
        _ prompt: String, images: [PreparedImage], to destination: Destination,
        reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        try await run(
            GenerationRequest(prompt: prompt, images: images.map { .prepared($0) }), to: destination,
            reportingTo: reporter)
    }

    /// Generates images from a prompt, waits, and saves them.
    ///
    /// - Throws: The errors of ``run(_:to:id:for:reportingTo:)``.
    public func generate(
        _ prompt: String, to destination: Destination, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        try await run(GenerationRequest(prompt: prompt), to: destination, reportingTo: reporter)
    }

    /// Continues a job of the ledger: polls its status if it is not finished, then downloads and
    /// saves its images.
    ///
    /// A job that was being sent when its process ended becomes `unknown`: the client cannot tell
    /// whether the provider has it. If another task of this process works on the job, it is waited
    /// for.
    ///
    /// - Parameters:
    ///   - id: The job's ID.
    ///   - destination: The new destination of the images. If `nil`, the recorded one is used.
    ///   - reporter: Receives events.
    /// - Returns: The updated job; `nil` if another live process owns it.
    /// - Throws: The errors of ``wait(for:reportingTo:)`` and ``save(_:reportingTo:)``. For a
    ///   failed or cancelled job, its recorded error.
    public func resume(
        _ id: String, to destination: Destination? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord? {
        while !JobsAtWork.begin(id, in: ledger) { try await Task.sleep(for: .milliseconds(200)) }
        defer { JobsAtWork.end(id, in: ledger) }
        return try await continueJob(id, to: destination, reportingTo: reporter)
    }

    /// Continues a job as ``resume(_:to:reportingTo:)`` does. Call it only between
    /// `JobsAtWork.begin` and `JobsAtWork.end`.
    func continueJob(
        _ id: String, to destination: Destination? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord? {
        guard var job = try await ledger.claim(id) else { return nil }
        if job.state == .saved, try job.lacksFiles(in: destination?.absolute) {
            job = try await update(job) {
                $0.state = .finished
                $0.destination = destination?.absolute ?? $0.destination
            }
        }
        if let destination = destination?.absolute, !job.state.isFinal {
            job = try await update(job) { $0.destination = destination }
        }
        if job.state == .submitting {
            job = try await update(job) {
                $0.state = .unknown
                $0.error = ClientError(
                    .transport, APIOperation($0.provider, .submit),
                    message: "the process ended while the request was being sent", purchase: .unknown)
            }
        }
        // A job with a ticket can be polled, even if an earlier answer made it `unknown`.
        if job.state == .unknown, job.ticket != nil { job = try await update(job) { $0.state = .accepted } }
        guard !job.state.isFinal else {
            try await ledger.release(job.id)
            if [.failed, .cancelled].contains(job.state), let error = job.error { throw error }
            return job
        }
        return try await complete(
            job, by: Deadline(after: configuration.jobTimeout), reportingTo: reporter)
    }

    /// Waits for the job, saves its images, and releases it even if an error is thrown.
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
        // A failed release does no harm: the ownership ends with the process.
        _ = await Task { try? await ledger.release(job.id) }.value
    }
}
