/// Limits the number of operations that run at once; the others wait in a queue.
actor Semaphore {
    private struct Waiter {
        var id: Int
        var isLow: Bool
        var continuation: CheckedContinuation<Void, any Error>
    }

    private var free: Int
    private var waiting: [Waiter] = []
    private var nextID = 0

    init(_ count: Int) { free = max(1, count) }

    /// Runs `body` when a permit is free.
    ///
    /// - Parameter isLow: Whether all other waiting operations go first.
    /// - Throws: `CancellationError`, or the error that `body` throws.
    func withPermit<Result: Sendable>(
        isLow: Bool = false, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await enter(isLow: isLow)
        do {
            let result = try await body()
            leave()
            return result
        } catch {
            leave()
            throw error
        }
    }

    private func enter(isLow: Bool) async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
            return
        }
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                let waiter = Waiter(id: id, isLow: isLow, continuation: continuation)
                let place = isLow ? waiting.endIndex : waiting.firstIndex { $0.isLow } ?? waiting.endIndex
                waiting.insert(waiter, at: place)
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().continuation.resume() }
    }
}
