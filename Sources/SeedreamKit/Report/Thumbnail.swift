package import ImagePreparation
public import Pixels
public import SeedreamModel

/// A small JPEG of an image: sRGB, upright, without metadata or profile.
///
/// Its long side is at most ``longSide`` px and its length at most ``maximumBytes`` bytes; a
/// smaller image keeps its size. The pixels are always re-encoded, so that only the appearance of
/// the file remains.
public struct Thumbnail: Hashable, Sendable {
    /// The maximum long side in px: 512, so that an image of 256 CSS px is sharp on a screen of
    /// twice the density.
    public static let longSide = 512
    /// The maximum encoded length in bytes: 20 000. Two thumbnails for each of 1 000 rows take 53
    /// MB as base64.
    public static let maximumBytes = 20_000
    /// The background of transparent parts: `#d9d9d9`, on which both black and white are visible.
    public static let ground = RGBColor(red: 0xD9, green: 0xD9, blue: 0xD9)

    /// The encoded JPEG.
    public var bytes: EncodedBytes
    /// The size in px.
    public var size: PixelSize
    /// Whether transparent parts were composited on ``ground``.
    public var isFlattened: Bool
    /// Whether the file is damaged, so that only the decodable part is shown.
    public var isDamaged: Bool
}

extension Thumbnail {
    /// Makes the thumbnail of a prepared image.
    ///
    /// - Throws: `PreparationFailure` if the image cannot be decoded; `CancellationError`.
    @concurrent public init(of image: PreparedImage) async throws {
        (self, _) = try await Self.made(of: .bytes(image.bytes.array, name: image.source.name))
    }

    /// The outcome for one image.
    package enum Outcome: Sendable {
        /// A thumbnail, and the facts from the header of its source.
        case made(Thumbnail, SourceFacts)
        /// The reason why there is no thumbnail, one line.
        case failed(String)
    }

    /// Makes thumbnails, several at once, and delivers them in order. Memory and threads are
    /// limited for all preparations of the process together; at most eight thumbnails wait for a
    /// slower one. Our number.
    ///
    /// - Throws: The errors of `deliver`, and `CancellationError`. An image that cannot be read is
    ///   an outcome, not an error.
    package static func make(of inputs: [ImageInput], deliver: (Outcome) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var (started, delivered) = (0, 0)
            var waiting: [Int: Outcome] = [:]
            while delivered < inputs.count {
                while started < min(delivered + 8, inputs.count) {
                    let (number, input) = (started, inputs[started])
                    group.addTask { (number, try await outcome(of: input)) }
                    started += 1
                }
                guard let (number, outcome) = try await group.next() else { break }
                waiting[number] = outcome
                while let next = waiting.removeValue(forKey: delivered) {
                    try await deliver(next)
                    delivered += 1
                }
            }
        }
    }

    @concurrent private static func outcome(of input: ImageInput) async throws -> Outcome {
        do {
            let (thumbnail, facts) = try await made(of: input)
            return .made(thumbnail, facts)
        } catch let failure as PreparationFailure {
            return .failed(failure.inputs.first?.message ?? "\(failure)")
        } catch let error as PreparationError {
            return .failed(error.description)
        }
    }

    // MARK: Reduction and encoding

    /// The first step does the expensive work: it decodes the image and reduces it to a quarter of
    /// a megapixel. Its result is a PNG, which is lossless and makes the second step re-encode.
    private static let reducer: ImagePreparer = {
        var constraints = InputConstraints()
        constraints.minimumArea = 1
        constraints.maximumArea = longSide * longSide
        // A longer strip is padded with the background, so that its short side does not vanish.
        constraints.maximumAspectRatio = 32
        constraints.fit = .pad
        constraints.maximumBytes = 64 << 20
        var options = PreparationOptions()
        options.format = .png
        options.background = ground
        options.damage = .warn
        return ImagePreparer(constraints: constraints, options: options)
    }()

    private static func made(of input: ImageInput) async throws -> (Thumbnail, SourceFacts) {
        guard let reduced = try await reducer.prepare([input]).images.first else {
            throw PreparationError.internalError("expected an image, found none")
        }
        return (try await encoded(reduced), reduced.source)
    }

    /// The second step tries several qualities on the small image. Our numbers, chosen by eye: a
    /// larger image of lower quality shows more than a smaller one.
    private static func encoded(_ image: PreparedImage) async throws -> Thumbnail {
        var constraints = bounds(for: image.size)
        constraints.maximumAspectRatio = .infinity
        constraints.maximumBytes = maximumBytes
        var options = PreparationOptions()
        options.format = .jpeg
        options.background = ground
        let input = ImageInput.bytes(image.bytes.array, name: image.source.name)
        func attempt(_ quality: Int, _ failures: ImagePreparer.FailurePolicy) async throws -> PreparedImage? {
            options.quality = quality
            let preparer = ImagePreparer(constraints: constraints, options: options)
            return try await preparer.prepare([input], failures: failures).images.first
        }
        var small = try await attempt(80, .collect)
        if small == nil { small = try await attempt(66, .collect) }
        if small == nil {
            // The size is reduced only if the lowest quality is still too large.
            constraints.minimumArea = 1
            small = try await attempt(52, .refuse)
        }
        guard let small else { throw PreparationError.tooManyBytes(maximum: maximumBytes) }
        return Thumbnail(
            bytes: small.bytes, size: small.size,
            isFlattened: (image.reasons + small.reasons).contains(.flattened),
            isDamaged: image.reasons.contains(.damaged))
    }

    /// Returns constraints on the area that allow exactly one size: the largest whose long side is
    /// at most ``longSide``.
    private static func bounds(for size: PixelSize) -> InputConstraints {
        var bounds = InputConstraints()
        if size.longSide > longSide {
            bounds.maximumArea = longSide * max(1, longSide * size.shortSide / size.longSide)
            bounds.minimumArea = bounds.reduced(size, toArea: bounds.maximumArea).area
        } else {
            (bounds.minimumArea, bounds.maximumArea) = (size.area, size.area)
        }
        return bounds
    }
}
