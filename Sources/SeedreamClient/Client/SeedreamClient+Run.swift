public import SeedreamModel

extension SeedreamClient {
    /// Sends a request, waits, and saves the pictures.
    ///
    /// - Returns: The job, `saved`.
    /// - Throws: As ``submit(_:to:id:reportingTo:)``, ``wait(for:reportingTo:)`` and ``save(_:reportingTo:)``.
    public func run(
        _ request: GenerationRequest, to destination: Destination, id: String = SeedreamClient.newJobID(),
        reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        let job = try await submit(request, to: destination, id: id, reportingTo: reporter)
        return try await complete(job, reportingTo: reporter)
    }

    /// Edits prepared pictures, waits, and saves the results.
    ///
    /// - Throws: As ``run(_:to:id:reportingTo:)``.
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
    /// - Throws: As ``run(_:to:id:reportingTo:)``.
    public func generate(
        _ prompt: String, to destination: Destination, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        try await run(GenerationRequest(prompt: prompt), to: destination, reportingTo: reporter)
    }

    /// Fetches the pictures of a finished job, checks and saves them.
    ///
    /// Each is in the ledger before it has its name, so that a process which is killed leaves none half, none twice, and none unknown.
    ///
    /// - Returns: The job, `saved`.
    /// - Throws: ``ClientError`` where a picture cannot be had, ``SaveError`` where it cannot be written: the job stays `finished`, what
    ///   could be saved is saved, and calling this again goes on. ``RequestError`` for a job without a destination.
    public func save(_ job: JobRecord, reportingTo reporter: ClientReporter? = nil) async throws -> JobRecord
    {
        let isPrivate =
            URLParts(context.endpoints.api).map { AddressPolicy.objection(toHostOf: $0) != nil } ?? false
        var saver = ResultSaver(
            ledger: ledger,
            fetching: ResultDownloader(
                provider: provider, transport: transport, backoff: backoff, allowsPrivateAddresses: isPrivate),
            verifier: verifier, toolkit: Self.toolkit)
        saver.spoolFolder = spoolFolder
        return try await saver.save(job) { progress in
            if case .saved(let file) = progress { reporter?.report(.saved(file)) }
        }
    }

    /// Takes a job of the ledger as far as it goes: asks about it, fetches and saves what is there.
    ///
    /// A job that was being sent when its process ended is `unknown`: nobody here can tell whether the host has it.
    ///
    /// - Parameters:
    ///   - id: The job's.
    ///   - destination: Where its pictures go from now on; `nil`: where they were to go.
    ///   - reporter: Receives events.
    /// - Returns: The job as it is now; `nil` where a living process works on it.
    /// - Throws: As ``wait(for:reportingTo:)`` and ``save(_:reportingTo:)``; of a job that has failed, its error again.
    public func resume(
        _ id: String, to destination: Destination? = nil, reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord? {
        guard var job = try await ledger.claim(id) else { return nil }
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
        // Whoever asked with another account's key was told that there is no such job.
        if job.state == .unknown, job.ticket != nil { job = try await kept(job) { $0.state = .accepted } }
        guard !job.state.isFinal else {
            try await ledger.release(job.id)
            if [.failed, .cancelled].contains(job.state), let error = job.error { throw error }
            return job
        }
        return try await complete(job, reportingTo: reporter)
    }

    /// Waits, saves, and lets go of the job, whatever becomes of it.
    private func complete(_ job: JobRecord, reportingTo reporter: ClientReporter?) async throws -> JobRecord {
        do {
            let saved = try await save(try await wait(for: job, reportingTo: reporter), reportingTo: reporter)
            await letGo(job)
            return saved
        } catch {
            await letGo(job)
            throw error
        }
    }

    private func letGo(_ job: JobRecord) async {
        let ledger = ledger
        // Not to let go does no harm: the process ends, and with it its ownership.
        _ = await Task { try? await ledger.release(job.id) }.value
    }
}
