public import SeedreamModel

/// The emulator's settings.
public struct EmulatorConfiguration: Sendable {
    /// The port on 127.0.0.1. Default: 0, which selects a free port.
    public var port = 0
    /// The providers to emulate. Default: all.
    public var providers = Set(EmulatedProvider.allCases)
    /// Whether to accept TLS and `CONNECT`, on the same port as plain HTTP, with a certificate
    /// created at start. Default: `false`.
    public var usesTLS = false
    /// The certificate and key for TLS, for tests of clients. Default: `nil`, which creates one at
    /// start.
    package var identity: CertificateAuthority.Identity?
    /// The fault rules. Default: none.
    public var faults: FaultFile?
    /// The minimum time that a job spends in the queue, in seconds. Default: 0.2, our choice.
    public var queueTime = 0.2
    /// The minimum time that generating the images of one request takes, in seconds. Default: 0.4,
    /// our choice.
    public var generationTime = 0.4
    /// The number of jobs of one provider that run at once; the others wait in the queue. Default:
    /// 2, as fal grants a new account.
    public var concurrentJobs = 2
    /// The number of synchronous runs that fal accepts at once; it refuses more with 429. Default:
    /// `nil`, no limit. A new account has 2, one with high spending 40.
    public var concurrentRuns: Int?
    /// The number of images that each provider's account can pay for. Default: `nil`, no limit.
    public var credits: Int?
    /// The API keys to accept. Default: empty, which accepts any key.
    public var keys: Set<String> = []
    /// API keys that exist but are deactivated: Apiframe responds with 403. Default: none.
    public var inactiveKeys: Set<String> = []
    /// The time for which a result can be fetched, in seconds. Default: 86,400, the 24 hours of Ark
    /// and Apiframe.
    public var resultLifetime = 86_400.0
    /// The largest request body, in bytes; larger ones get a 413 response. Default: 160 MiB, our
    /// choice.
    public var maximumBody = 160 << 20
    /// The models to emulate, with their limits, fields and prices. Default: those that this
    /// version knows. OneRouter accepts any ID, because no document names its IDs.
    public var models = ModelTable.standard
    /// Behaviour that the providers' documents leave open.
    public var ambiguities = Ambiguities()
    /// The clock that decides when results, uploads and idempotency keys expire. Default: the
    /// system's.
    public var clock = EmulatorClock()
    /// The number of requests that the log keeps. Default: 1,000, our choice.
    public var loggedRequests = 1000

    /// Creates the default settings.
    public init() {}
}

extension EmulatorConfiguration {
    /// Returns the model with an ID of a provider; `nil` if it is not in the table, or retired.
    func model(_ id: String, at provider: ProviderID) -> ModelEntry? {
        ambiguities.retiredModels.contains(id) ? nil : models.entry(id: id, at: provider)
    }

    /// Returns the IDs of a provider's models in the order of the table, without retired ones.
    func modelIDs(at provider: ProviderID) -> [String] {
        models.entries(of: provider).flatMap(\.ids).filter { !ambiguities.retiredModels.contains($0) }
    }
}

extension EmulatorConfiguration {
    /// The earlier name of ``ambiguities``.
    @available(*, deprecated, renamed: "ambiguities")
    public var openPoints: Ambiguities {
        get { ambiguities }
        set { ambiguities = newValue }
    }
}
