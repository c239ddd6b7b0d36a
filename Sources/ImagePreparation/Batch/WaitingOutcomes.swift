import SeedreamModel
private import Synchronization

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
