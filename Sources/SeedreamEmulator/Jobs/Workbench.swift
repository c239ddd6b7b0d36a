/// What the code of every provider works with.
struct Workbench: Sendable {
    let configuration: EmulatorConfiguration
    let files: FileStore
    let ledger: Ledger
    let jobs: JobStore
    let studio: Studio
    let inputs: InputReader
    let webhooks: any WebhookDelivery
    let log: RequestLog

    init(_ configuration: EmulatorConfiguration, webhooks: any WebhookDelivery) throws {
        self.configuration = configuration
        files = try FileStore(clock: configuration.clock)
        ledger = Ledger(credits: configuration.credits)
        jobs = JobStore(configuration)
        studio = Studio(files: files, configuration: configuration)
        inputs = InputReader(files: files, openPoints: configuration.openPoints)
        self.webhooks = webhooks
        log = RequestLog(capacity: configuration.loggedRequests)
    }

    /// Whether a key is one that is taken.
    func accepts(key: String?) -> Bool {
        guard let key, !key.isEmpty else { return false }
        return configuration.keys.isEmpty || configuration.keys.contains(key)
    }
}
