#if Emulator
import Cryptography
import HummingbirdCore
import NIOSSL

/// The providers on this machine: started on a port of 127.0.0.1, asked what arrived, told what
/// goes wrong.
///
/// ```swift
/// let emulator = try await Emulator.start()
/// defer { await emulator.stop() }
/// // … point a client at emulator.url(.fal) …
/// let bought = await emulator.ledger.count
/// ```
public final class Emulator: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    /// The certificate that a client has to trust, as PEM; `nil` without TLS.
    public let certificateAuthority: String?
    private let bench: Workbench
    private let faults: FaultPlan
    private let listener: Listener

    private init(
        port: Int, certificateAuthority: String?, bench: Workbench, faults: FaultPlan, listener: Listener
    ) {
        self.port = port
        self.certificateAuthority = certificateAuthority
        self.bench = bench
        self.faults = faults
        self.listener = listener
    }

    /// Starts listening.
    ///
    /// - Throws: What the system says if the port cannot be opened, or the folder for files cannot
    ///   be made.
    public static func start(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws
        -> Emulator
    {
        let bench = try Workbench(configuration, webhooks: HTTPWebhookDelivery())
        let faults = FaultPlan(configuration.faults)
        var tls: NIOSSLContext?
        var authority: String?
        if configuration.usesTLS {
            let made = try CertificateAuthority(commonName: "SeedreamKit emulator")
            let identity =
                try configuration.identity
                ?? made.identity(
                    hosts: ["localhost"] + Service.allCases.flatMap(\.hosts), addresses: ["127.0.0.1", "::1"])
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.chain.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(identity.privateKey.utf8), format: .pem)))
            settings.minimumTLSVersion = .tlsv12
            tls = try NIOSSLContext(configuration: settings)
            authority = made.pem
        }
        let providers = configuration.providers
        let (control, relay) = (
            Control(bench: bench, faults: faults, authority: authority), ListenerRelay()
        )
        let responder = Responder(
            bench: bench, hosts: try Self.hosts(bench), faults: faults, control: control,
            refuse: { await relay.refuse(seconds: $0) })
        let listener = Listener(
            FrontDoorChannel(
                http: HTTP1Channel(responder: { request, writer, channel in
                    try await responder.respond(to: request, writer, channel)
                }),
                tls: tls,
                isReachable: { host in
                    Service.named(host).map { !providers.isDisjoint(with: $0.providers) } ?? false
                }))
        await relay.set(listener)
        let port = try await listener.open(configuration.port)
        return Emulator(
            port: port, certificateAuthority: authority, bench: bench, faults: faults, listener: listener)
    }

    private static func hosts(_ bench: Workbench) throws -> [EmulatedProvider: any EmulatedHost] {
        [
            .fal: try FalHost(bench), .aiml: AIMLHost(bench), .onerouter: OneRouterHost(bench),
            .apiframe: ApiframeHost(bench), .ark: ArkHost(bench),
        ]
    }

    /// The base URL of a provider, without a slash at the end: `"http://127.0.0.1:8080/fal"`,
    /// behind which fal's servers are `run`, `queue`, `rest` and `cdn`.
    public func url(_ provider: EmulatedProvider) -> String {
        "http://127.0.0.1:\(port)/\(provider.rawValue)"
    }

    /// The last requests, the oldest first.
    public var requests: [RecordedRequest] { get async { await bench.log.all } }

    /// Every paid request that was accepted.
    public var ledger: [LedgerEntry] { get async { await bench.ledger.all } }

    /// The clock by which results, uploads and idempotency keys expire.
    public var clock: EmulatorClock { bench.configuration.clock }

    /// Replaces all fault rules.
    public func setFaults(_ rules: [FaultRule], seed: UInt64 = 0) async {
        await faults.replace(with: FaultFile(seed: seed, rules: rules))
    }

    /// Closes the port to new connections for so many seconds.
    public func refuseConnections(seconds: Double) async { await listener.refuse(seconds: seconds) }

    /// Ends all connections and jobs, and removes all files.
    public func stop() async {
        await bench.jobs.stop()
        await listener.stop()
        await bench.files.removeAll()
    }
}
#endif
