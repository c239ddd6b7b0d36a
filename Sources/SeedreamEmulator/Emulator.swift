#if Emulator
import Cryptography
import HummingbirdCore
import NIOSSL

/// Emulates the providers on a port of 127.0.0.1, records every request, and injects faults.
///
/// ```swift
/// let emulator = try await Emulator.start()
/// // … point a client at emulator.url(.fal) …
/// let bought = await emulator.ledger.count
/// await emulator.stop()
/// ```
public final class Emulator: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    /// The certificate that clients must trust, in PEM format; `nil` without TLS.
    public let certificateAuthority: String?
    private let state: EmulatorState
    private let faults: FaultPlan
    private let listener: Listener

    private init(
        port: Int, certificateAuthority: String?, state: EmulatorState, faults: FaultPlan, listener: Listener
    ) {
        self.port = port
        self.certificateAuthority = certificateAuthority
        self.state = state
        self.faults = faults
        self.listener = listener
    }

    /// Starts an emulator.
    ///
    /// - Throws: The system's error if the port cannot be opened or the folder for files cannot be
    ///   created.
    public static func start(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws
        -> Emulator
    {
        let state = try EmulatorState(configuration, webhooks: HTTPWebhookDelivery())
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
            Control(state: state, faults: faults, authority: authority), ListenerRelay()
        )
        let responder = Responder(
            state: state, servers: try Self.servers(state), faults: faults, control: control,
            refuse: { await relay.refuse(seconds: $0) })
        let listener = Listener(
            ProtocolDetectingChannel(
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
            port: port, certificateAuthority: authority, state: state, faults: faults, listener: listener)
    }

    private static func servers(_ state: EmulatorState) throws -> [EmulatedProvider: any ProviderServer] {
        [
            .fal: try FalServer(state), .aiml: AIMLServer(state), .onerouter: OneRouterServer(state),
            .apiframe: ApiframeServer(state), .ark: ArkServer(state),
        ]
    }

    /// Returns the base URL of a provider, without a trailing slash: `"http://127.0.0.1:8080/fal"`.
    /// fal's servers are at `run`, `queue`, `rest` and `cdn` below it.
    public func url(_ provider: EmulatedProvider) -> String {
        "http://127.0.0.1:\(port)/\(provider.rawValue)"
    }

    /// The most recent requests, oldest first; ``EmulatorConfiguration/loggedRequests`` limits
    /// their number.
    public var requests: [RecordedRequest] { get async { await state.log.all } }

    /// Every paid request that was accepted.
    public var ledger: [LedgerEntry] { get async { await state.ledger.all } }

    /// Returns the most requests that one provider had accepted and not ended at the same time.
    public func mostAtOnce(_ provider: EmulatedProvider) async -> Int {
        await state.ledger.mostAtOnce(provider)
    }

    /// The clock that decides when results, uploads and idempotency keys expire.
    public var clock: EmulatorClock { state.configuration.clock }

    /// Replaces all fault rules, and seeds the random numbers that decide their probabilities.
    public func setFaults(_ rules: [FaultRule], seed: UInt64 = 0) async {
        await faults.replace(with: FaultFile(seed: seed, rules: rules))
    }

    /// Refuses new connections for a number of seconds.
    public func refuseConnections(seconds: Double) async { await listener.refuse(seconds: seconds) }

    /// Closes all connections, cancels all jobs and deletes all files.
    public func stop() async {
        await state.jobs.stop()
        await listener.stop()
        await state.files.removeAll()
    }
}
#endif
