import ArgumentParser
import Pixels
import SeedreamClient
import SeedreamModel

/// The content of a request.
struct RequestArguments: ParsableArguments {
    /// A setting of the provider that is on or off, or has its own default if absent.
    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    /// The form of results in the provider's reply.
    enum Receiving: String, ExpressibleByArgument, CaseIterable {
        case url, inline
    }

    @Option(
        help: ArgumentHelp(
            "Size of the result, such as 4K, 16:9@4K or 1536x1024; match: shape of the first image.",
            valueName: "size"),
        completion: .sizes)
    var size = OutputSize.matchFirstImage(.k2)

    @Option(help: ArgumentHelp("Number of separate generations.", valueName: "n"))
    var count = 1

    @Option(
        help: ArgumentHelp(
            "The model, such as 5.0-pro, or its id; see `seedream models` (default: Seedream 4).",
            valueName: "model"),
        completion: .models)
    var model: String?

    @Option(help: ArgumentHelp("Random seed, if the provider supports it.", valueName: "n"))
    var seed: Int?

    @Option(
        help: ArgumentHelp(
            "Most images that one generation may return, as a set.", valueName: "n", visibility: .rare))
    var imagesPerGeneration = 1

    @Option(
        help: ArgumentHelp(
            "The provider's safety check of prompt and result; it checks unless told otherwise.",
            valueName: "switch",
            visibility: .rare))
    var safety: Switch?

    @Option(
        help: ArgumentHelp(
            "How the provider rewrites the prompt (default: its own choice).", valueName: "way",
            visibility: .rare))
    var enhance: PromptEnhancement?

    @Option(
        help: ArgumentHelp(
            "Format of the result, if the model has a choice (default: its own).", valueName: "format",
            visibility: .rare))
    var resultFormat: ResultFormat?

    @Option(
        help: ArgumentHelp(
            "Background of the result, if the model has a choice; cut-outs then keep their alpha.",
            valueName: "kind", visibility: .rare))
    var resultBackground: ResultBackground?

    @Option(
        help: ArgumentHelp(
            "How closely the prompt is followed, if the model has such a scale.", valueName: "number",
            visibility: .rare))
    var guidanceScale: Double?

    @Option(
        help: ArgumentHelp(
            "Results as addresses to download, or in the reply itself.", valueName: "form",
            visibility: .rare))
    var receive = Receiving.url

    @Option(
        help: ArgumentHelp(
            "Address that the provider calls when the job has ended.", valueName: "url", visibility: .rare))
    var webhook: String?

    /// The largest number of results of one request, as far as the command line tells.
    func outputs(layers: Bool = false) -> Int { layers ? 100 : count * imagesPerGeneration }

    /// Returns the model for a request: that of the option, or else the configured one.
    ///
    /// - Returns: `nil` for the provider's Seedream 4.
    func model(of provider: ProviderID, edits: Bool) -> String? {
        model ?? ModelChoice.configured.model(of: provider, edits: edits)
    }

    /// Applies the options to a request.
    func apply(to request: inout GenerationRequest) {
        request.model = model
        request.size = size
        request.count = count
        request.imagesPerGeneration = imagesPerGeneration
        request.seed = seed
        request.safetyChecker = safety.map { $0 == .on }
        request.enhancement = enhance
        request.delivery = receive == .inline ? .inline : .url
        request.webhook = webhook
        request.resultFormat = resultFormat
        request.resultBackground = resultBackground
        request.guidanceScale = guidanceScale
    }

    func validate() throws {
        guard (1...1000).contains(count) else {
            throw ValidationError("--count: expected 1 to 1000, found \(count)")
        }
        // No provider makes an image this small; a ratio was meant.
        if case .pixels(let pixels) = size, min(pixels.width, pixels.height) < 64 {
            throw ValidationError(
                "--size: \(pixels) is a size in pixels, too small for any provider; for a ratio write `--size \(pixels.width):\(pixels.height)`"
            )
        }
        if let guidanceScale, !(guidanceScale > 0 && guidanceScale <= 100) {
            throw ValidationError(
                "--guidance-scale: expected more than 0 and at most 100, found \(guidanceScale)")
        }
        if resultBackground == .transparent, resultFormat == .jpeg {
            throw ValidationError(
                "'--result-background transparent' needs PNG; leave out '--result-format jpeg'")
        }
        guard (1...1000).contains(imagesPerGeneration) else {
            throw ValidationError(
                "--images-per-generation: expected 1 to 1000, found \(imagesPerGeneration)")
        }
    }
}

/// How a run of several requests continues, and when it stops.
struct RunArguments: ParsableArguments {
    @Flag(help: "Send the failed rows of a run again.")
    var retryFailed = false

    @Flag(
        help: ArgumentHelp(
            "Buy again rows that are open, unknown, or saved but gone from disk and provider.",
            visibility: .rare))
    var again = false

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Name of the run to start or to continue.", valueName: "name", visibility: .rare),
        completion: .runs)
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Stop after this number of failed rows.", valueName: "n", visibility: .rare))
    var maxFailures: Int?

    @Option(
        help: ArgumentHelp(
            "Stop when this share of rows has failed, checked from 20 rows on.", valueName: "0-1",
            visibility: .rare))
    var maxFailureRate: Double?

    @Option(
        help: ArgumentHelp(
            "Most requests of the account in flight, in all processes that share the ledger.",
            valueName: "n", visibility: .rare))
    var inFlight: Int?

    func validate() throws {
        if let inFlight, inFlight < 1 {
            throw ValidationError("--in-flight: expected 1 or more, found \(inFlight)")
        }
        if let maxFailures, maxFailures < 1 {
            throw ValidationError("--max-failures: expected 1 or more, found \(maxFailures)")
        }
        if let maxFailureRate, !(0...1).contains(maxFailureRate) {
            throw ValidationError("--max-failure-rate: expected 0 to 1, found \(maxFailureRate)")
        }
        if let name, name.isEmpty { throw ValidationError("--run: expected a name, found nothing") }
    }
}
