#if Client
import Platform
import ImageCodecs
import Logging
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// Creates ledgers, clients and sessions from the options of a command line.
struct ClientSetup {
    private let arguments: ClientArguments

    init(_ arguments: ClientArguments) {
        self.arguments = arguments
        FreedMemory.keepLittle()
    }

    // MARK: The ledger

    /// Returns the ledger for a command that sends; creates it if it is missing. Creates no folder
    /// but the user's own state folder.
    func ledger() throws -> any JobLedger {
        guard let text = arguments.advanced.ledger else {
            return Self.register(try SQLiteLedger.open())
        }
        if case .file(let path) = LedgerAddress(text) { try Self.checkFolder(of: path) }
        return Self.register(try OpenedLedger.open(text))
    }

    /// Returns the ledger for a command that only reads or resumes; never creates one. A missing
    /// ledger at the default path means that there are no jobs, at a given path that the path is
    /// wrong.
    ///
    /// - Parameter access: ``LedgerAccess/reading`` for a command that changes nothing.
    func existingLedger(_ access: LedgerAccess = .existing) throws -> any JobLedger {
        if let text = arguments.advanced.ledger {
            return Self.register(try OpenedLedger.open(text, access: access))
        }
        do throws(LedgerError) {
            return Self.register(try SQLiteLedger.open(access: access))
        } catch .absent {
            return MemoryLedger()
        }
    }

    private static func checkFolder(of path: String) throws {
        let folder = Folder.containing(path)
        if !Folder.exists(folder) {
            throw LedgerError.cannotOpen(path: path, reason: "there is no folder \(folder)")
        }
    }

    private static let opened = Mutex<[any ClosableLedger]>([])

    private static func register(_ ledger: any ClosableLedger) -> any JobLedger {
        opened.withLock { $0.append(ledger) }
        return SpoolingLedger.over(ledger)
    }

    /// Closes the opened ledgers, so that all changes are in the files themselves when the process
    /// ends.
    static func closeLedgers() {
        for ledger in opened.withLock({ $0 }) { ledger.close() }
    }

    // MARK: Clients

    /// The source of API keys.
    var keys: KeySource { arguments.advanced.keyFile.map { .file($0) } ?? .environment }

    /// Returns the HTTP transport, ready for requests, so that errors in its configuration come
    /// before a job is recorded.
    func transport() throws -> AsyncHTTPTransport {
        var configuration = TransportConfiguration()
        if let proxy = arguments.network.proxy { configuration.proxy = .address(try ProxyAddress(proxy)) }
        configuration.trustRoots = arguments.network.caFile
        let transport = try AsyncHTTPTransport(configuration)
        try transport.prepare()
        return transport
    }

    /// The client configuration from the options that every command has.
    var configuration: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.jobTimeout = arguments.network.timeout.value
        configuration.submitGrace = arguments.network.grace.value
        configuration.wantsLogs = arguments.advanced.verbose || Terminal.isTerminal(STDERR_FILENO)
        configuration.retry.maximumRetryAfter = min(
            configuration.retry.maximumRetryAfter, arguments.network.timeout.value)
        if arguments.advanced.verbose {
            configuration.logger = Logger(label: "seedream") { TerminalLog(label: $0) }
            configuration.logger.logLevel = .debug
        }
        return configuration
    }

    /// Returns a client for requests.
    func client(_ provider: ProviderID, _ configuration: ClientConfiguration, _ ledger: any JobLedger) throws
        -> SeedreamClient
    {
        SeedreamClient(
            provider, keys: keys, configuration: configuration, ledger: ledger, transport: try transport(),
            verifier: .decoding())
    }

    /// Returns a session for jobs in the ledger, which may belong to any provider.
    ///
    /// - Parameter baseURL: The value of `--base-url`. A key is sent only to the provider's own
    ///   addresses and to this one, never to an address that only the ledger names.
    func session(_ provider: ProviderID = .fal, baseURL: String?, _ ledger: any JobLedger) throws
        -> SeedreamSession
    {
        var configuration = configuration
        configuration.baseURL = baseURL
        return SeedreamSession(client: try client(provider, configuration, ledger))
    }

    /// Returns the job with an id given on the command line.
    func job(_ id: String, in ledger: any JobLedger) async throws -> JobRecord {
        guard let job = try await ledger.job(id) else { throw LedgerError.notFound(id) }
        return job
    }
}
#endif
