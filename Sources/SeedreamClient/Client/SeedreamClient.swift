import AtomicFiles

/// Sends requests to one host: once, and brings the results home.
///
/// ```swift
/// let client = try SeedreamClient(.fal, verifier: .decoding())
/// let job = try await client.edit("put the dog in a hat", images: batch.images, to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
///
/// The paid request is sent again only where the host's contract proves that it was not taken.
/// Every job is in the ledger before its request is sent, and stays there until its pictures are on
/// disk.
public struct SeedreamClient: Sendable {
    /// What maps requests and decides how pictures travel.
    public let planner: SubmissionPlanner
    /// Where jobs are kept: the ledger that was handed in, over which nothing is lost that cannot
    /// be recorded at once.
    public let ledger: any JobLedger
    let keys: KeySource
    /// What carries requests.
    package let transport: any HTTPTransport
    let verifier: PictureVerifier?
    let backoff: Backoff

    /// Makes a client. Nothing is read or sent before a call.
    ///
    /// - Parameters:
    ///   - provider: To whom requests go.
    ///   - keys: Where the key is looked for, at each call that needs it.
    ///   - configuration: How the client works.
    ///   - ledger: Where jobs are kept.
    ///   - transport: What carries requests.
    ///   - verifier: What looks at results. Without it, only their length and first bytes are
    ///     checked.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(),
        ledger: any JobLedger, transport: any HTTPTransport, verifier: PictureVerifier? = nil
    ) {
        planner = SubmissionPlanner(provider, configuration: configuration)
        self.ledger = SpoolingLedger.over(ledger)
        self.transport = transport
        self.keys = keys
        self.verifier = verifier
        backoff = Backoff(configuration.retry)
    }

    /// The same client for another provider: with the same keys, ledger, transport and settings.
    ///
    /// - Parameter baseURL: Where its requests go; `nil` for the provider's own address. The key
    ///   goes there.
    public func asking(_ provider: ProviderID, at baseURL: String? = nil) -> SeedreamClient {
        var configuration = configuration
        configuration.baseURL = baseURL
        return SeedreamClient(
            provider, keys: keys, configuration: configuration, ledger: ledger, transport: transport,
            verifier: verifier)
    }

    /// To whom requests go.
    public var provider: ProviderID { planner.provider }
    /// How the client works.
    public var configuration: ClientConfiguration { planner.configuration }
    var host: any Provider { planner.host }
    var context: RequestContext { planner.context }

    /// What the client calls itself, to hosts and in sidecars.
    static var toolkit: String { APIClient.userAgent }

    /// Looks for the key, so that its absence is known before any work is done.
    ///
    /// - Throws: ``KeyError``.
    public func checkKey() throws(KeyError) { _ = try keys.key(for: provider) }

    /// The folder for images that replies hold, until they are saved; made when it is needed.
    package var spoolFolder: String {
        configuration.spoolFolder ?? ledger.spoolFolder ?? "\(StateFolder.path())/spool"
    }

    /// Calls with a key, which is read now.
    ///
    /// - Parameters:
    ///   - deadline: Holds for every call and every wait between two.
    ///   - buying: Whether it is to pay for images, which must have a place to go before that.
    /// - Throws: ``KeyError``; ``SaveError`` where the folder for inline results cannot be made.
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
            provider: host, key: key, context: context, transport: transport, backoff: backoff,
            logger: configuration.logger,
            spoolFolder: spoolFolder)
        api.readTimeout = configuration.readTimeout
        api.deadline = deadline
        api.grace = configuration.submitGrace
        return api
    }
}
