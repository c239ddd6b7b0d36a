public import Pixels

/// The requirements for a provider's input images. All rules of preparation are data here.
///
/// The providers state the two areas for the *generated* image (`image_size`). For inputs they are
/// this toolkit's policy, and within every documented limit on inputs: `docs/providers.md`, "Sizes
/// and numbers of images".
public struct InputConstraints: Hashable, Codable, Sendable {
    /// The minimum area sent, in px². Default: 921 600 (960x960); source: fal.ai
    /// `seedream/v4/edit`, `image_size`.
    public var minimumArea = 921_600
    /// The maximum area sent, in px². Default: 16 777 216 (4096x4096); source: fal.ai
    /// `seedream/v4/text-to-image`.
    public var maximumArea = 16_777_216
    /// The maximum ratio of the long side to the short side. Default: 3; a live provider answered
    /// 400 to 3.45:1.
    public var maximumAspectRatio = 3.0
    /// The maximum number of images in one request; if there are more, only the last ones are used.
    /// Default: 10; source: fal.ai, `image_urls`.
    public var maximumInputs = 10
    /// The maximum size of one encoded image in bytes, before base64. Default: 8 000 000, our
    /// choice; providers state 10 MB or more.
    public var maximumBytes = 8_000_000
    /// The maximum size of the whole request body in bytes, data URIs included. Default:
    /// 20 000 000, our choice.
    public var maximumBodyBytes = 20_000_000
    /// The media types that may be sent unchanged. Default: JPEG and PNG, which every provider
    /// accepts.
    public var acceptedMediaTypes: [MediaType] = [.jpeg, .png]
    /// The treatment of images beyond ``maximumAspectRatio``. Default: `refuse`.
    public var fit = AspectRatioFit.refuse

    /// Creates the default constraints, those of ``seedream4``.
    public init() {}
}

extension InputConstraints {
    /// The profile `seedream-4`, which every provider of Seedream 4 accepts.
    public static let seedream4 = InputConstraints()
}

extension InputConstraints {
    /// Returns whether the long side is at most ``maximumAspectRatio`` times the short side.
    public func acceptsAspectRatio(of size: PixelSize) -> Bool {
        Double(size.longSide) <= maximumAspectRatio * Double(size.shortSide)
    }

    /// Returns the size to which an input of the given size must be rescaled.
    ///
    /// A conforming size is returned unchanged. Otherwise the short side is rounded towards the
    /// violated bound, and the long side is the new short side times the source's ratio, rounded
    /// the same way. The result therefore conforms by construction and never exceeds a ratio limit
    /// that the source met; applying the function twice gives the same size.
    ///
    /// - Parameter size: The *display* size, orientation applied, in px.
    /// - Returns: A size in px whose area is in `minimumArea...maximumArea` (px²).
    /// - Throws: ``ConstraintError/aspectRatioOutOfRange(_:maximum:)`` if the long side exceeds
    ///   ``maximumAspectRatio`` times the short side;
    ///   ``ConstraintError/noConformingSize(_:minimumArea:maximumArea:)`` if no whole-pixel size
    ///   fits between the two areas.
    /// - Complexity: O(1).
    public func targetSize(for size: PixelSize) throws(ConstraintError) -> PixelSize {
        guard size.shortSide > 0, acceptsAspectRatio(of: size) else {
            throw .aspectRatioOutOfRange(size, maximum: maximumAspectRatio)
        }
        let target: PixelSize
        if size.area < minimumArea {
            target = enlarged(size)
        } else if size.area > maximumArea {
            target = reduced(size, toArea: maximumArea)
        } else {
            return size
        }
        guard target.shortSide > 0, (minimumArea...max(minimumArea, maximumArea)).contains(target.area) else {
            throw .noConformingSize(size, minimumArea: minimumArea, maximumArea: maximumArea)
        }
        return target
    }

    private func enlarged(_ size: PixelSize) -> PixelSize {
        let (short, long) = (size.shortSide, size.longSide)
        // The smallest s with s²·long ≥ minimumArea·short; the square root is only the starting
        // point.
        var side = Int((Double(minimumArea) * Double(short) / Double(long)).squareRoot())
        while side > 1, (side - 1) * (side - 1) * long >= minimumArea * short { side -= 1 }
        while side * side * long < minimumArea * short { side += 1 }
        while true {
            // Rounding the long side up may exceed a fractional ratio limit by part of a pixel. The
            // limit takes precedence; if the area is then too small, the next short side is tried.
            let exact = (side * long + short - 1) / short
            let longSide = min(
                exact, max(Int(min(maximumAspectRatio * Double(side), Double(exact))), side * long / short))
            if side * longSide >= minimumArea { return oriented(short: side, long: longSide, like: size) }
            side += 1
        }
    }

    /// Returns the largest size with the shape of `size` and at most `area` px².
    package func reduced(_ size: PixelSize, toArea area: Int) -> PixelSize {
        let (short, long) = (size.shortSide, size.longSide)
        var side = Int((Double(area) * Double(short) / Double(long)).squareRoot())
        while side * side * long > area * short { side -= 1 }
        while (side + 1) * (side + 1) * long <= area * short { side += 1 }
        return oriented(short: side, long: side * long / short, like: size)
    }

    private func oriented(short: Int, long: Int, like size: PixelSize) -> PixelSize {
        size.width <= size.height
            ? PixelSize(width: short, height: long) : PixelSize(width: long, height: short)
    }
}

/// The treatment of an image with an aspect ratio outside the limit.
public enum AspectRatioFit: String, Hashable, Codable, Sendable, CaseIterable {
    /// The image is rejected. The default.
    case refuse
    /// Stripes of the background colour are added along the long sides.
    case pad
    /// Both ends of the long side are cut off equally.
    case crop
}

/// The reason why no size conforms.
public enum ConstraintError: Error, Hashable, Sendable {
    /// The long side exceeds `maximum` times the short side; rescaling cannot change that.
    case aspectRatioOutOfRange(PixelSize, maximum: Double)
    /// No size with this aspect ratio has an area between the two bounds, in px².
    case noConformingSize(PixelSize, minimumArea: Int, maximumArea: Int)
}

extension ConstraintError: CustomStringConvertible {
    /// The values expected and found, on one line.
    public var description: String {
        switch self {
        case .aspectRatioOutOfRange(let size, let maximum):
            let limit = maximum.formattedShortly
            let exact = Double(size.longSide) / Double(max(size.shortSide, 1))
            // A ratio slightly above the limit must not be printed as the limit.
            let rounded = exact.formattedShortly
            let ratio = rounded == limit ? "\((exact * 10_000).rounded(.up) / 10_000)" : rounded
            let found = size.width >= size.height ? "\(ratio):1" : "1:\(ratio)"
            return "aspect ratio \(found) (\(size)) is outside 1:\(limit) to \(limit):1"
        case .noConformingSize(let size, let minimum, let maximum):
            return "no size with the shape of \(size) has between \(minimum) and \(maximum) px²"
        }
    }
}
