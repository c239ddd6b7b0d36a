package import ImagePreparation
public import Pixels
public import SeedreamModel

/// A small JPEG of an image: sRGB, upright, without metadata or profile.
///
/// It is at most ``longSide`` px long and at most ``maximumBytes`` bytes; an image that is smaller
/// keeps its size. Its pixels are always encoded anew, so that nothing of the file but its look is
/// left.
public struct Thumbnail: Hashable, Sendable {
    /// The longest side, in px: 512, so that an image of 256 CSS px is sharp on a screen of twice
    /// the density.
    public static let longSide = 512
    /// The most encoded bytes: 20 000. Two for each of 1 000 rows, as base64, are 53 MB.
    public static let maximumBytes = 20_000
    /// What transparent parts are composited on: `#d9d9d9`, on which black and white both show.
    public static let ground = RGBColor(red: 0xD9, green: 0xD9, blue: 0xD9)

    /// The JPEG.
    public var bytes: EncodedBytes
    /// Its size, in px.
    public var size: PixelSize
    /// Whether transparent parts were composited on ``ground``.
    public var isFlattened: Bool
    /// Whether the file is damaged, and only what could be decoded is shown.
    public var isDamaged: Bool
}

extension Thumbnail {
    /// Makes the thumbnail of an image that was prepared.
    ///
    /// - Throws: `PreparationFailure` where it cannot be decoded; `CancellationError`.
    @concurrent public init(of image: PreparedImage) async throws {
        (self, _) = try await Self.made(of: .bytes(image.bytes.array, name: image.source.name))
    }

    /// What became of one image.
    package enum Outcome: Sendable {
        /// A thumbnail, and what the header of its source says.
        case made(Thumbnail, SourceFacts)
        /// Why there is none, one line.
        case failed(String)
    }

    /// Makes thumbnails, several at once, and hands each over in order. Memory and threads are
    /// those that all preparations of the process share; of thumbnails, eight at most wait for a
    /// slower one. Our number.
    ///
    /// - Throws: What `deliver` throws, and `CancellationError`. An image that cannot be read is an
    ///   outcome.
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

    // MARK: Two steps

    /// The first step does what costs: it decodes, and reduces to a quarter of a megapixel. A PNG
    /// loses nothing, and since a thumbnail is none, it makes sure that the second step encodes
    /// anew.
    private static let reducer: ImagePreparer = {
        var constraints = InputConstraints()
        constraints.minimumArea = 1
        constraints.maximumArea = longSide * longSide
        // A strip that is longer gets bands of the ground, so that a row of its thumbnail is left.
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

    /// The second step tries qualities on what is small already. Our numbers, by the look of it: a
    /// large image of lower quality shows more than a small one.
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
            // Only where the last quality is still too much, the size gives way.
            constraints.minimumArea = 1
            small = try await attempt(52, .refuse)
        }
        guard let small else { throw PreparationError.tooManyBytes(maximum: maximumBytes) }
        return Thumbnail(
            bytes: small.bytes, size: small.size,
            isFlattened: (image.reasons + small.reasons).contains(.flattened),
            isDamaged: image.reasons.contains(.damaged))
    }

    /// The areas between which lies one size alone: the largest whose long side is at most
    /// ``longSide``.
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
