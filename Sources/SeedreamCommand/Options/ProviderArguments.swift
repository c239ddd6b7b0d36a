import ArgumentParser
import SeedreamClient
import SeedreamModel

/// The provider to use, and the options that only one provider has.
struct ProviderArguments: ParsableArguments {
    @Option(name: [.customShort("p"), .customLong("provider")], help: "The provider to use.")
    var id = ProviderID.fal

    @Option(
        help: ArgumentHelp(
            "Base URL to use instead of the provider's own, such as that of a gateway or of `seedream emulate`.",
            valueName: "url"))
    var baseURL: String?

    @Option(
        help: "How to send images; auto uploads large ones if the provider takes uploads."
    )
    var transport = ImageTransport.automatic

    @Flag(help: "Ignore settings the provider does not support (with a note) instead of failing.")
    var lenient = false

    @Option(help: "fal: use the queue, or one long request (default: queue).")
    var mode: FalOptions.Mode?

    @Option(help: "fal: priority in the queue.")
    var priority: FalOptions.Priority?

    @Option(
        help: ArgumentHelp(
            "fal: give up if the job has not started within this time, more than 1 s.", valueName: "seconds"))
    var startTimeout: Double?

    @Option(
        help: ArgumentHelp("fal: time that it keeps results (default: its own choice).", valueName: "seconds")
    )
    var resultExpiry: Int?

    @Option(
        help: ArgumentHelp(
            "fal: time that it keeps uploads, which anyone with the URL can see; 0: its own choice (default: 86400).",
            valueName: "seconds"))
    var uploadExpiry: Int?

    @Flag(name: .customLong("no-store"), help: "fal: do not store the request and the result.")
    var isNotStored = false

    @Flag(name: .customLong("bare-key"), help: "OneRouter: send the key without the word Bearer.")
    var sendsBareKey = false

    @Flag(help: "Ark: let it add its watermark to results.")
    var watermark = false

    /// Options of a single provider, with whether each was given.
    private var owned: [(name: String, owner: ProviderID, isGiven: Bool)] {
        [
            ("--mode", .fal, mode != nil), ("--priority", .fal, priority != nil),
            ("--start-timeout", .fal, startTimeout != nil), ("--result-expiry", .fal, resultExpiry != nil),
            ("--upload-expiry", .fal, uploadExpiry != nil), ("--no-store", .fal, isNotStored),
            ("--bare-key", .onerouter, sendsBareKey), ("--watermark", .ark, watermark),
        ]
    }

    func validate() throws {
        if !lenient, let option = owned.first(where: { $0.isGiven && $0.owner != id }) {
            throw ValidationError(
                "\(option.name) is an option of \(option.owner.displayName) only, and the request goes to \(id.displayName)"
            )
        }
        if let startTimeout, !(startTimeout > 1 && startTimeout <= 86_400) {
            throw ValidationError(
                "--start-timeout: expected more than 1 and at most 86400, found \(startTimeout)")
        }
        for (name, seconds) in [
            ("--result-expiry", resultExpiry ?? 1), ("--upload-expiry", uploadExpiry ?? 0),
        ] {
            guard (0...1_000_000_000).contains(seconds), name == "--upload-expiry" || seconds > 0 else {
                throw ValidationError("\(name): expected seconds, found \(seconds)")
            }
        }
    }

    /// The options in the form that the client takes.
    var options: ProviderOptions {
        var options = ProviderOptions()
        options.fal.mode = mode ?? .queue
        options.fal.priority = priority
        options.fal.startTimeout = startTimeout
        options.fal.resultExpiry = resultExpiry
        if let uploadExpiry { options.fal.uploadExpiry = uploadExpiry == 0 ? nil : uploadExpiry }
        options.fal.storesPayloads = !isNotStored
        options.onerouterSendsBareKey = sendsBareKey
        options.arkWatermark = watermark
        return options
    }
}

/// The provider of a request that is not in the ledger.
struct JobArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "The provider of a request that is not in the ledger.")
    var provider: ProviderID?

    @Option(
        help: ArgumentHelp(
            "With --provider: the model of the request (default: the provider's model for edits).",
            valueName: "id"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Base URL that the request was sent to, if not the provider's own; keys are sent nowhere else.",
            valueName: "url"))
    var baseURL: String?
}
