/// The options of a run. Each property states its default.
public struct RunOptions: Hashable, Sendable {
    /// The number of requests at the same time for each provider. Default: 2, the least that a
    /// provider allows (fal.ai).
    public var parallel = 2
    /// Whether to send failed rows again. Default: `false`.
    public var retriesFailed = false
    /// Whether to buy each row even if equal rows are saved, as a single request does. A row that
    /// is open or of unknown outcome is not bought again unless ``buysAgain`` is set. Default:
    /// `false`.
    public var buysEqual = false
    /// Whether to buy a saved row again if its files are gone both here and at the provider.
    /// Default: `false`.
    public var buysAgain = false
    /// Whether to compare saved files by digest in addition to length. Default: `false`.
    public var verifiesFiles = false
    /// Whether a row that another process works on is waited for and answered with its result.
    /// Default: `false`: its outcome is ``RowOutcome/Action/elsewhere``.
    public var awaitsOthers = false
    /// Whether to wait for the results. Default: `true`.
    public var waits = true
    /// Lower-case hosts in private networks whose URLs may be downloaded here. Default: none.
    public var privateHosts: Set<String> = []
    /// The number of failed rows after which the run stops, counted over all processes that work on
    /// it since this one began. Default: `nil`, no limit.
    public var maximumFailures: Int?
    /// The failure rate, from 0 to 1, above which the run stops; compared after 20 rows. Default:
    /// `nil`, no limit.
    public var maximumFailureRate: Double?

    /// Makes options with the default values.
    public init() {}
}

/// The reason why a run stopped before its end.
public enum RunStop: Error, Sendable {
    /// An error that every other row would meet as well: a wrong key, an empty account, an unknown
    /// model, a spent budget.
    case refused(any Error)
    /// More rows failed than ``RunOptions/maximumFailures`` or ``RunOptions/maximumFailureRate``
    /// allows: the failed rows, of all finished rows.
    case failures(Int, of: Int)
}
