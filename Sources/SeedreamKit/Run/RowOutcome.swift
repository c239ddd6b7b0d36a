public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// The outcome of a row in one start of its run.
public struct RowOutcome: Sendable {
    /// The action taken for the row.
    public enum Action: Hashable, Sendable {
        /// Its request was sent in this start.
        case sent
        /// Its request was sent before, and its job was resumed.
        case resumed
        /// Its images were saved before, and still exist.
        case skipped
        /// Its images were saved before, and are gone both here and at the provider.
        case missing
        /// It failed before, and was not retried.
        case leftFailed
        /// It may have been bought before, and was not sent again.
        case leftUnknown
        /// Another process works on it.
        case elsewhere
        /// It was not started, or was put back: nothing was sent.
        case waiting
        /// Its images could not be made valid, or it was refused because of ``RowRequest/refusal``.
        case unusable
    }

    /// The index of the row in this start, from 0.
    public var index: Int
    /// The row's label.
    public var label: String
    /// The action taken for the row.
    public var action: Action
    /// The current job; `nil` if no request was sent.
    public var job: JobRecord?
    /// The error of this start, or of the start that sent the request.
    public var error: (any Error)?
    /// Inputs that could not be made valid.
    public var failed: [FailedInput] = []
    /// Inputs beyond the number that one request takes.
    public var dropped: [DroppedInput] = []
    /// The prepared local inputs.
    public var images: [PreparedImage] = []

    /// Makes an outcome, for example to test code that handles one.
    ///
    /// - Parameters:
    ///   - index: The index of the row in its start, from 0.
    ///   - label: The row's label.
    ///   - action: The action taken for the row.
    ///   - job: The current job. Default: `nil`, no request was sent.
    ///   - error: The error of this start, or of the start that sent the request. Default: `nil`.
    ///   - failed: Inputs that could not be made valid. Default: none.
    ///   - dropped: Inputs beyond the number that one request takes. Default: none.
    ///   - images: The prepared local inputs. Default: none.
    public init(
        index: Int, label: String, action: Action, job: JobRecord? = nil, error: (any Error)? = nil,
        failed: [FailedInput] = [], dropped: [DroppedInput] = [], images: [PreparedImage] = []
    ) {
        self.init(index, label, action, job: job, error: error)
        (self.failed, self.dropped, self.images) = (failed, dropped, images)
    }

    init(_ index: Int, _ label: String, _ action: Action, job: JobRecord? = nil, error: (any Error)? = nil) {
        (self.index, self.label, self.action, self.job, self.error) = (index, label, action, job, error)
    }
}

extension RowOutcome {
    /// Whether the row failed, now or before.
    package var isFailure: Bool {
        switch action {
        case .unusable, .leftFailed, .missing: true
        case .sent, .resumed: job.map { [.failed, .cancelled].contains($0.state) } ?? (error != nil)
        case .skipped, .leftUnknown, .elsewhere, .waiting: false
        }
    }
}
