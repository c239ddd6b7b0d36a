import ArgumentParser
import ImagePreparation
import Pixels

/// How the images are made so.
struct PreparationArguments: ParsableArguments {
    @Option(
        help: "Format of images that are encoded anew: auto, jpeg, png, webp. A named format is used for all."
    )
    var format = PreparationOptions.OutputFormat.automatic

    @Option(
        help: ArgumentHelp(
            "JPEG or WebP quality, 1 to 100 (default: the source's, held between 85 and 92).", valueName: "q")
    )
    var quality: Int?

    @Option(
        name: [.customLong("colour"), .customLong("color")],
        help: "Colours that are not sRGB: convert, or keep them with their profile.")
    var color = PreparationOptions.ColorPolicy.convert

    @Option(
        help: ArgumentHelp(
            "What transparency is composited on: white, black or #rrggbb.", valueName: "colour"))
    var background = RGBColor.white

    @Flag(help: "Keep alpha, as PNG, instead of compositing it.")
    var keepAlpha = false

    @Flag(help: "Leave metadata, GPS included, in images that pass through.")
    var keepMetadata = false

    @Option(help: "Resampling: \(ResamplingFilter.allCases.map(\.rawValue).joined(separator: ", ")).")
    var filter = ResamplingFilter.lanczos3

    @Flag(help: "Decode every pixel of images that pass through.")
    var verify = false

    @Flag(help: "More inputs than one request takes is an error.")
    var strict = false

    @Option(help: ArgumentHelp("Images worked on at once (default: processors).", valueName: "n"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "Memory for images in work (default: half of what the system grants, 4GiB at most).",
            valueName: "bytes"))
    var memory: ByteCount?

    func options() throws -> PreparationOptions {
        if let quality, !(1...100).contains(quality) { throw ValidationError("'--quality' must be 1 to 100") }
        if let jobs, jobs < 1 { throw ValidationError("'--jobs' must be at least 1") }
        if keepAlpha, format == .jpeg {
            throw ValidationError("'--keep-alpha' needs '--format auto', 'png' or 'webp'")
        }
        var options = PreparationOptions()
        options.format = format
        options.quality = quality
        options.color = color
        options.background = background
        options.keepsAlpha = keepAlpha
        options.keepsMetadata = keepMetadata
        options.filter = filter
        options.verifies = verify
        options.isStrict = strict
        options.jobs = jobs
        options.memoryBudget = memory?.value
        return options
    }
}
