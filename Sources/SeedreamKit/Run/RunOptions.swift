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
