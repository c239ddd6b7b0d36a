import Platform
public import SeedreamModel

/// Sends requests to one provider and saves the results.
///
/// ```swift
/// let client = try SeedreamClient(.fal, verifier: .decoding())
/// let job = try await client.edit(
///     "put the dog in a hat", images: batch.images, to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
///
/// A paid request is sent again only if the provider's contract proves that it was not taken. Every
/// job is recorded in the ledger before its request is sent, and stays there until its images are
/// saved.
public struct SeedreamClient: Sendable {
    /// Maps requests and decides how images travel.
    public let planner: SubmissionPlanner
    /// The ledger of jobs: the one passed to the initializer, with a layer that keeps what cannot
    /// be recorded at once.
    public let ledger: any JobLedger
    let keys: KeySource
    /// The transport that carries requests.
    package let transport: any HTTPTransport
    let verifier: ImageVerifier?
    let backoff: Backoff

    /// Creates a client. Nothing is read or sent before a call.
    ///
    /// - Parameters:
    ///   - provider: The provider to use.
    ///   - keys: The source of the key, read at each call that needs it.
    ///   - configuration: The client's settings.
    ///   - ledger: The ledger of jobs.
    ///   - transport: The transport that carries requests.
    ///   - verifier: Verifies results. Without one, only their length and first bytes are checked.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(),
        ledger: any JobLedger, transport: any HTTPTransport, verifier: ImageVerifier? = nil
    ) {
        planner = SubmissionPlanner(provider, configuration: configuration)
        self.ledger = SpoolingLedger.over(ledger)
        self.transport = transport
        self.keys = keys
        self.verifier = verifier
        backoff = Backoff(configuration.retry)
    }

    /// Returns a client for another provider with the same keys, ledger, transport and settings.
    ///
    /// - Parameters:
    ///   - provider: The other provider.
    ///   - baseURL: The base URL, which also receives the key. If `nil`, the provider's own address
    ///     is used.
    public func asking(_ provider: ProviderID, at baseURL: String? = nil) -> SeedreamClient {
        var configuration = configuration
        configuration.baseURL = baseURL
        return SeedreamClient(
            provider, keys: keys, configuration: configuration, ledger: ledger, transport: transport,
            verifier: verifier)
    }

    /// The provider that receives the requests.
    public var provider: ProviderID { planner.provider }
    /// The client's settings.
    public var configuration: ClientConfiguration { planner.configuration }
    var providerAPI: any Provider { planner.providerAPI }
    var context: RequestContext { planner.context }

    /// The client's name, sent to providers and written to sidecars.
    static var toolkit: String { OutgoingRequest.userAgent }

    /// Checks that a key is configured, so that a missing one is reported before any work is done.
    ///
    /// - Throws: ``KeyError``.
    public func checkKey() throws(KeyError) { _ = try keys.key(for: provider) }

    /// The folder for images in replies until they are saved; created when needed.
    package var spoolFolder: String {
        configuration.spoolFolder ?? ledger.spoolFolder ?? "\(StateFolder.path())/spool"
    }

    /// Returns an API client with the key, which is read now.
    ///
    /// - Parameters:
    ///   - deadline: Applies to every call and every wait between calls.
    ///   - buying: Whether it will pay for images, whose folder is then created first.
    /// - Throws: ``KeyError``; ``SaveError`` if the folder for inline results cannot be created.
    func api(by deadline: Deadline, buying: Bool = false) throws -> APIClient {
        let key = try keys.key(for: provider)
        if buying {
            do throws(FileError) {
                try Folder.make(spoolFolder, mode: 0o700)
            } catch {
                throw SaveError(error)
            }
        }
        var api = APIClient(
            provider: providerAPI, key: key, context: context, transport: transport, backoff: backoff,
            logger: configuration.logger,
            spoolFolder: spoolFolder)
        api.readTimeout = configuration.readTimeout
        api.deadline = deadline
        api.grace = configuration.submitGrace
        return api
    }
}

#if Client
extension SeedreamClient {
    /// Creates a client with AsyncHTTPClient and the user's ledger.
    ///
    /// - Parameters:
    ///   - provider: The provider to use.
    ///   - keys: The source of the key. Default: the environment, then the key file.
    ///   - configuration: The client's settings.
    ///   - verifier: Verifies results. Without one, only their first bytes are checked. SeedreamKit
    ///     has one that decodes them.
    /// - Throws: ``LedgerError``; ``RequestError`` if the environment's proxy setting is invalid;
    ///   ``ResourceError`` if the system has too few threads or descriptors for connections.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(), verifier: ImageVerifier? = nil
    ) throws {
        let transport = try AsyncHTTPTransport()
        try transport.prepare()
        self.init(
            provider, keys: keys, configuration: configuration, ledger: try SQLiteLedger.open(),
            transport: transport, verifier: verifier)
    }
}
#endif
