import SeedreamModel

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
