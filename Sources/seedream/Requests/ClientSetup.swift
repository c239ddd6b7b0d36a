#if Client
import ImageCodecs
import Logging
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// Makes clients from what the command line says.
struct ClientSetup {
    private let arguments: ClientArguments

    init(_ arguments: ClientArguments) {
        self.arguments = arguments
        FreedMemory.keepLittle()
    }

    /// The ledger of jobs.
    func ledger() throws -> SQLiteLedger {
        try SQLiteLedger.open(path: arguments.ledger ?? SQLiteLedger.defaultPath)
    }

    /// Where keys are looked for.
    var keys: KeySource { arguments.keyFile.map { .file($0) } ?? .environment }

    /// What carries requests.
    func transport() throws -> AsyncHTTPTransport {
        var configuration = TransportConfiguration()
        if let proxy = arguments.proxy { configuration.proxy = .address(try ProxyAddress(proxy)) }
        configuration.trustRoots = arguments.caFile
        return try AsyncHTTPTransport(configuration)
    }

    /// How a client works, as far as every command says.
    var configuration: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.jobTimeout = arguments.timeout
        configuration.retry.maximumRetryAfter = min(configuration.retry.maximumRetryAfter, arguments.timeout)
        if arguments.verbose {
            configuration.logger = Logger(label: "seedream") { StreamLogHandler.standardError(label: $0) }
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

    /// A client for a job of the ledger: it asks where the request was sent.
    func client(for job: JobRecord, _ ledger: any JobLedger) throws -> SeedreamClient {
        var configuration = configuration
        configuration.baseURL = job.baseURL
        return try client(job.provider, configuration, ledger)
    }

    /// The job that a person means.
    func job(_ id: String, in ledger: any JobLedger) async throws -> JobRecord {
        guard let job = try await ledger.job(id) else { throw LedgerError.notFound(id) }
        return job
    }
}
#endif
