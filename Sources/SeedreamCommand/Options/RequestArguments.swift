import ArgumentParser
import Pixels
import SeedreamClient
import SeedreamModel

/// What is asked for.
struct RequestArguments: ParsableArguments {
    /// A switch of the host's that has a default of its own.
    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @Option(help: ArgumentHelp("The host's id of the model (default: its Seedream 4).", valueName: "id"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "As match (the shape of the first image), 2K, match@4K, 16:9, 16:9@4K, 1536x1024, or a host's name as square_hd",
            valueName: "size"))
    var size = OutputSize.matchFirstImage(.k2)

    @Option(help: ArgumentHelp("Separate generations.", valueName: "n"))
    var count = 1

    @Option(help: ArgumentHelp("Images that one generation may make, as a set.", valueName: "n"))
    var imagesPerCall = 1

    @Option(help: ArgumentHelp("Makes a host repeat itself, where it can.", valueName: "n"))
    var seed: Int?

    @Option(help: "The host's check of prompt and result (default: on).")
    var safety: Switch?

    @Option(help: "How the host rewrites the prompt (default: its own way).")
    var enhance: PromptEnhancement?

    @Flag(help: "Take results inside the reply instead of from URLs.")
    var inline = false

    @Option(help: ArgumentHelp("A URL that the host calls when the job has ended.", valueName: "url"))
    var webhook: String?

    /// Changes a request to what was asked for.
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
        // No provider makes an image as small as this; it is a shape that was meant.
        if case .pixels(let pixels) = size, min(pixels.width, pixels.height) < 64 {
            throw ValidationError(
                "--size: \(pixels) is a size in pixels, too small for any provider; for a shape write `--size \(pixels.width):\(pixels.height)`"
            )
        }
        guard (1...1000).contains(imagesPerCall) else {
            throw ValidationError("--images-per-call: expected 1 to 1000, found \(imagesPerCall)")
        }
    }
}

/// How a run of several requests goes on, and when it stops.
struct RunArguments: ParsableArguments {
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The run that this belongs to, by a name of yours.", valueName: "name"))
    var name: String?

    @Flag(help: "Send rows again that failed before.")
    var retryFailed = false

    @Flag(help: "Buy again what is open, unknown, or saved and lost.")
    var again = false

    @Option(help: ArgumentHelp("Stop after so many failed rows.", valueName: "n"))
    var maxFailures: Int?

    @Option(help: ArgumentHelp("Stop once this share failed, after 20 rows.", valueName: "0-1"))
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
