import ArgumentParser
import SeedreamClient

/// Who is asked, and the options that one host has and the others have not.
struct ProviderArguments: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "Who is asked.")
    var provider = ProviderID.fal

    @Option(
        help: ArgumentHelp(
            "A base URL in place of the host's own, as of a gateway or of `seedream emulate`.",
            valueName: "url"))
    var baseURL: String?

    @Option(
        help:
            "How pictures travel. auto uploads where the host can and the pictures are large."
    )
    var transport = ImageTransport.automatic

    @Flag(help: "Drop what the host cannot express, with a note, instead of refusing.")
    var lenient = false

    @Option(help: "fal: through its queue, or in one long request (default: queue).")
    var mode: FalOptions.Mode?

    @Option(help: "fal: priority in the queue.")
    var priority: FalOptions.Priority?

    @Option(
        help: ArgumentHelp(
            "fal: give up unless the job has begun within this time, above 1.", valueName: "seconds"))
    var startTimeout: Double?

    @Option(
        help: ArgumentHelp("fal: how long it keeps results (default: its own).", valueName: "seconds"))
    var resultExpiry: Int?

    @Option(
        help: ArgumentHelp(
            "fal: how long it keeps uploads, which anyone with the URL can see; 0: for its own time (default: 86400).",
            valueName: "seconds"))
    var uploadExpiry: Int?

    @Flag(name: .customLong("no-store"), help: "fal: do not keep request and result.")
    var isNotStored = false

    @Flag(name: .customLong("bare-key"), help: "OneRouter: send the key bare instead of as a bearer token.")
    var sendsBareKey = false

    @Flag(help: "Ark: let it put its watermark on results.")
    var watermark = false

    /// The options that were given and belong to one host.
    private var owned: [(name: String, owner: ProviderID, isGiven: Bool)] {
        [
            ("--mode", .fal, mode != nil), ("--priority", .fal, priority != nil),
            ("--start-timeout", .fal, startTimeout != nil), ("--result-expiry", .fal, resultExpiry != nil),
            ("--upload-expiry", .fal, uploadExpiry != nil), ("--no-store", .fal, isNotStored),
            ("--bare-key", .onerouter, sendsBareKey), ("--watermark", .ark, watermark),
        ]
    }

    func validate() throws {
        if !lenient, let option = owned.first(where: { $0.isGiven && $0.owner != provider }) {
            throw ValidationError(
                "\(option.name) is an option of \(option.owner.displayName), and the request goes to \(provider.displayName)"
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

    /// The options as the client takes them.
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

/// How a request is named that the ledger does not know.
struct JobArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "Who was asked, where the ledger does not know the request.")
    var provider: ProviderID?

    @Option(
        help: ArgumentHelp(
            "With --provider: the model that was asked for (default: the provider's for edits).",
            valueName: "id"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The base URL that the request was sent to, if not the provider's own. A key goes nowhere else.",
            valueName: "url"))
    var baseURL: String?
}
