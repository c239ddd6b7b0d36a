import ArgumentParser
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel

/// The preparation options that are used most; `edit` shows no others.
struct ImageArguments: ParsableArguments {
    @Option(help: "Treatment of images beyond the ratio of --max-ratio.")
    var fit = AspectRatioFit.refuse

    @Option(help: "Format of every image; by default valid files keep theirs.")
    var format = PreparationOptions.OutputFormat.automatic

    @Option(
        help: ArgumentHelp("Colour behind transparency and padding, as #rrggbb.", valueName: "colour"),
        completion: .list(["white", "black"]))
    var background = RGBColor.white
}

/// How images are prepared, apart from ``ImageArguments``.
struct PreparationArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "JPEG or WebP quality, 1 to 100 (default: the source's, limited to 85 to 92).", valueName: "q")
    )
    var quality: Int?

    @Option(
        help: ArgumentHelp(
            "Colours other than sRGB: to sRGB, or as they are with their profile.", valueName: "policy"))
    var colorProfile = PreparationOptions.ColorPolicy.convert

    @Flag(help: "Keep transparency, as PNG or WebP, instead of flattening it.")
    var keepAlpha = false

    @Flag(help: "Keep metadata, GPS included, in images that pass through.")
    var keepMetadata = false

    @Option(help: "Resampling filter.")
    var filter = ResamplingFilter.lanczos3

    @Flag(help: "Also decode every pixel of images that pass through.")
    var verify = false

    @Option(help: "Treatment of damaged JPEG or TIFF data; with a warning, the rest of the image is used.")
    var damage = PreparationOptions.DamagePolicy.refuse

    @Flag(help: "Fail if there are more inputs than one request takes.")
    var failOnDropped = false

    @Option(
        help: ArgumentHelp("Images to prepare at once (default: the number of processors).", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Memory for images being prepared (default: half of what the system grants, at most 4GiB).",
            valueName: "bytes"))
    var memory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Largest image to decode, in px (default: 268402689).", valueName: "n", visibility: .rare)
    )
    var maxPixels: Int?

    @Option(
        help: ArgumentHelp(
            "Largest memory for decoding one image (default: 1GiB).", valueName: "size", visibility: .rare
        ))
    var maxDecodeMemory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Largest input file (default: 512MiB).", valueName: "size", visibility: .rare))
    var maxInputBytes: ByteCount?

    /// The limits on reading one image.
    private func limits() throws -> DecodeLimits {
        var limits = DecodeLimits()
        func set(_ value: Int?, _ path: WritableKeyPath<DecodeLimits, Int>, _ name: String) throws {
            guard let value else { return }
            guard value > 0 else { throw ValidationError("\(name): expected more than 0, found \(value)") }
            limits[keyPath: path] = value
        }
        try set(maxPixels, \.maximumPixels, "--max-pixels")
        try set(maxDecodeMemory?.value, \.maximumDecodeMemory, "--max-decode-memory")
        try set(maxInputBytes?.value, \.maximumInputBytes, "--max-input-bytes")
        return limits
    }

    func options(_ images: ImageArguments) throws -> PreparationOptions {
        if let quality, !(1...100).contains(quality) {
            throw ValidationError("--quality: expected 1 to 100, found \(quality)")
        }
        if let threads, threads < 1 {
            throw ValidationError("--threads: expected 1 or more, found \(threads)")
        }
        if keepAlpha, images.format == .jpeg {
            throw ValidationError("'--keep-alpha' needs '--format auto', 'png' or 'webp'")
        }
        var options = PreparationOptions()
        options.format = images.format
        options.quality = quality
        options.color = colorProfile
        options.background = images.background
        options.keepsAlpha = keepAlpha
        options.keepsMetadata = keepMetadata
        options.filter = filter
        options.verifies = verify
        options.damage = damage
        options.isStrict = failOnDropped
        options.jobs = threads
        options.memoryBudget = memory?.value
        options.limits = try limits()
        return options
    }
}
