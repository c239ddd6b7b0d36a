import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The jobs and queues of all providers.
actor JobStore {
    /// The outcome of a request to cancel.
    enum Cancellation: Sendable {
        case requested
        case alreadyEnded
        case unknown
    }

    private struct Entry {
        var snapshot: JobSnapshot
        var request: JobRequest
        var task: Task<Void, Never>?
    }

    private var entries: [String: Entry] = [:]
    private var finished: [String] = []
    private var queues: [EmulatedProvider: [String]] = [:]
    private var semaphores: [EmulatedProvider: Semaphore] = [:]
    private let configuration: EmulatorConfiguration
    /// The number of ended jobs to remember; our choice.
    private static let remembered = 5_000
    /// The maximum size of the remembered results, which may contain inline images, in bytes; our
    /// choice.
    private static let rememberedMaximum = 256 << 20
    private var rememberedBytes = 0

    init(_ configuration: EmulatorConfiguration) { self.configuration = configuration }

    /// Accepts a job.
    func submit(_ request: JobRequest) {
        let snapshot = JobSnapshot(
            id: request.id, provider: request.provider, attributes: request.attributes,
            phase: .queued(position: 0), createdAt: Date())
        entries[request.id] = Entry(snapshot: snapshot, request: request)
        // Like the semaphore, this places the job before all jobs of low priority.
        let queue = queues[request.provider] ?? []
        let place = request.isLow ? nil : queue.firstIndex { entries[$0]?.request.isLow == true }
        queues[request.provider, default: []].insert(request.id, at: place ?? queue.endIndex)
        let semaphore = semaphores[request.provider] ?? Semaphore(configuration.concurrentJobs)
        self.semaphores[request.provider] = semaphore
        entries[request.id]?.task = Task { await run(request, in: semaphore) }
        if let limit = request.startTimeout {
            Task {
                try? await Pause.sleep(seconds: limit.seconds)
                await giveUp(request.id, limit.outcome)
            }
        }
    }

    private func run(_ request: JobRequest, in semaphore: Semaphore) async {
        do {
            try await Pause.sleep(seconds: configuration.queueTime)
            if request.fate == .hangs {
                // The job takes no permit; two jobs that hang would otherwise block the whole
                // queue.
                guard begin(request.id) else { return }
                await request.started()
                return try await Pause.sleep(seconds: .infinity)
            }
            try await semaphore.withPermit(isLow: request.isLow) {
                guard await self.begin(request.id) else { return }
                await request.started()
                let outcome = await request.work()
                try Task.checkCancellation()
                await self.end(request.id, outcome)
            }
        } catch {
            // Only cancellation reaches this point, and the caller who cancelled has recorded the
            // outcome.
        }
    }

    private func begin(_ id: String) -> Bool {
        guard case .queued = entries[id]?.snapshot.phase else { return false }
        if let provider = entries[id]?.snapshot.provider { queues[provider]?.removeAll { $0 == id } }
        entries[id]?.snapshot.phase = .running
        entries[id]?.snapshot.startedAt = Date()
        return true
    }

    private func giveUp(_ id: String, _ outcome: JobOutcome) async {
        guard case .queued = entries[id]?.snapshot.phase else { return }
        entries[id]?.task?.cancel()
        await end(id, outcome)
    }

    private func end(_ id: String, _ outcome: JobOutcome) async {
        guard let entry = entries[id] else { return }
        if case .ended = entry.snapshot.phase { return }
        queues[entry.snapshot.provider]?.removeAll { $0 == id }
        entries[id]?.snapshot.phase = .ended(outcome)
        entries[id]?.snapshot.endedAt = Date()
        finished.append(id)
        if finished.count > Self.remembered { forget(finished.removeFirst()) }
        let ended = entry.request.ended
        // These closures hold the request's body, which may be megabytes; the job is remembered
        // without it.
        entries[id]?.request.work = { outcome }
        entries[id]?.request.started = {}
        entries[id]?.request.ended = { _ in nil }
        entries[id]?.task = nil
        rememberedBytes += outcome.body.size
        while rememberedBytes > Self.rememberedMaximum, finished.count > 1 { forget(finished.removeFirst()) }
        // A separate task: the job's task may be cancelled, its webhook is not.
        Task {
            let status = await ended(outcome)
            self.note(webhook: status, of: id)
        }
    }

    private func forget(_ id: String) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        if case .ended(let outcome) = entry.snapshot.phase { rememberedBytes -= outcome.body.size }
    }

    private func note(webhook: String?, of id: String) { entries[id]?.snapshot.webhookStatus = webhook }

    /// Marks a webhook as pending, unless it has already been delivered or failed.
    func expectWebhook(of id: String) {
        if entries[id]?.snapshot.webhookStatus == nil { entries[id]?.snapshot.webhookStatus = "pending" }
    }

    /// Returns the state of a job; `nil` if it is unknown or has vanished.
    func snapshot(_ id: String) -> JobSnapshot? {
        guard let entry = entries[id], entry.request.fate != .vanishes else { return nil }
        var snapshot = entry.snapshot
        if case .queued = snapshot.phase {
            let place = queues[snapshot.provider]?.firstIndex(of: id) ?? 0
            snapshot.phase = .queued(position: place)
        }
        return snapshot
    }

    /// Returns all jobs of a provider, newest first.
    func all(_ provider: EmulatedProvider) -> [JobSnapshot] {
        entries.keys.compactMap { snapshot($0) }.filter { $0.provider == provider }
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }

    /// Returns the number of a provider's jobs that wait.
    func queueLength(_ provider: EmulatedProvider) -> Int { queues[provider]?.count ?? 0 }

    /// Cancels a job that has not ended.
    func cancel(_ id: String) async -> Cancellation {
        guard let entry = entries[id], entry.request.fate != .vanishes else { return .unknown }
        if case .ended = entry.snapshot.phase { return .alreadyEnded }
        entry.task?.cancel()
        entries[id]?.snapshot.isCancelled = true
        await end(id, entry.request.cancelled)
        return .requested
    }

    /// Cancels and forgets all jobs, without reporting their outcomes.
    func stop() {
        for entry in entries.values { entry.task?.cancel() }
        entries = [:]
        queues = [:]
        finished = []
        rememberedBytes = 0
    }
}
