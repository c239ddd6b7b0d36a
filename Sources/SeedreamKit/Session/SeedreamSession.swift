import SeedreamClient
import SeedreamModel

/// The one way through the toolkit, from images as they are to saved results: it prepares, sends
/// once, waits, checks and saves, for one request or for a run of many.
///
/// ```swift
/// let session = try SeedreamSession(.fal)
/// let job = try await session.edit(
///     "put the dog in a hat", [.file("dog.heic")], to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
///
/// Every call records in the ledger what it sends before it is sent: a process that ends at any
/// moment loses nothing and pays for nothing twice. ``resume(_:parallel:reportingTo:deliver:)``
/// goes on with what was left.
public struct SeedreamSession: Sendable {
    /// Makes inputs valid.
    public var preparer: ImagePreparer
    /// Sends them.
    public let client: SeedreamClient

    /// Joins a preparer and a client.
    ///
    /// - Parameters:
    ///   - client: Made with ``PictureVerifier/decoding(limits:)``, it decodes the images that come
    ///     back.
    ///   - options: How inputs are made valid. What they must be is the profile of the client's
    ///     provider.
    public init(client: SeedreamClient, options: PreparationOptions = PreparationOptions()) {
        self.init(
            client: client,
            preparer: ImagePreparer(
                constraints: Self.constraints(for: client.provider, configuration: client.configuration),
                options: options))
    }

    /// Joins a preparer and a client.
    public init(client: SeedreamClient, preparer: ImagePreparer) {
        self.client = client
        self.preparer = preparer
    }

    /// What inputs must be for a provider: its profile, with the body's limit where images travel
    /// in the body.
    ///
    /// - Parameter profile: In place of the provider's own.
    public static func constraints(
        for provider: ProviderID, configuration: ClientConfiguration, profile: InputConstraints? = nil
    ) -> InputConstraints {
        var constraints = profile ?? InputConstraints.profile(named: provider.rawValue) ?? .seedream4
        constraints.maximumBodyBytes = configuration.maximumBodyBytes
        let limits = SubmissionPlanner(provider, configuration: configuration).limits
        // What is too much for a body is uploaded, not made smaller.
        if limits.uploadBytes != nil, configuration.imageTransport != .dataURI {
            constraints.maximumBodyBytes = .max
        }
        return constraints
    }
}

#if Client
extension SeedreamSession {
    /// A session with AsyncHTTPClient, the ledger of this user, and a verifier that decodes every
    /// result.
    ///
    /// - Parameters:
    ///   - provider: To whom requests go.
    ///   - keys: Where the key is looked for. The environment and the key file by default.
    ///   - configuration: How the client works.
    ///   - options: How inputs are made valid.
    /// - Throws: `LedgerError`; `TransportError` where a file of certificates cannot be read.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(),
        options: PreparationOptions = PreparationOptions()
    ) throws {
        self.init(
            client: try SeedreamClient(
                provider, keys: keys, configuration: configuration,
                verifier: .decoding(limits: options.limits)),
            options: options)
    }
}
#endif
