import Cryptography
import HTTPTypes
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SeedreamClient {
    /// Submits a request once. Uploads images first if they travel by upload.
    ///
    /// The job is recorded in the ledger before its request is sent. It is returned as `accepted`
    /// by a provider that generates images later, or as `finished` by one that generates them
    /// during the request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - destination: The destination for ``save(_:reportingTo:)``. It is recorded in the ledger,
    ///     so that a later process knows it.
    ///   - id: The job's ID in the ledger, as returned by ``newJobID()``.
    ///   - row: The row of a run that the job belongs to. ``ClientConfiguration/budget`` then
    ///     applies to the whole run.
    ///   - reporter: Receives events.
    /// - Throws: ``RequestError``, ``BudgetError``, ``KeyError`` and ``LedgerError`` before
    ///   anything is sent, among them ``LedgerError/slotsTaken(limit:)``; ``ClientError``, whose
    ///   ``ClientError/purchase`` says whether the request may have been bought;
    ///   `CancellationError` if nothing was sent.
    public func submit(
        _ request: GenerationRequest, to destination: Destination? = nil,
        id: String = SeedreamClient.newJobID(), for row: RowReference? = nil,
        reportingTo reporter: ClientReporter? = nil
    ) async throws -> JobRecord {
        var deadline = Deadline(after: configuration.jobTimeout)
        let job = try await submit(
            request, to: destination, id: id, for: row, by: &deadline, reportingTo: reporter)
        // Its slot may be wanted before the caller continues it, if ever.
        JobsAtWork.end(job.id, in: ledger)
        return job
    }

    /// Submits a request as ``submit(_:to:id:for:reportingTo:)`` does. The job that it returns is
    /// one of `JobsAtWork`, until the caller ends that.
    ///
    /// - Parameter deadline: Applies to everything except the paid request, which gets the time it
    ///   needs; that time is added to the deadline.
    func submit(
        _ request: GenerationRequest, to destination: Destination?, id: String, for row: RowReference?,
        by deadline: inout Deadline, reportingTo reporter: ClientReporter?
    ) async throws -> JobRecord {
        let api = try api(by: deadline, buying: true)
        let deliveries = try planner.deliveries(of: request)
        // Make every check before a byte is uploaded.
        var draft = try providerAPI.draft(request, images: deliveries.map(\.preview), in: context)
        try planner.checkBudget(draft, inputs: deliveries.count)
        if let destination { try destination.absolute.makeFolder() }
        for warning in draft.warnings { reporter?.report(.warning(warning)) }
        if let images = try await upload(deliveries, through: api, reporter) {
            // Only the URLs differ from the first draft.
            draft = try providerAPI.draft(request, images: images, in: context)
        }
        let body = draft.body.body
        try planner.checkBody(body.length)
        // Wait before the job is recorded: a process that ends here has sent nothing.
        try await api.backoff.waitForOthers(by: deadline)
        var job = record(of: request, draft, destination, id)
        job.row = row
        job.account = JobSlot.account(provider, baseURL: configuration.baseURL, key: api.key?.secret)
        // Before the insertion, as other tasks see the job at once.
        _ = JobsAtWork.begin(id, in: ledger)
        var isSent = false
        defer { if !isSent { JobsAtWork.end(id, in: ledger) } }
        let left = deadline.remaining
        try await insertWhenFree(job, reportingTo: reporter)
        deadline = left.map { Deadline(after: $0) } ?? .never
        do {
            try Task.checkCancellation()
            reporter?.report(.submitting(bytes: body.length))
            let left = deadline.remaining
            let answer = try await send(draft, body, job, through: api)
            deadline = left.map { Deadline(after: $0) } ?? .never
            let sent = try await recordAnswer(answer, of: job, reporter)
            isSent = true
            return sent
        } catch let error as ClientError {
            throw await recordFailure(of: job, error)
        } catch is CancellationError {
            // Thrown only if no byte was sent.
            _ = await recordFailure(
                of: job,
                ClientError(
                    .cancelled, draft.operation, message: "cancelled before the request was sent",
                    purchase: .notTaken)
            )
            throw CancellationError()
        }
    }

    /// Records the provider's answer to a request.
    func recordAnswer(_ answer: SubmitReply, of job: JobRecord, _ reporter: ClientReporter?) async throws
        -> JobRecord
    {
        switch answer {
        case .accepted(let ticket):
            let accepted = try await update(job) {
                $0.state = .accepted
                $0.ticket = ticket
            }
            reporter?.report(.accepted(requestID: ticket.requestID))
            return accepted
        case .finished(let made):
            let result = bounded(made, for: job, reporter)
            let finished = try await update(job) {
                $0.state = .finished
                $0.result = result
            }
            reporter?.report(.finished(images: result.images.count))
            return finished
        }
    }

    /// Sends the paid request and reads the answer.
    func send(_ draft: RequestDraft, _ body: RequestBody, _ job: JobRecord, through api: APIClient)
        async throws -> SubmitReply
    {
        var fields = draft.fields
        if fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let (providerAPI, context) = (providerAPI, context)
        return try await api.submit(
            APIRequest(
                operation: draft.operation, method: .post, url: draft.url, fields: fields, body: body),
            idempotencyKey: job.idempotencyKey, readTimeout: configuration.paidReadTimeout,
            inlineImages: draft.isInline ? draft.outputs.upperBound * providerAPI.limits.inlineCopies : 0
        ) { reply throws(ClientError) in
            let answer = try providerAPI.submitReply(reply, to: draft, in: context)
            if case .finished(let result) = answer { reply.removeInline(except: result) }
            return answer
        }
    }

    /// Returns a new job ID: a random UUID in lower case.
    public static func newJobID() -> String { UUID().uuidString.lowercased() }

    private func record(
        of request: GenerationRequest, _ draft: RequestDraft, _ destination: Destination?, _ id: String
    )
        -> JobRecord
    {
        var job = JobRecord(
            id: id, provider: provider, baseURL: configuration.baseURL, model: draft.model,
            operation: request.operation, prompt: request.prompt, created: Date().timeIntervalSince1970,
            inputs: request.images.enumerated().map { InputProvenance($1, index: $0) },
            maximumOutputs: draft.outputs.upperBound,
            estimate: planner.price(of: draft, inputs: request.images.count),
            idempotencyKey: providerAPI.limits.honorsIdempotencyKeys ? UUID().uuidString.lowercased() : nil,
            destination: destination?.absolute)
        if request.resultBackground == .transparent, planner.transparency(of: request.model) != .lacking {
            job.wantsTransparency = true
        }
        return job
    }

    /// Uploads the images that travel by upload, four at a time. Returns `nil` if there are none.
    func upload(
        _ deliveries: [SubmissionPlanner.Delivery], through api: APIClient, _ reporter: ClientReporter?
    ) async throws -> [ImageReference]? {
        var references = deliveries.map(\.preview)
        let waiting = deliveries.enumerated().compactMap {
            index, image -> (index: Int, image: PreparedImage)? in
            if case .upload(let image) = image { (index, image) } else { nil }
        }
        guard !waiting.isEmpty else { return nil }
        let (providerAPI, context) = (providerAPI, context)
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var next = 0
            var done = 0
            func start() {
                guard next < waiting.count else { return }
                let (index, image) = waiting[next]
                next += 1
                group.addTask {
                    // Use our own name: the user's file name may contain anything.
                    let name = "image-\(index + 1).\(image.mediaType.fileExtension)"
                    return (index, try await providerAPI.upload(image, name: name, in: context, through: api))
                }
            }
            for _ in 0..<4 { start() }
            while let (index, url) = try await group.next() {
                references[index] = .url(url)
                done += 1
                reporter?.report(.uploaded(done, of: waiting.count))
                start()
            }
        }
        return references
    }

    // MARK: Recording

    /// Changes a job in the ledger, even if the task has been cancelled: a provider's answer must
    /// not be lost to a signal.
    func update(_ job: JobRecord, _ change: @escaping @Sendable (inout JobRecord) -> Void) async throws
        -> JobRecord
    {
        let ledger = ledger
        do {
            return try await Task { try await ledger.update(job.id, change) }.value
        } catch let error as LedgerError {
            var changed = job
            change(&changed)
            throw UnrecordedJob(job: changed, reason: error)
        }
    }

    /// Records the failure of a job and returns the error to throw.
    func recordFailure(of job: JobRecord, _ error: ClientError) async -> any Error {
        let state: JobState =
            switch (error.category, error.purchase) {
            case (.cancelled, .taken): .cancelled
            case (_, .unknown): .unknown
            default: .failed
            }
        do {
            _ = try await update(job) {
                // Another process may have continued the job while this one was suspended, and have
                // an answer to the same request.
                guard [job.state, .unknown].contains($0.state) else { return }
                $0.state = state
                $0.error = error
            }
        } catch {
            return error
        }
        return error
    }
}

extension InputProvenance {
    /// Creates the provenance of a request's image.
    init(_ image: RequestImage, index: Int) {
        switch image {
        case .remote(let url):
            // The query may contain a signature.
            self.init(index: index, name: String(url.prefix { $0 != "?" && $0 != "#" }))
        case .prepared(let image):
            self.init(
                index: image.index, name: image.source.name,
                sha256: image.bytes.withBytes { SHA256Digest($0).hexadecimal },
                action: image.action, reasons: image.reasons, size: image.size)
        }
    }
}
