import SeedreamClient
import SeedreamModel

/// A session prepares images, sends each request once, waits, checks the results and saves them,
/// for one request or for a run of many.
///
/// ```swift
/// let session = try SeedreamSession(.fal)
/// let job = try await session.edit(
///     "put the dog in a hat", [.file("dog.heic")], to: Destination(folder: "out"))
/// print(job.files.map(\.path))
/// ```
///
/// Every request is recorded in the ledger before it is sent: a process that ends at any moment
/// loses no result and pays for none twice. ``resume(_:parallel:reportingTo:deliver:)`` continues
/// the open jobs.
public struct SeedreamSession: Sendable {
    /// Makes inputs valid for the provider.
    public var preparer: ImagePreparer
    /// Sends requests and downloads results.
    public let client: SeedreamClient
    /// The model that the preparer's constraints are for. Default: `nil`, the default model.
    public var model: String?
    /// Whether a request for another model is prepared for that one. `false` for constraints that
    /// hold for every model. Default: `true`.
    public var adaptsToModels = true

    /// Joins a preparer and a client.
    ///
    /// - Parameters:
    ///   - client: The client. To decode the results, it needs the verifier
    ///     ``SeedreamClient/ImageVerifier/decoding(limits:)``.
    ///   - options: The preparation options. The constraints are the profile of the client's
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

    /// Returns the input constraints of a provider: its profile, with the limit on the request body
    /// if images are sent in the body.
    ///
    /// - Parameters:
    ///   - provider: The provider that the images are for.
    ///   - configuration: The client's configuration, which decides how images travel.
    ///   - model: The model that they are for. Default: `nil`, the default model.
    ///   - profile: Constraints to use instead of the model's own. Default: `nil`.
    public static func constraints(
        for provider: ProviderID, configuration: ClientConfiguration, model: String? = nil,
        profile: InputConstraints? = nil
    ) -> InputConstraints {
        let planner = SubmissionPlanner(provider, configuration: configuration)
        var constraints = profile ?? InputConstraints(for: planner.preparedEntry(of: model))
        constraints.maximumBodyBytes = configuration.maximumBodyBytes
        let limits = planner.limits
        // Images that exceed the body limit are uploaded, so they need not be made smaller.
        if limits.uploadBytes != nil, configuration.imageTransport != .dataURI {
            constraints.maximumBodyBytes = .max
        }
        return constraints
    }
}

#if Client
extension SeedreamSession {
    /// Makes a session with AsyncHTTPClient, this user's ledger, and a verifier that decodes every
    /// result.
    ///
    /// - Parameters:
    ///   - provider: The provider that requests are sent to.
    ///   - keys: The source of the API key. Default: the environment, then the key file.
    ///   - configuration: The client's configuration.
    ///   - options: The preparation options.
    /// - Throws: `LedgerError`; `TransportError` if a certificate file cannot be read.
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
