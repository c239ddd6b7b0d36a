package import Cryptography

/// How the emulator behaves.
public struct EmulatorConfiguration: Sendable {
    /// The port on 127.0.0.1; a free one when 0, the default.
    public var port = 0
    /// Who is stood in for. Everyone by default.
    public var providers = Set(EmulatedProvider.allCases)
    /// Whether TLS and `CONNECT` are answered, with a certificate made at the start. On the same
    /// port as plain HTTP. `false` by default.
    public var usesTLS = false
    /// What TLS shows instead of a certificate that is made at the start. For tests of clients.
    package var identity: CertificateAuthority.Identity?
    /// What goes wrong. Nothing by default.
    public var faults: FaultFile?
    /// The shortest time that a job is queued, in seconds. 0.2 by default; ours.
    public var queueTime = 0.2
    /// How long making the pictures of one request takes at least, in seconds. 0.4 by default;
    /// ours.
    public var generationTime = 0.4
    /// Jobs of one provider that are made at once; the others wait in the queue. 2 by default, as
    /// fal gives a new account.
    public var concurrentJobs = 2
    /// Synchronous runs that fal takes at once; more are refused with 429. No limit when `nil`, the
    /// default; a new account has 2, one that spends much 40.
    public var concurrentRuns: Int?
    /// Pictures that each provider's account still pays for; no limit when `nil`, the default.
    public var credits: Int?
    /// The keys that are taken; any when empty, the default.
    public var keys: Set<String> = []
    /// Keys that exist and are switched off: Apiframe answers 403. None by default.
    public var inactiveKeys: Set<String> = []
    /// Seconds for which a result can be fetched. 86 400 by default: Ark's and Apiframe's 24 hours.
    public var resultLifetime = 86_400.0
    /// The largest request body, in bytes; a larger one is answered with 413. 160 MiB by default;
    /// ours.
    public var maximumBody = 160 << 20
    /// What the contracts leave open.
    public var openPoints = OpenPoints()
    /// The clock by which results, uploads and idempotency keys expire. The system's by default.
    public var clock = EmulatorClock()
    /// Requests that the log keeps. 1000 by default; ours.
    public var loggedRequests = 1000

    /// Makes the default behaviour.
    public init() {}
}
