import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The queues of all providers.
actor JobStore {
    /// What a request to cancel has met.
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
    private var slots: [EmulatedProvider: Slots] = [:]
    private let configuration: EmulatorConfiguration
    /// Jobs that are remembered after their end; ours.
    private static let remembered = 5_000
    /// Bytes of the results that are remembered, which may carry pictures inline; ours.
    private static let rememberedMaximum = 256 << 20
    private var rememberedBytes = 0

    init(_ configuration: EmulatorConfiguration) { self.configuration = configuration }

    /// Takes a job.
    func submit(_ request: JobRequest) {
        let snapshot = JobSnapshot(
            id: request.id, provider: request.provider, attributes: request.attributes,
            phase: .queued(position: 0), createdAt: Date())
        entries[request.id] = Entry(snapshot: snapshot, request: request)
        // As the slots do: before everyone who lets others go first.
        let queue = queues[request.provider] ?? []
        let place = request.isLow ? nil : queue.firstIndex { entries[$0]?.request.isLow == true }
        queues[request.provider, default: []].insert(request.id, at: place ?? queue.endIndex)
        let slots = slots[request.provider] ?? Slots(configuration.concurrentJobs)
        self.slots[request.provider] = slots
        entries[request.id]?.task = Task { await run(request, in: slots) }
        if let limit = request.startTimeout {
            Task {
                try? await Pause.sleep(seconds: limit.seconds)
                await giveUp(request.id, limit.outcome)
            }
        }
    }

    private func run(_ request: JobRequest, in slots: Slots) async {
        do {
            try await Pause.sleep(seconds: configuration.queueTime)
            if request.fate == .hangs {
                // It takes no one's place, or two of them would end the queue for all.
                guard begin(request.id) else { return }
                await request.started()
                return try await Pause.sleep(seconds: .infinity)
            }
            try await slots.withSlot(isLow: request.isLow) {
                guard await self.begin(request.id) else { return }
                await request.started()
                let outcome = await request.work()
                try Task.checkCancellation()
                await self.end(request.id, outcome)
            }
        } catch {
            // Only cancellation comes here; whoever cancelled has said what the job ends in.
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
        // These hold the request's body, which may be megabytes; the job is remembered without it.
        entries[id]?.request.work = { outcome }
        entries[id]?.request.started = {}
        entries[id]?.request.ended = { _ in nil }
        entries[id]?.task = nil
        rememberedBytes += outcome.body.size
        while rememberedBytes > Self.rememberedMaximum, finished.count > 1 { forget(finished.removeFirst()) }
        // In a task of its own: a job's task may be cancelled, its webhook is not.
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

    /// Says that a webhook is on its way, unless it has arrived by now.
    func expectWebhook(of id: String) {
        if entries[id]?.snapshot.webhookStatus == nil { entries[id]?.snapshot.webhookStatus = "pending" }
    }

    /// How a job stands; `nil` for an unknown one, and for one that has vanished.
    func snapshot(_ id: String) -> JobSnapshot? {
        guard let entry = entries[id], entry.request.fate != .vanishes else { return nil }
        var snapshot = entry.snapshot
        if case .queued = snapshot.phase {
            let place = queues[snapshot.provider]?.firstIndex(of: id) ?? 0
            snapshot.phase = .queued(position: place)
        }
        return snapshot
    }

    /// All of a provider's jobs, the newest first.
    func all(_ provider: EmulatedProvider) -> [JobSnapshot] {
        entries.keys.compactMap { snapshot($0) }.filter { $0.provider == provider }
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }

    /// Jobs of a provider that wait.
    func queueLength(_ provider: EmulatedProvider) -> Int { queues[provider]?.count ?? 0 }

    /// Ends a job that has not ended.
    func cancel(_ id: String) async -> Cancellation {
        guard let entry = entries[id], entry.request.fate != .vanishes else { return .unknown }
        if case .ended = entry.snapshot.phase { return .alreadyEnded }
        entry.task?.cancel()
        entries[id]?.snapshot.isCancelled = true
        await end(id, entry.request.cancelled)
        return .requested
    }

    /// Ends everything, without a word to anyone.
    func stop() {
        for entry in entries.values { entry.task?.cancel() }
        entries = [:]
        queues = [:]
        finished = []
        rememberedBytes = 0
    }
}
