import SeedreamModel

extension JobRecord {
    /// The record without what tells of a person: prompt, paths, URLs. `nil` for one that is open
    /// or unknown.
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
    /// The record without what tells of a person: command line and folders. Its id stays, and with
    /// it what a later start of the same run joins.
    var pruned: RunRecord {
        var run = self
        (run.arguments, run.folder) = (nil, nil)
        (run.identity.sources, run.identity.destination) = ([], "")
        return run
    }
}
