import PixelEngine
import Pixels
import Platform
private import Synchronization

/// Runs codec work, which blocks for seconds, outside the threads of Swift concurrency.
enum BlockingWork {
    /// Runs `body` in a new thread and waits without blocking a thread of Swift concurrency.
    ///
    /// - Parameter body: Receives a token to check between strips; throws to stop.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable (CancellationToken) throws -> Result
    ) async throws -> Result {
        let token = CancellationToken()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do throws(ThreadShortage) {
                    _ = try WorkerThread { continuation.resume(with: Swift.Result { try body(token) }) }
                } catch {
                    continuation.resume(throwing: PixelError.outOfMemory)
                }
            }
        } onCancel: {
            token.cancel()
        }
    }
}

/// A flag that tells threads outside of Swift concurrency that their task was cancelled.
final class CancellationToken: Sendable {
    private let isCancelled = Atomic(false)

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    func check() throws(CancellationError) {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}
