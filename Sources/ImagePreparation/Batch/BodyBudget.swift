import SeedreamModel

/// How the bytes of one request body are shared among its images.
package enum BodyBudget {
    /// Characters of a body that are not data URIs: ours, generous for a prompt of 4000 characters
    /// and all fields.
    package static func envelope(images: Int) -> Int { 20_000 + 8 * images }

    /// The largest share such that images that need less keep what they have, and all together fit.
    package static func share(of budget: Int, among lengths: [Int]) -> Int {
        var left = max(budget, 0)
        var count = lengths.count
        for length in lengths.sorted() {
            let equal = left / max(count, 1)
            if length > equal { return equal }
            left -= length
            count -= 1
        }
        return left
    }

    /// The most bytes whose data URI has at most that many characters, whatever the media type.
    package static func bytes(forCharacters characters: Int) -> Int {
        max(0, (characters - "data:image/jpeg;base64,".utf8.count) / 4 * 3)
    }
}

extension ImagePreparer {
    /// Encodes the largest images again if all of them are too much for one body.
    func shareBody(
        among jobs: [ImageJob], in batch: inout PreparedBatch, _ executor: ImageExecutor
    ) async throws {
        let budget = constraints.maximumBodyBytes - BodyBudget.envelope(images: batch.images.count)
        guard batch.dataURILength > budget else { return }
        let share = BodyBudget.share(of: budget, among: batch.images.map(\.dataURI.length))
        let large = Set(batch.images.filter { $0.dataURI.length > share }.map(\.index))
        batch.images.removeAll { large.contains($0.index) }
        try await prepareAgain(large, of: jobs, share: share, in: &batch, executor)
        // Images come out smaller than their share; what is left may save those that could not keep
        // to theirs.
        let short = Set(
            batch.failed.filter { large.contains($0.index) && $0.code == .tooManyBytes }.map(\.index))
        if !short.isEmpty {
            batch.failed.removeAll { short.contains($0.index) }
            let left = max(share, (budget - batch.dataURILength) / short.count)
            try await prepareAgain(short, of: jobs, share: left, in: &batch, executor)
        }
        batch.images.sort { $0.index < $1.index }
    }

    private func prepareAgain(
        _ indices: Set<Int>, of jobs: [ImageJob], share: Int, in batch: inout PreparedBatch,
        _ executor: ImageExecutor
    ) async throws {
        let maximumBytes = BodyBudget.bytes(forCharacters: share)
        let items = jobs.filter { indices.contains($0.planned.index) }.map {
            BatchRun.Item(job: $0, maximumBytes: min(maximumBytes, constraints.maximumBytes))
        }
        try await BatchRun(executor: executor, budget: budget).run(items) { batch.add($0) }
    }
}
