import Pixels
import Platform
private import Synchronization

/// The memory and the threads that all images in work share, whichever preparer and call they
/// belong to.
///
/// Images start in the order in which they ask. One that does not fit yet holds back those behind
/// it, so that a large one is not passed for ever. An image in work never waits for another one, so
/// each of them ends, and the next one starts.
package final class ProcessBudget: Sendable {
    /// The budget of this process: ``MemoryBudget/systemDefault``, asked once, and one thread for
    /// each processor.
    package static let shared = ProcessBudget(
        memory: MemoryBudget.systemDefault, threads: Processors.count)

    /// What one image takes while it is in work.
    package struct Claim: Hashable, Sendable {
        /// Estimated bytes at the peak.
        package var bytes: Int
        /// What all images in work may take together once this one is among them, in bytes; `nil`:
        /// the budget's own.
        package var memoryLimit: Int?
        /// Threads of all images in work, this one's included; the budget's own if that is more.
        package var threadLimit: Int?
        /// Whether it is given a second thread where one is free and no other image waits.
        package var mayReadAhead: Bool

        package init(
            bytes: Int, memoryLimit: Int? = nil, threadLimit: Int? = nil, mayReadAhead: Bool = false
        ) {
            self.bytes = bytes
            self.memoryLimit = memoryLimit
            self.threadLimit = threadLimit
            self.mayReadAhead = mayReadAhead
        }
    }

    /// How much is taken.
    package struct Load: Hashable, Sendable {
        /// Images in work.
        package var images = 0
        /// Their estimated bytes together.
        package var bytes = 0
        /// Their threads together.
        package var threads = 0
        /// Images that wait.
        package var waiting = 0
        /// The most that ``bytes`` has been.
        package var mostBytes = 0
        /// The most that ``threads`` has been.
        package var mostThreads = 0
    }

    private struct Waiter {
        var number: Int
        var claim: Claim
        var continuation: CheckedContinuation<Int, any Error>
    }

    private struct State {
        var load = Load()
        var waiters: [Waiter] = []
        var asked = 0
    }

    /// Bytes for images whose claims name no limit of their own.
    package let memory: Int
    /// Threads, at least.
    package let threads: Int
    private let state = Mutex(State())

    /// Makes a budget of its own. Everything but tests uses ``shared``.
    package init(memory: Int, threads: Int) {
        (self.memory, self.threads) = (memory, max(1, threads))
    }

    /// What is taken now.
    package var load: Load { state.withLock { $0.load } }

    /// Waits for its turn, calls `body`, and gives back what it took.
    ///
    /// A claim that is larger than its limit has its turn when no other image is in work.
    ///
    /// - Parameter body: Is told whether it may use a second thread.
    /// - Throws: `CancellationError` if the task is cancelled while it waits, and what `body`
    ///   throws.
    package func run<Result: Sendable>(
        _ claim: Claim, _ body: (_ readsAhead: Bool) async throws -> Result
    ) async throws -> Result {
        let threads = try await take(claim)
        defer { giveBack(claim, threads: threads) }
        return try await body(threads > 1)
    }

    private func take(_ claim: Claim) async throws -> Int {
        let number = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                change { state in
                    // A cancellation before this point found no waiter to remove.
                    if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                    state.waiters.append(Waiter(number: number, claim: claim, continuation: continuation))
                }
            }
        } onCancel: {
            change { state in
                guard let place = state.waiters.firstIndex(where: { $0.number == number }) else { return }
                state.waiters.remove(at: place).continuation.resume(throwing: CancellationError())
            }
        }
    }

    private func giveBack(_ claim: Claim, threads: Int) {
        change { state in
            state.load.images -= 1
            state.load.bytes -= claim.bytes
            state.load.threads -= threads
        }
    }

    /// Changes the state, and starts the images whose turn has come by it.
    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            while let first = state.waiters.first, fits(first.claim, beside: state.load) {
                state.waiters.removeFirst()
                var threads = 1
                if first.claim.mayReadAhead, state.waiters.isEmpty,
                    state.load.threads + 2 <= threadLimit(of: first.claim)
                {
                    threads = 2
                }
                state.load.images += 1
                state.load.bytes += first.claim.bytes
                state.load.threads += threads
                state.load.mostBytes = max(state.load.mostBytes, state.load.bytes)
                state.load.mostThreads = max(state.load.mostThreads, state.load.threads)
                first.continuation.resume(returning: threads)
            }
            state.load.waiting = state.waiters.count
        }
    }

    private func fits(_ claim: Claim, beside load: Load) -> Bool {
        load.images == 0
            || (load.bytes + claim.bytes <= claim.memoryLimit ?? memory
                && load.threads < threadLimit(of: claim))
    }

    private func threadLimit(of claim: Claim) -> Int { max(threads, claim.threadLimit ?? 0) }
}
