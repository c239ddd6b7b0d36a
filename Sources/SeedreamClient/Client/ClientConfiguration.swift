public import Logging
public import SeedreamModel

/// The settings of a client.
public struct ClientConfiguration: Sendable {
    /// A base URL that replaces the provider's own addresses, such as a gateway or the emulator.
    /// Default: `nil`.
    public var baseURL: String?
    /// Options that only one provider has.
    public var options = ProviderOptions()
    /// Whether settings that the provider does not support are ignored with a warning instead of
    /// refused. Default: `false`.
    public var isLenient = false
    /// How images travel to the provider. Default: `automatic`, which decides by the provider's
    /// preference and the images' size.
    public var imageTransport = ImageTransport.automatic
    /// The largest JSON body, in bytes. Default: 20 000 000 (our choice; no provider states a
    /// limit).
    public var maximumBodyBytes = 20_000_000
    /// In ``ImageTransport/automatic``, images that together exceed this number of bytes are
    /// uploaded if the provider supports uploads. Default: 4 000 000 (our choice; fal advises
    /// against large data URIs).
    public var uploadThreshold = 4_000_000
    /// The retry policy of free calls, and of paid ones that provably did not arrive.
    public var retry = RetryPolicy()
    /// The longest silence of a provider that generates images during the request, in seconds.
    /// Default: 600; a shorter one turns a slow success into an unknown outcome.
    public var paidReadTimeout = 600.0
    /// The longest silence in all other calls, in seconds. Default: 60.
    public var readTimeout = 60.0
    /// The time for one call of the client, in seconds: uploads, polling, waits and downloads
    /// together. Default: 900.
    ///
    /// A paid request in flight is not cut off, and its time is not counted: it gets the time that
    /// is left, but at least 25 s if the provider queues jobs and 120 s otherwise. When the time is
    /// up, the job stays in the ledger.
    public var jobTimeout = 900.0
    /// The time a paid request in flight gets for its answer after the task is cancelled, in
    /// seconds. Default: 25 (our choice; only the answer tells whether it was bought).
    public var submitGrace = 25.0
    /// The time after the submit during which "no such job" is retried, in seconds: a provider may
    /// not yet know a job it has just accepted. Default: 60 (our choice).
    public var newJobPatience = 60.0
    /// The most requests of the account in flight, in all processes that share the ledger. A
    /// request beyond it waits; that time does not count as ``jobTimeout``. Default: no limit here.
    public var maximumInFlight: Int?
    /// The polling interval in seconds: starts at the lower bound, grows 1.5x with each poll, and
    /// is capped at the upper bound. Default: 0.5 to 5.
    public var pollInterval: ClosedRange<Double> = 0.5...5
    /// Whether the client asks for a job's log, if a reporter receives its lines. Default: `true`.
    public var wantsLogs = true
    /// The most that one request may cost. Default: no limit.
    public var budget: Budget?
    /// The price of one image, which replaces the model's whole price rule. Default: the rule of
    /// ``models``.
    public var price: Price?
    /// The known models, with their limits, fields and prices. Default: those that this version
    /// knows.
    public var models = ModelTable.standard
    /// The folder that inline results are decoded into before they are saved. Default: `spool` in
    /// the user's state folder.
    public var spoolFolder: String?
    /// Receives operations, status codes and request IDs; never keys, payloads or queries. Default:
    /// silent.
    public var logger = Logger(label: "seedreamkit", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Creates a configuration with the defaults.
    public init() {}

    /// Returns the addresses of `provider`.
    public func endpoints(of provider: ProviderID) -> Endpoints {
        baseURL.map { Endpoints.behind($0, provider) } ?? .standard(provider)
    }
}

/// How local images travel to a provider.
public enum ImageTransport: String, Hashable, Codable, Sendable, CaseIterable {
    /// By data URI if the provider prefers them and the images are small enough, otherwise by
    /// upload if the provider supports it.
    case automatic = "auto"
    /// By data URI.
    case dataURI = "data-uri"
    /// By upload.
    case upload
}
