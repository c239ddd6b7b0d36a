#if Client
import AtomicFiles
import ImageCodecs
import Logging
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes clients from what the command line says.
struct ClientSetup {
    private let arguments: ClientArguments

    init(_ arguments: ClientArguments) {
        self.arguments = arguments
        FreedMemory.keepLittle()
    }

    // MARK: The ledger

    /// The ledger for a command that sends: made if there is none. Only the user's own folder is
    /// made with it.
    func ledger() throws -> any JobLedger {
        let path = arguments.ledger ?? SQLiteLedger.defaultPath
        if arguments.ledger != nil { try Self.checkFolder(of: path) }
        return Self.kept(try SQLiteLedger.open(path: path))
    }

    /// The ledger for a command that only reads or goes on. None is made: at the usual path none
    /// means no jobs, at a path that someone has typed it means that the path is wrong.
    ///
    /// - Parameter access: ``SQLiteLedger/Access/reading`` for a command that changes nothing.
    func existingLedger(_ access: SQLiteLedger.Access = .existing) throws -> any JobLedger {
        if let path = arguments.ledger { return Self.kept(try SQLiteLedger.open(path: path, access: access)) }
        do throws(LedgerError) {
            return Self.kept(try SQLiteLedger.open(access: access))
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

    private static let opened = Mutex<[SQLiteLedger]>([])

    private static func kept(_ ledger: SQLiteLedger) -> any JobLedger {
        opened.withLock { $0.append(ledger) }
        return SpoolingLedger.over(ledger)
    }

    /// Closes what was opened, so that all that was written is in the file itself when the process
    /// ends.
    static func closeLedgers() {
        for ledger in opened.withLock({ $0 }) { ledger.close() }
    }

    // MARK: Clients

    /// Where keys are looked for.
    var keys: KeySource { arguments.keyFile.map { .file($0) } ?? .environment }

    /// What carries requests, ready to do so: before a job is recorded.
    func transport() throws -> AsyncHTTPTransport {
        var configuration = TransportConfiguration()
        if let proxy = arguments.proxy { configuration.proxy = .address(try ProxyAddress(proxy)) }
        configuration.trustRoots = arguments.caFile
        let transport = try AsyncHTTPTransport(configuration)
        try transport.prepare()
        return transport
    }

    /// How a client works, as far as every command says.
    var configuration: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.jobTimeout = arguments.timeout
        configuration.submitGrace = arguments.grace
        configuration.wantsLogs = arguments.verbose || Terminal.isTerminal(STDERR_FILENO)
        configuration.retry.maximumRetryAfter = min(configuration.retry.maximumRetryAfter, arguments.timeout)
        if arguments.verbose {
            configuration.logger = Logger(label: "seedream") { TerminalLog(label: $0) }
            configuration.logger.logLevel = .debug
        }
        return configuration
    }

    /// A client for requests.
    func client(_ provider: ProviderID, _ configuration: ClientConfiguration, _ ledger: any JobLedger) throws
        -> SeedreamClient
    {
        SeedreamClient(
            provider, keys: keys, configuration: configuration, ledger: ledger, transport: try transport(),
            verifier: .decoding())
    }

    /// A session for jobs of the ledger, which may be of any provider.
    ///
    /// - Parameter baseURL: The one that this command was given. A key goes to a provider's own
    ///   addresses and to what the command line names, never to what only the ledger names.
    func session(_ provider: ProviderID = .fal, baseURL: String?, _ ledger: any JobLedger) throws
        -> SeedreamSession
    {
        var configuration = configuration
        configuration.baseURL = baseURL
        return SeedreamSession(client: try client(provider, configuration, ledger))
    }

    /// The job that a person means.
    func job(_ id: String, in ledger: any JobLedger) async throws -> JobRecord {
        guard let job = try await ledger.job(id) else { throw LedgerError.notFound(id) }
        return job
    }
}
#endif
