public import SeedreamModel

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
        configuration: ClientConfiguration = ClientConfiguration(), verifier: PictureVerifier? = nil
    ) throws {
        let transport = try AsyncHTTPTransport()
        try transport.prepare()
        self.init(
            provider, keys: keys, configuration: configuration, ledger: try SQLiteLedger.open(),
            transport: transport, verifier: verifier)
    }
}
#endif
