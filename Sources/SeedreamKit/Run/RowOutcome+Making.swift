public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

extension RowOutcome {
    /// Makes an outcome, for instance to test what is done with one.
    ///
    /// - Parameter index: Which row of a start it is, from 0.
    public init(
        index: Int, label: String, deed: Deed, job: JobRecord? = nil, error: (any Error)? = nil,
        failed: [FailedInput] = [], dropped: [DroppedInput] = [], images: [PreparedImage] = []
    ) {
        self.init(index, label, deed, job: job, error: error)
        (self.failed, self.dropped, self.images) = (failed, dropped, images)
    }
}
