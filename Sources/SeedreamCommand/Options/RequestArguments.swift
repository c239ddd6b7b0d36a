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

    @Option(help: ArgumentHelp("The provider's model id (default: its Seedream 4).", valueName: "id"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Size of the result: match (the shape of the first image), 2K, match@4K, 16:9, 16:9@4K, 1536x1024, or a provider's name such as square_hd.",
            valueName: "size"))
    var size = OutputSize.matchFirstImage(.k2)

    @Option(help: ArgumentHelp("Number of separate generations.", valueName: "n"))
    var count = 1

    @Option(help: ArgumentHelp("Most images that one generation may return, as a set.", valueName: "n"))
    var imagesPerCall = 1

    @Option(
        help: ArgumentHelp(
            "Random seed; the same seed and inputs give the same image if the provider supports it.",
            valueName: "n"))
    var seed: Int?

    @Option(help: "The provider's safety check of prompt and result (default: on).")
    var safety: Switch?

    @Option(help: "How the provider rewrites the prompt (default: its own choice).")
    var enhance: PromptEnhancement?

    @Flag(help: "Receive results in the reply itself instead of as URLs.")
    var inline = false

    @Option(help: ArgumentHelp("URL that the provider calls when the job has ended.", valueName: "url"))
    var webhook: String?

    /// Applies the options to a request.
    func apply(to request: inout GenerationRequest) {
        request.model = model
        request.size = size
        request.count = count
        request.imagesPerGeneration = imagesPerCall
        request.seed = seed
        request.safetyChecker = safety.map { $0 == .on }
        request.enhancement = enhance
        request.delivery = inline ? .inline : .url
        request.webhook = webhook
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
        guard (1...1000).contains(imagesPerCall) else {
            throw ValidationError("--images-per-call: expected 1 to 1000, found \(imagesPerCall)")
        }
    }
}

/// How a run of several requests continues, and when it stops.
struct RunArguments: ParsableArguments {
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Name of the run to start or to continue.", valueName: "name"))
    var name: String?

    @Flag(help: "Send failed rows again.")
    var retryFailed = false

    @Flag(help: "Buy again rows that are open, unknown, or saved but gone from disk and provider.")
    var again = false

    @Option(help: ArgumentHelp("Stop after this number of failed rows.", valueName: "n"))
    var maxFailures: Int?

    @Option(
        help: ArgumentHelp(
            "Stop when this share of rows has failed, checked from 20 rows on.", valueName: "0-1"))
    var maxFailureRate: Double?

    func validate() throws {
        if let maxFailures, maxFailures < 1 {
            throw ValidationError("--max-failures: expected 1 or more, found \(maxFailures)")
        }
        if let maxFailureRate, !(0...1).contains(maxFailureRate) {
            throw ValidationError("--max-failure-rate: expected 0 to 1, found \(maxFailureRate)")
        }
        if let name, name.isEmpty { throw ValidationError("--run: expected a name, found nothing") }
    }
}
