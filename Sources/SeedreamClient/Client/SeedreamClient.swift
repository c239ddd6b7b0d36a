/// Sends requests to one host: once, and brings the results home.
///
/// ```swift
/// let client = try SeedreamClient(.fal)
/// let job = try await client.edit("put the dog in a hat", images: batch.images, to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
///
/// The paid request is sent again only where the host's contract proves that it was not taken. Every job is in the ledger before its
/// request is sent, and stays there until its pictures are on disk.
public struct SeedreamClient: Sendable {
    /// What maps requests and decides how pictures travel.
    public let planner: SubmissionPlanner
    /// Where jobs are kept.
    public let ledger: any JobLedger
    let keys: KeySource
    let transport: any HTTPTransport
    let verifier: PictureVerifier?
    let budget: RetryBudget

    /// Makes a client. Nothing is read or sent before a call.
    ///
    /// - Parameters:
    ///   - provider: To whom requests go.
    ///   - keys: Where the key is looked for, at each call that needs it.
    ///   - configuration: How the client works.
    ///   - ledger: Where jobs are kept.
    ///   - transport: What carries requests.
    ///   - verifier: What looks at results. Without it, only their length and first bytes are checked.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(),
        ledger: any JobLedger, transport: any HTTPTransport, verifier: PictureVerifier? = nil
    ) {
        planner = SubmissionPlanner(provider, configuration: configuration)
        self.ledger = ledger
        self.transport = transport
        self.keys = keys
        self.verifier = verifier
        budget = RetryBudget(tokens: configuration.retry.budget)
    }

    /// To whom requests go.
    public var provider: ProviderID { planner.provider }
    /// How the client works.
    public var configuration: ClientConfiguration { planner.configuration }
    var host: any Provider { planner.host }
    var context: RequestContext { planner.context }

    /// Calls with a key, which is read now.
    ///
    /// - Throws: ``KeyError``.
    func api() throws(KeyError) -> APIClient { client(key: try keys.key(for: provider)) }

    private func client(key: APIKey?) -> APIClient {
        APIClient(
            provider: host, key: key, context: context, transport: transport, retry: configuration.retry,
            budget: budget,
            readTimeout: configuration.readTimeout, spoolFolder: configuration.spoolFolder,
            logger: configuration.logger)
    }
}
