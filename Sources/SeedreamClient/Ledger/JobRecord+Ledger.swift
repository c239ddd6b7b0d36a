#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JobRecord {
    /// Now, in seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// The host's id of the request, as soon as there is one.
    var hostRequestID: String? { ticket?.requestID ?? result?.requestID }

    /// The record as a ledger keeps it after a change: its id and its age stay, its state goes only
    /// where it may.
    func changed(by change: (inout JobRecord) -> Void) throws(LedgerError) -> JobRecord {
        var next = self
        change(&next)
        (next.id, next.created) = (id, created)
        // Names hold for one folder, and what failed needs none.
        let isKept = next.folderOfNames == folderOfNames && ![.failed, .cancelled].contains(next.state)
        next.names = isKept ? names : nil
        guard next.state == state || state.mayBecome(next.state) else {
            throw .forbiddenTransition(from: state, to: next.state)
        }
        // A clock that was set back makes no job older than it was.
        next.updated = max(updated, Self.now)
        return next
    }
}
