#if Client
extension SeedreamClient {
    /// A client with AsyncHTTPClient and the ledger of this user.
    ///
    /// - Parameters:
    ///   - provider: To whom requests go.
    ///   - keys: Where the key is looked for. The environment, then the key file, by default.
    ///   - configuration: How the client works.
    ///   - verifier: What looks at results; without one only their first bytes are checked.
    ///     SeedreamKit has one that decodes.
    /// - Throws: ``LedgerError``; ``RequestError`` where the environment's proxy is none;
    ///   ``ResourceError`` where the system has too few threads or descriptors for connections.
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
