#if Client
extension SeedreamClient {
    /// A client with AsyncHTTPClient and the ledger of this user.
    ///
    /// - Parameters:
    ///   - provider: To whom requests go.
    ///   - keys: Where the key is looked for. The environment, then the key file, by default.
    ///   - configuration: How the client works.
    ///   - verifier: What looks at results; without one only their first bytes are checked. SeedreamKit has one that decodes.
    /// - Throws: ``LedgerError``; ``RequestError`` where the environment's proxy is none.
    public init(
        _ provider: ProviderID, keys: KeySource = .environment,
        configuration: ClientConfiguration = ClientConfiguration(), verifier: PictureVerifier? = nil
    ) throws {
        self.init(
            provider, keys: keys, configuration: configuration, ledger: try SQLiteLedger.open(),
            transport: try AsyncHTTPTransport(), verifier: verifier)
    }
}
#endif
