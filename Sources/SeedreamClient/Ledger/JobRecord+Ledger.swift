import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JobRecord {
    /// The current time in seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// The provider's request ID, once it is known.
    var providerRequestID: String? { ticket?.requestID ?? result?.requestID }

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

extension JobRecord {
    /// Returns the record without personal data: prompt, paths, URLs. `nil` if the job is open, of
    /// unknown outcome, or already pruned.
    func pruned(at time: Double) -> JobRecord? {
        guard [.saved, .failed, .cancelled].contains(state), pruned == nil else { return nil }
        var job = self
        job.prompt = ""
        job.inputs = inputs.map {
            InputProvenance(index: $0.index, name: "", sha256: $0.sha256, size: $0.size)
        }
        job.files = files.map { file in
            var file = file
            (file.path, file.notice) = ("", nil)
            return file
        }
        if let images = result?.images {
            job.result?.images = images.map { _ in GeneratedImage(location: .url("")) }
            job.result?.failures = []
        }
        job.destination = nil
        job.names = nil
        job.ticket = nil
        job.error?.message = ""
        job.pruned = time
        return job
    }
}

extension RunRecord {
    /// The record without personal data: command line and folders. The ID stays, so that a later
    /// start of the same run still joins it.
    var pruned: RunRecord {
        var run = self
        (run.arguments, run.folder) = (nil, nil)
        (run.identity.sources, run.identity.destination) = ([], "")
        return run
    }
}
