public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// What became of a row in one start of its run.
public struct RowOutcome: Sendable {
    /// What was done.
    public enum Deed: Hashable, Sendable {
        /// Its request was sent in this start.
        case sent
        /// It was sent before, and taken further.
        case resumed
        /// Its images were saved before, and are there.
        case skipped
        /// Its images were saved before, and are gone, here and at the provider.
        case missing
        /// It failed before, and was left so.
        case leftFailed
        /// It may have been bought before, and was left so.
        case leftUnknown
        /// Another process works on it.
        case elsewhere
        /// It was not begun, or it waits again: nothing was sent.
        case waiting
        /// Its images could not be made valid, or ``RowRequest/refusal`` says why it cannot be
        /// sent.
        case unusable
    }

    /// Which row of this start it is, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// What was done.
    public var deed: Deed
    /// The job as it is now; `nil` where none was sent.
    public var job: JobRecord?
    /// What went wrong in this start, or what went wrong when it was tried.
    public var error: (any Error)?
    /// Inputs that could not be made valid.
    public var failed: [FailedInput] = []
    /// Inputs that the request had no room for.
    public var dropped: [DroppedInput] = []
    /// What was made of the local inputs.
    public var images: [PreparedImage] = []

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

    init(_ index: Int, _ label: String, _ deed: Deed, job: JobRecord? = nil, error: (any Error)? = nil) {
        (self.index, self.label, self.deed, self.job, self.error) = (index, label, deed, job, error)
    }
}

extension RowOutcome {
    /// Whether the row failed, now or before.
    package var isFailure: Bool {
        switch deed {
        case .unusable, .leftFailed, .missing: true
        case .sent, .resumed: job.map { [.failed, .cancelled].contains($0.state) } ?? (error != nil)
        case .skipped, .leftUnknown, .elsewhere, .waiting: false
        }
    }
}
