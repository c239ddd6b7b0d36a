/// The state that the servers of all providers share.
struct EmulatorState: Sendable {
    let configuration: EmulatorConfiguration
    let files: FileStore
    let ledger: Ledger
    let jobs: JobStore
    let generator: ImageGenerator
    let inputs: InputReader
    let webhooks: any WebhookDelivery
    let log: RequestLog

    init(_ configuration: EmulatorConfiguration, webhooks: any WebhookDelivery) throws {
        self.configuration = configuration
        files = try FileStore(clock: configuration.clock)
        ledger = Ledger(credits: configuration.credits)
        jobs = JobStore(configuration)
        generator = ImageGenerator(files: files, configuration: configuration)
        inputs = InputReader(files: files, ambiguities: configuration.ambiguities)
        self.webhooks = webhooks
        log = RequestLog(capacity: configuration.loggedRequests)
    }

    /// Returns whether an API key is accepted.
    func accepts(key: String?) -> Bool {
        guard let key, !key.isEmpty else { return false }
        return configuration.keys.isEmpty || configuration.keys.contains(key)
    }
}

/// Steps that all providers perform after accepting a paid request.
extension EmulatorState {
    /// An input image that was refused, and its position among those that were read.
    struct RefusedInput: Error {
        var index: Int
        var violation: InputViolation
    }

    /// Performs paid work and settles its ledger entry: bills it on success, releases it on
    /// failure.
    ///
    /// - Throws: The error of `work`, after the release.
    func settle(_ requestID: String, _ work: () async throws -> JobOutcome) async throws -> JobOutcome {
        do {
            let outcome = try await work()
            await ledger.bill(requestID, images: outcome.images, cost: outcome.cost)
            return outcome
        } catch {
            await ledger.release(requestID)
            throw error
        }
    }

    /// Reads the input images of a request in order, and records them in the log and the ledger.
    ///
    /// - Throws: The first violation, without recording anything.
    func readInputs(
        _ references: [String], limits: InputLimits, requestID: String, logNumber: Int
    ) async throws(RefusedInput) -> [InputImage] {
        var images: [InputImage] = []
        for (index, reference) in references.enumerated() {
            do throws(InputViolation) {
                images.append(try await inputs.read(reference, limits: limits))
            } catch {
                throw RefusedInput(index: index, violation: error)
            }
        }
        await log.note(inputs: images, of: logNumber)
        await ledger.note(inputs: images.map(\.sha256), of: requestID)
        return images
    }
}
