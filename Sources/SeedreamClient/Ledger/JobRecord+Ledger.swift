#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JobRecord {
    /// The current time in seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// The provider's request ID, once it is known.
    var hostRequestID: String? { ticket?.requestID ?? result?.requestID }

    /// Returns the record after a change, as a ledger stores it: its ID and creation time stay the
    /// same, and its state changes only if the transition is allowed.
    func changed(by change: (inout JobRecord) -> Void) throws(LedgerError) -> JobRecord {
        var next = self
        change(&next)
        (next.id, next.created) = (id, created)
        // Names are valid in one folder only, and a failed job needs none.
        let isKept = next.folderOfNames == folderOfNames && ![.failed, .cancelled].contains(next.state)
        next.names = isKept ? names : nil
        guard next.state == state || state.mayBecome(next.state) else {
            throw .forbiddenTransition(from: state, to: next.state)
        }
        // The clock may have been set back: `updated` must not decrease.
        next.updated = max(updated, Self.now)
        return next
    }
}
