#if Client
public import ImagePreparation
public import SeedreamClient

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
