import Pixels
import Platform
private import Synchronization

/// The memory and threads shared by all images in progress, across all preparers and calls of the
/// process.
///
/// Images start in the order of their requests. An image that does not fit yet holds back those
/// behind it, so that a large image is not overtaken forever. An image in progress never waits for
/// another, so each one ends and the next can start.
package final class ProcessBudget: Sendable {
    /// The budget of this process: ``MemoryBudget/systemDefault``, read once, and one thread per
    /// processor.
    package static let shared = ProcessBudget(
        memory: MemoryBudget.systemDefault, threads: Processors.count)

    /// The resources that one image takes while in progress.
    package struct Claim: Hashable, Sendable {
        /// The estimated peak memory in bytes.
        package var bytes: Int
        /// The memory limit for all images in progress, this one included, in bytes; `nil` means
        /// the budget's own limit.
        package var memoryLimit: Int?
        /// The thread limit for all images in progress, this one included. The budget's own limit
        /// applies if it is higher.
        package var threadLimit: Int?
        /// The most threads that the image uses, at least 1. It gets more than one if they are
        /// free and no other image waits.
        package var usefulThreads: Int

        package init(
            bytes: Int, memoryLimit: Int? = nil, threadLimit: Int? = nil, usefulThreads: Int = 1
        ) {
            self.bytes = bytes
            self.memoryLimit = memoryLimit
            self.threadLimit = threadLimit
            self.usefulThreads = usefulThreads
        }
    }

    /// The resources in use.
    package struct Load: Hashable, Sendable {
        /// The number of images in progress.
        package var images = 0
        /// Their total estimated memory in bytes.
        package var bytes = 0
        /// Their total number of threads.
        package var threads = 0
        /// The number of waiting images.
        package var waiting = 0
        /// The peak of ``bytes``.
        package var mostBytes = 0
        /// The peak of ``threads``.
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

    /// The memory limit in bytes for claims without a limit of their own.
    package let memory: Int
    /// The thread limit, at least 1, unless a claim has a higher one.
    package let threads: Int
    private let state = Mutex(State())

    /// Creates a separate budget, for tests. All other code uses ``shared``.
    package init(memory: Int, threads: Int) {
        (self.memory, self.threads) = (memory, max(1, threads))
    }

    /// The resources in use now.
    package var load: Load { state.withLock { $0.load } }

    /// Waits until the claim fits, calls `body`, and then releases the claim.
    ///
    /// A claim larger than its limit is granted when no other image is in progress.
    ///
    /// - Parameter body: Receives the number of threads that it may use.
    /// - Throws: `CancellationError` if the task is cancelled while waiting, and the error that
    ///   `body` throws.
    package func run<Result: Sendable>(
        _ claim: Claim, _ body: (_ threads: Int) async throws -> Result
    ) async throws -> Result {
        let threads = try await take(claim)
        defer { giveBack(claim, threads: threads) }
        return try await body(threads)
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

    /// Changes the state, then starts the waiting images that now fit.
    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            while let first = state.waiters.first, fits(first.claim, beside: state.load) {
                state.waiters.removeFirst()
                let free = threadLimit(of: first.claim) - state.load.threads
                let threads = state.waiters.isEmpty ? max(1, min(free, first.claim.usefulThreads)) : 1
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
