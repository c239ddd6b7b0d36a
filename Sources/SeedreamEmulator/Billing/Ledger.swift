import Cryptography

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that was accepted and billed, so that double payment can be counted.
actor Ledger {
    private var entries: [LedgerEntry] = []
    private var indices: [String: Int] = [:]
    private var credits: [EmulatedProvider: Int] = [:]
    private let initialCredits: Int?

    init(credits: Int?) {
        initialCredits = credits
    }

    /// Pictures that the account still pays for; `nil` without a limit.
    func remaining(_ provider: EmulatedProvider) -> Int? {
        initialCredits.map { credits[provider] ?? $0 }
    }

    /// Takes a request and sets aside what it may cost.
    ///
    /// - Returns: Whether there was enough; if not, nothing is recorded.
    func accept(
        _ provider: EmulatedProvider, operation: String, requestID: String, model: String, body: [UInt8],
        images: Int, unit: String
    ) -> Bool {
        if let left = remaining(provider) {
            guard left >= images else { return false }
            credits[provider] = left - images
        }
        indices[requestID] = entries.count
        entries.append(
            LedgerEntry(
                number: entries.count + 1, provider: provider, operation: operation, requestID: requestID,
                model: model, state: .accepted, images: images, unit: unit,
                bodySHA256: SHA256Digest(body).hexadecimal, acceptedAt: Date().timeIntervalSince1970))
        return true
    }

    /// Says what the inputs were, once they are read.
    func note(inputs: [String], of requestID: String) {
        guard let index = indices[requestID] else { return }
        entries[index].inputs = inputs
    }

    /// Bills a request that was accepted.
    func bill(_ requestID: String, images: Int, cost: Double) {
        guard let index = indices[requestID], entries[index].state == .accepted else { return }
        giveBack(entries[index].images - images, to: entries[index].provider)
        entries[index].state = .billed
        entries[index].images = images
        entries[index].cost = cost
    }

    /// Lets a request go that came to nothing. One that was billed in the moment of its
    /// cancellation is paid back.
    func release(_ requestID: String) {
        guard let index = indices[requestID], entries[index].state != .released else { return }
        giveBack(entries[index].images, to: entries[index].provider)
        entries[index].state = .released
        entries[index].images = 0
        entries[index].cost = 0
    }

    private func giveBack(_ images: Int, to provider: EmulatedProvider) {
        if let left = credits[provider] { credits[provider] = left + images }
    }

    var all: [LedgerEntry] { entries }

    /// Forgets everything.
    func reset() {
        entries = []
        indices = [:]
        credits = [:]
    }
}
