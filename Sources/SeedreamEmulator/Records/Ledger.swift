import Cryptography

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A paid request that a provider has accepted.
public struct LedgerEntry: Hashable, Codable, Sendable {
    /// The state of payment.
    public enum State: String, Hashable, Codable, Sendable {
        /// Accepted; the images are not generated yet.
        case accepted
        /// The images were generated and billed.
        case billed
        /// Failed or cancelled; nothing is billed.
        case released
    }

    /// The number of the entry, from 1, in the order of acceptance.
    public var number: Int
    /// The provider that accepted the request.
    public var provider: EmulatedProvider
    /// The operation, as in fault rules: `"fal.submit"`.
    public var operation: String
    /// The provider's ID of the request or job.
    public var requestID: String
    /// The model's ID, as sent.
    public var model: String
    /// The state of payment.
    public var state: State
    /// The number of images reserved or billed; 0 after a release.
    public var images = 0
    /// The cost in the provider's own unit, ``unit``.
    public var cost = 0.0
    /// The unit of the cost: `"USD"`, `"tokens"` or `"credits"`.
    public var unit: String
    /// The SHA-256 of the request body, which identifies duplicate purchases.
    public var bodySHA256: String
    /// The SHA-256 of each input image.
    public var inputs: [String] = []
    /// The time of acceptance, in seconds since 1970.
    public var acceptedAt: Double
}

/// All requests that were accepted and billed; it reveals duplicate payments.
actor Ledger {
    private var entries: [LedgerEntry] = []
    private var indices: [String: Int] = [:]
    private var credits: [EmulatedProvider: Int] = [:]
    /// The number of requests that are accepted and have not ended, and the largest so far.
    private var open: [EmulatedProvider: Int] = [:]
    private var mostOpen: [EmulatedProvider: Int] = [:]
    private let initialCredits: Int?

    init(credits: Int?) {
        initialCredits = credits
    }

    /// Returns the number of images that the account can still pay for; `nil` if there is no limit.
    func remaining(_ provider: EmulatedProvider) -> Int? {
        initialCredits.map { credits[provider] ?? $0 }
    }

    /// Accepts a request and reserves its maximum cost.
    ///
    /// - Returns: Whether the credits sufficed; if not, nothing is recorded.
    func accept(
        _ provider: EmulatedProvider, operation: String, requestID: String, model: String, body: [UInt8],
        images: Int, unit: String
    ) -> Bool {
        if let left = remaining(provider) {
            guard left >= images else { return false }
            credits[provider] = left - images
        }
        indices[requestID] = entries.count
        open[provider, default: 0] += 1
        mostOpen[provider] = max(mostOpen[provider] ?? 0, open[provider] ?? 0)
        entries.append(
            LedgerEntry(
                number: entries.count + 1, provider: provider, operation: operation, requestID: requestID,
                model: model, state: .accepted, images: images, unit: unit,
                bodySHA256: SHA256Digest(body).hexadecimal, acceptedAt: Date().timeIntervalSince1970))
        return true
    }

    /// Records the inputs of a request once they have been read.
    func note(inputs: [String], of requestID: String) {
        guard let index = indices[requestID] else { return }
        entries[index].inputs = inputs
    }

    /// Bills an accepted request.
    func bill(_ requestID: String, images: Int, cost: Double) {
        guard let index = indices[requestID], entries[index].state == .accepted else { return }
        giveBack(entries[index].images - images, to: entries[index].provider)
        open[entries[index].provider, default: 0] -= 1
        entries[index].state = .billed
        entries[index].images = images
        entries[index].cost = cost
    }

    /// Releases a request that failed or was cancelled. A request that was billed just before its
    /// cancellation is refunded.
    func release(_ requestID: String) {
        guard let index = indices[requestID], entries[index].state != .released else { return }
        giveBack(entries[index].images, to: entries[index].provider)
        if entries[index].state == .accepted { open[entries[index].provider, default: 0] -= 1 }
        entries[index].state = .released
        entries[index].images = 0
        entries[index].cost = 0
    }

    private func giveBack(_ images: Int, to provider: EmulatedProvider) {
        if let left = credits[provider] { credits[provider] = left + images }
    }

    var all: [LedgerEntry] { entries }

    /// Returns the most requests that one provider had accepted and not ended at the same time.
    func mostAtOnce(_ provider: EmulatedProvider) -> Int { mostOpen[provider] ?? 0 }

    /// Deletes all entries and restores all credits.
    func reset() {
        entries = []
        indices = [:]
        credits = [:]
        (open, mostOpen) = ([:], [:])
    }
}
