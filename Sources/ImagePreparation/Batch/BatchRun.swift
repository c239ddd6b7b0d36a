import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel
private import Synchronization

/// Prepares several images concurrently within the process's budget, and delivers the outcomes in
/// order.
struct BatchRun {
    var executor: ImageExecutor
    var budget: ProcessBudget
    var reporter: ProgressReporter?

    private var lanes: Int { max(1, executor.options.jobs ?? budget.threads) }
    private var memoryLimit: Int { executor.options.memoryBudget ?? budget.memory }

    /// A job and the maximum size of its result in bytes.
    struct Item: Sendable {
        var job: ImageJob
        var maximumBytes: Int
    }

    /// Prepares the items and delivers the outcomes in input order, each as soon as all earlier
    /// ones are delivered.
    ///
    /// - Throws: `CancellationError` or the error that `deliver` throws; all work then stops. An
    ///   image that fails is an outcome, not an error.
    func run(_ items: [Item], deliver: (PreparationOutcome) async throws -> Void) async throws {
        // If there are fewer items than lanes, an image may get several threads.
        let threads = max(1, lanes.dividedRoundingUp(by: max(1, items.count)))
        // Results that wait for a slower predecessor are held in memory. A photograph may take as
        // long as ten others, so the window is wide; if the results are large, it is the number of
        // lanes. Both limits are our choice.
        let window = 16 * lanes
        let roomForWaiting = lanes << 22
        // One more image than can be worked on waits for the budget, and begins when another ends,
        // even while an outcome is delivered. Where there are fewer lanes than processors, the
        // budget would let it begin at once.
        let reserve = lanes >= budget.threads ? 1 : 0
        let waiting = WaitingOutcomes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (started, delivered, running) = (0, 0, 0)
            func start() {
                let limit = delivered + (waiting.byteCount > roomForWaiting ? lanes : window)
                while started < min(limit, items.count), running < lanes + reserve {
                    let (number, item) = (started, items[started])
                    group.addTask {
                        waiting.add(try await outcome(of: item, threads: threads), number: number)
                    }
                    running += 1
                    started += 1
                }
            }
            start()
            while delivered < items.count {
                guard try await group.next() != nil else { break }
                running -= 1
                start()
                while let next = waiting.take(number: delivered) {
                    try await deliver(next)
                    delivered += 1
                    start()
                }
            }
        }
    }

    /// Prepares one item when the budget allows it.
    ///
    /// - Parameter threads: The most threads for the image.
    func outcome(of item: Item, threads: Int) async throws -> PreparationOutcome {
        let planned = item.job.planned
        let (executor, reporter) = (executor, reporter)
        defer { reporter?.complete(index: planned.index, name: planned.source.name) }
        let error: PreparationError
        do {
            // The limit applies to a single image too: that image fails, and the others continue.
            guard item.job.estimatedBytes <= memoryLimit else {
                throw CodecError.limitExceeded(
                    .memoryBudget, value: item.job.estimatedBytes, maximum: memoryLimit)
            }
            let claim = ProcessBudget.Claim(
                bytes: item.job.estimatedBytes, memoryLimit: executor.options.memoryBudget,
                threadLimit: executor.options.jobs, usefulThreads: threads)
            return try await budget.run(claim) { threads in
                .prepared(
                    try await BlockingWork.run { token in
                        try token.check()
                        return try executor.prepare(
                            item.job, maximumBytes: item.maximumBytes, threads: threads
                        ) { fraction in
                            try token.check()
                            reporter?.update(
                                index: planned.index, name: planned.source.name, fraction: fraction)
                        }
                    })
            }
        } catch let failure as PreparationError {
            error = failure
        } catch let failure as CodecError {
            error = .codec(failure)
        } catch PixelError.outOfMemory {
            error = .codec(.outOfMemory)
        } catch let failure as PixelError {
            error = .internalError("\(failure)")
        }
        return .failed(
            FailedInput(
                index: planned.index, position: planned.position, name: planned.source.name, error: error))
    }
}

/// Finished outcomes that are not yet delivered.
///
/// Tasks store them here instead of returning them: the object of a finished task, and with it the
/// task's image, may outlive the task by milliseconds.
final class WaitingOutcomes: Sendable {
    private let outcomes = Mutex<[Int: PreparationOutcome]>([:])

    /// The total size of their images in bytes.
    var byteCount: Int {
        outcomes.withLock { outcomes in
            outcomes.values.reduce(0) { sum, outcome in
                if case .prepared(let image) = outcome { sum + image.bytes.count } else { sum }
            }
        }
    }

    func add(_ outcome: PreparationOutcome, number: Int) { outcomes.withLock { $0[number] = outcome } }

    /// Removes and returns the outcome with the given number, if present.
    func take(number: Int) -> PreparationOutcome? { outcomes.withLock { $0.removeValue(forKey: number) } }
}
