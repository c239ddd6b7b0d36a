public import Logging

/// How a client works. Every default is stated at its property.
public struct ClientConfiguration: Sendable {
    /// A base URL in place of the host's own addresses: a gateway, or the emulator. None by
    /// default.
    public var baseURL: String?
    /// Options that one host has and the others have not.
    public var options = ProviderOptions()
    /// Whether what the host cannot express is dropped with a warning instead of being refused.
    /// `false` by default.
    public var isLenient = false
    /// How pictures travel. By what the host prefers, and by their bytes, by default.
    public var imageTransport = ImageTransport.automatic
    /// The most bytes of a JSON body. 20 000 000 by default, ours: no host states a limit.
    public var maximumBodyBytes = 20_000_000
    /// Where the host has an upload, pictures of more bytes together than this are uploaded, in
    /// ``ImageTransport/automatic``. 4 000 000 by default, ours: fal advises against large data
    /// URIs.
    public var uploadThreshold = 4_000_000
    /// Retries of calls that cost nothing, and of paid ones that provably did not arrive.
    public var retry = RetryPolicy()
    /// The longest silence of a host that makes pictures while the request waits, in seconds. 600
    /// by default: a shorter one turns a slow success into an unknown outcome.
    public var paidReadTimeout = 600.0
    /// The longest silence in every other call, in seconds. 60 by default.
    public var readTimeout = 60.0
    /// Seconds that one call of the client may take: uploads, questions, waits and downloads
    /// together. A paid request that is under way is not cut off by it, and its time is not
    /// counted; it gets 25 s where a job is put into a queue and 120 s elsewhere, or what is left
    /// if that is more. The job stays in the ledger. 900 by default.
    public var jobTimeout = 900.0
    /// Seconds that a paid request which is under way is given for its answer once the task is
    /// cancelled. 25 by default, ours: the answer is all that tells what was bought.
    public var submitGrace = 25.0
    /// Seconds after the submit for which "no such job" is asked again: a provider may not know at
    /// once what it has just accepted. 60 by default, ours.
    public var newJobPatience = 60.0
    /// Seconds between two questions about a job: from the first, half as much again each time, up
    /// to the last. 0.5 to 5 by default.
    public var pollInterval: ClosedRange<Double> = 0.5...5
    /// Whether a host is asked for the log of a job, where its lines are reported. `true` by
    /// default.
    public var wantsLogs = true
    /// What may be spent by one request at most. No limit by default.
    public var budget: Budget?
    /// What one picture costs, where the table does not say or is not right. The table's by
    /// default.
    public var price: Price?
    /// The folder that inline results are decoded into before they are saved; `spool` in the user's
    /// state folder by default.
    public var spoolFolder: String?
    /// Where the client writes what it does: operations, status codes, request ids; never keys,
    /// payloads or queries. Silent by default.
    public var logger = Logger(label: "seedreamkit", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Makes the defaults.
    public init() {}

    /// Where `provider` is.
    public func endpoints(of provider: ProviderID) -> Endpoints {
        baseURL.map { Endpoints.behind($0, provider) } ?? .standard(provider)
    }
}
