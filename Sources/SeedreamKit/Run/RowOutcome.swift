public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// How a run is carried out. Every default is stated at its property.
public struct RunOptions: Hashable, Sendable {
    /// Requests at the same time. 2 by default: the least that a provider allows (fal).
    public var parallel = 2
    /// Whether rows that failed are sent again. `false` by default.
    public var retriesFailed = false
    /// Whether each row is bought although equal ones are saved: what one request by itself means.
    /// One that is open, or of unknown outcome, still stops it, unless ``buysAgain`` is set.
    /// `false` by default.
    public var buysEqual = false
    /// Whether a saved row whose files are gone, at the provider as well, is bought again. `false`
    /// by default.
    public var buysAgain = false
    /// Whether saved files are compared by their digest, and not by their length alone. `false` by
    /// default.
    public var verifiesFiles = false
    /// Whether results are waited for. `true` by default.
    public var waits = true
    /// The run stops after so many rows have failed. No limit by default.
    public var maximumFailures: Int?
    /// The run stops once this share of its rows has failed, 0 to 1, after 20 rows. No limit by
    /// default.
    public var maximumFailureRate: Double?

    /// Makes the defaults.
    public init() {}
}

/// Why a run took no more rows before its end.
public enum RunStop: Error, Sendable {
    /// What every other row would meet as well: a wrong key, an empty account, a model that is not
    /// there, a spent budget.
    case refused(any Error)
    /// More rows failed than ``RunOptions/maximumFailures`` or ``RunOptions/maximumFailureRate``
    /// allow.
    case failures(Int, of: Int)
}

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
