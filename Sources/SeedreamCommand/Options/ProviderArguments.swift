import ArgumentParser
import SeedreamClient
import SeedreamModel

/// The provider to use, and the options that only one provider has.
struct ProviderArguments: ParsableArguments {
    @Option(name: [.customShort("p"), .customLong("provider")], help: "The provider to use.")
    var provider = ConfigurableValue(BuiltInValues.provider)

    @Flag(help: "Ignore settings that the provider does not support.")
    var ignoreUnsupported = false

    @Option(
        help: ArgumentHelp(
            "How to send images; by default large ones are uploaded if the provider takes uploads.",
            valueName: "way", visibility: .rare))
    var sendImages = ConfigurableValue(BuiltInValues.sendImages)

    @Option(
        help: ArgumentHelp(
            "Base URL to use instead of the provider's own, such as that of a gateway or of `seedream emulate`.",
            valueName: "url", visibility: .rare))
    var baseURL: String?

    @Option(
        help: ArgumentHelp(
            "Whether fal queues the request, or answers it in one long call.", valueName: "mode",
            visibility: .rare))
    var falMode: FalOptions.Mode?

    @Option(
        help: ArgumentHelp("Priority in fal's queue.", valueName: "priority", visibility: .rare))
    var falPriority: FalOptions.Priority?

    @Option(
        help: ArgumentHelp(
            "Give up if the job has not started at fal within this time, more than 1 s.",
            valueName: "seconds", visibility: .rare))
    var falStartTimeout: Double?

    @Option(
        help: ArgumentHelp(
            "Time that fal keeps results (default: its own choice).", valueName: "seconds",
            visibility: .rare))
    var falResultExpiry: Int?

    @Option(
        help: ArgumentHelp(
            "Time that fal keeps uploads, which anyone with the URL can see; 0: its own choice (default: 86400).",
            valueName: "seconds", visibility: .rare))
    var falUploadExpiry: Int?

    @Flag(help: ArgumentHelp("Ask fal not to store the request and the result.", visibility: .rare))
    var falNoStore = false

    @Flag(help: ArgumentHelp("Send OneRouter the key without the word Bearer.", visibility: .rare))
    var onerouterBareKey = false

    @Flag(help: ArgumentHelp("Let Ark add its watermark to results.", visibility: .rare))
    var arkWatermark = false

    /// The provider to use.
    var id: ProviderID { provider.value }

    /// Options of a single provider, with whether each was given.
    private var owned: [(name: String, owner: ProviderID, isGiven: Bool)] {
        [
            ("--fal-mode", .fal, falMode != nil), ("--fal-priority", .fal, falPriority != nil),
            ("--fal-start-timeout", .fal, falStartTimeout != nil),
            ("--fal-result-expiry", .fal, falResultExpiry != nil),
            ("--fal-upload-expiry", .fal, falUploadExpiry != nil), ("--fal-no-store", .fal, falNoStore),
            ("--onerouter-bare-key", .onerouter, onerouterBareKey), ("--ark-watermark", .ark, arkWatermark),
        ]
    }

    /// The mistake of an option that only another provider has; `nil` if there is no mistake.
    var foreignOption: (name: String, message: String)? {
        guard !ignoreUnsupported, let option = owned.first(where: { $0.isGiven && $0.owner != id }) else {
            return nil
        }
        return (
            option.name,
            "an option of \(option.owner.displayName) only, and the request goes to \(id.displayName)"
        )
    }

    func validate() throws {
        // The configuration may still change a provider that is not given here.
        if provider.isGiven, let option = foreignOption {
            throw ValidationError("\(option.name) is \(option.message)")
        }
        if let falStartTimeout, !(falStartTimeout > 1 && falStartTimeout <= 86_400) {
            throw ValidationError(
                "--fal-start-timeout: expected more than 1 and at most 86400, found \(falStartTimeout)")
        }
        for (name, seconds) in [
            ("--fal-result-expiry", falResultExpiry ?? 1), ("--fal-upload-expiry", falUploadExpiry ?? 0),
        ] {
            guard (0...1_000_000_000).contains(seconds), name == "--fal-upload-expiry" || seconds > 0 else {
                throw ValidationError("\(name): expected seconds, found \(seconds)")
            }
        }
    }

    /// The options in the form that the client takes.
    var options: ProviderOptions {
        var options = ProviderOptions()
        options.fal.mode = falMode ?? .queue
        options.fal.priority = falPriority
        options.fal.startTimeout = falStartTimeout
        options.fal.resultExpiry = falResultExpiry
        if let falUploadExpiry {
            options.fal.uploadExpiry = falUploadExpiry == 0 ? nil : falUploadExpiry
        }
        options.fal.storesPayloads = !falNoStore
        options.onerouterSendsBareKey = onerouterBareKey
        options.arkWatermark = arkWatermark
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
            valueName: "id"),
        completion: .models)
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Base URL that the request was sent to, if not the provider's own; keys are sent nowhere else.",
            valueName: "url"))
    var baseURL: String?
}
