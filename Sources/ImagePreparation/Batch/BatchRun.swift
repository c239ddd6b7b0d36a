import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel
private import Synchronization

/// Works on several images at once, as far as the budget of the process allows, and delivers them
/// in order.
struct BatchRun {
    var executor: ImageExecutor
    var budget: ProcessBudget
    var reporter: ProgressReporter?

    private var lanes: Int { max(1, executor.options.jobs ?? budget.threads) }
    private var memoryLimit: Int { executor.options.memoryBudget ?? budget.memory }

    /// A job and how many bytes its result may have.
    struct Item: Sendable {
        var job: ImageJob
        var maximumBytes: Int
    }

    /// Prepares the items and hands each outcome over in their order, as soon as those before it
    /// are handed over.
    ///
    /// - Throws: `CancellationError`, or what `deliver` throws; then all work stops. A failing
    ///   image throws nothing.
    func run(_ items: [Item], deliver: (PreparationOutcome) async throws -> Void) async throws {
        // An image alone gets a second thread, for its decoder.
        let readsAhead = items.count < lanes
        // Results that wait for a slower one before them are held in memory: no more than these,
        // and where they are large none beyond the lanes. Both numbers are ours.
        let window = lanes + 2
        let roomForWaiting = lanes << 21
        let waiting = WaitingOutcomes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (started, delivered, running) = (0, 0, 0)
            while delivered < items.count {
                let limit = delivered + (waiting.byteCount > roomForWaiting ? lanes : window)
                while started < min(limit, items.count), running < lanes {
                    let (number, item) = (started, items[started])
                    group.addTask {
                        waiting.add(try await outcome(of: item, readsAhead: readsAhead), number: number)
                    }
                    running += 1
                    started += 1
                }
                guard try await group.next() != nil else { break }
                running -= 1
                while let next = waiting.take(number: delivered) {
                    try await deliver(next)
                    delivered += 1
                }
            }
        }
    }

    private func outcome(of item: Item, readsAhead: Bool) async throws -> PreparationOutcome {
        let planned = item.job.planned
        let (executor, reporter) = (executor, reporter)
        defer { reporter?.complete(index: planned.index, name: planned.source.name) }
        let error: PreparationError
        do {
            // The ceiling holds for one image as well: it fails, and the others go on.
            guard item.job.estimatedBytes <= memoryLimit else {
                throw CodecError.limitExceeded(
                    .memoryBudget, value: item.job.estimatedBytes, maximum: memoryLimit)
            }
            let claim = ProcessBudget.Claim(
                bytes: item.job.estimatedBytes, memoryLimit: executor.options.memoryBudget,
                threadLimit: executor.options.jobs, mayReadAhead: readsAhead)
            return try await budget.run(claim) { readsAhead in
                .prepared(
                    try await BlockingWork.run { token in
                        try token.check()
                        return try executor.prepare(
                            item.job, maximumBytes: item.maximumBytes, readsAhead: readsAhead
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

/// Outcomes that are finished and not yet handed over.
///
/// Tasks put them here instead of returning them: the object of a finished task, and with it its
/// picture, may outlive the task by milliseconds.
final class WaitingOutcomes: Sendable {
    private let outcomes = Mutex<[Int: PreparationOutcome]>([:])

    /// Bytes of their pictures.
    var byteCount: Int {
        outcomes.withLock { outcomes in
            outcomes.values.reduce(0) { sum, outcome in
                if case .prepared(let image) = outcome { sum + image.bytes.count } else { sum }
            }
        }
    }

    func add(_ outcome: PreparationOutcome, number: Int) { outcomes.withLock { $0[number] = outcome } }

    /// Takes out the one with that number, if it is there.
    func take(number: Int) -> PreparationOutcome? { outcomes.withLock { $0.removeValue(forKey: number) } }
}
