import Foundation

/// Limits the programs that run at once to the number of processors; the others wait.
actor CommandGate {
    static let shared = CommandGate()

    private var free = max(2, ProcessInfo.processInfo.activeProcessorCount)
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
