import ArgumentParser
import ImageCodecs
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

    @Option(help: "Damaged JPEG and TIFF data: refuse, or warn and use what can be decoded.")
    var damage = PreparationOptions.DamagePolicy.refuse

    @Flag(help: "More inputs than one request takes is an error.")
    var strict = false

    @Option(help: ArgumentHelp("Images worked on at once (default: processors).", valueName: "n"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "Memory for images in work (default: half of what the system grants, 4GiB at most).",
            valueName: "bytes"))
    var memory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Largest image that is decoded, in px (default: 268402689).", valueName: "n", visibility: .hidden)
    )
    var maxPixels: Int?

    @Option(
        help: ArgumentHelp(
            "Memory that decoding one image may take (default: 1GiB).", valueName: "size", visibility: .hidden
        ))
    var maxDecodeMemory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Bytes of one input file (default: 512MiB).", valueName: "size", visibility: .hidden))
    var maxInputBytes: ByteCount?

    /// What an image may cost to read.
    private func limits() throws -> DecodeLimits {
        var limits = DecodeLimits()
        func set(_ value: Int?, _ path: WritableKeyPath<DecodeLimits, Int>, _ name: String) throws {
            guard let value else { return }
            guard value > 0 else { throw ValidationError("'\(name)' must be above 0") }
            limits[keyPath: path] = value
        }
        try set(maxPixels, \.maximumPixels, "--max-pixels")
        try set(maxDecodeMemory?.value, \.maximumDecodeMemory, "--max-decode-memory")
        try set(maxInputBytes?.value, \.maximumInputBytes, "--max-input-bytes")
        return limits
    }

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
        options.damage = damage
        options.isStrict = strict
        options.jobs = jobs
        options.memoryBudget = memory?.value
        options.limits = try limits()
        return options
    }
}
