public import Pixels

/// What a host's input images must be. All rules of preparation are data here.
///
/// The two areas are stated by the hosts for the *generated* picture (`image_size`); for inputs
/// they are this toolkit's policy, and inside every limit on inputs that a host documents.
public struct InputConstraints: Hashable, Codable, Sendable {
    /// The smallest area sent, in px². 921 600 (960x960) by default: fal.ai `seedream/v4/edit`,
    /// `image_size`.
    public var minimumArea = 921_600
    /// The largest area sent, in px². 16 777 216 (4096x4096) by default: fal.ai
    /// `seedream/v4/text-to-image`.
    public var maximumArea = 16_777_216
    /// Long side over short side, at most. 3 by default: a live host answers 400 to 3.45:1.
    public var maximumAspectRatio = 3.0
    /// Images of one request; of more, only the last ones are used. 10 by default: fal.ai,
    /// `image_urls`.
    public var maximumInputs = 10
    /// Encoded bytes of one image, before base64. 8 000 000 by default, ours; hosts state 10 MB or
    /// more.
    public var maximumBytes = 8_000_000
    /// Bytes of the whole request body, data URIs included. 20 000 000 by default, ours.
    public var maximumBodyBytes = 20_000_000
    /// Media types that may go out as they are. JPEG and PNG by default, which every host takes.
    public var acceptedMediaTypes: [MediaType] = [.jpeg, .png]
    /// What happens beyond ``maximumAspectRatio``. Refused by default.
    public var fit = AspectRatioFit.refuse

    /// Makes the default constraints, those of ``seedream4``.
    public init() {}
}

extension InputConstraints {
    /// The profile `seedream-4`: what every host of Seedream 4 takes.
    public static let seedream4 = InputConstraints()

    /// The named profiles: `seedream-4` and one for each host, in the order of the help.
    public static let profiles: [(name: String, constraints: InputConstraints)] = [
        ("seedream-4", .seedream4),
        // fal caps a data URI field at 10·1024·1024 characters (fal server toolkit), and takes
        // WebP.
        ("fal", .seedream4.with(bytes: 7_500_000, types: [.jpeg, .png, .webp])),
        ("aiml", .seedream4),
        ("onerouter", .seedream4),
        // Hosted upload, 25 MB a file (Apiframe OpenAPI); no data URIs.
        ("apiframe", .seedream4.with(bytes: 25_000_000)),
        // 10 MB an image (BytePlus ModelArk 1541523, read as decimal megabytes).
        ("ark", .seedream4.with(bytes: 10_000_000)),
    ]

    /// Returns the named profile, or `nil` if there is none of that name.
    public static func profile(named name: String) -> InputConstraints? {
        profiles.first { $0.name == name }?.constraints
    }

    private func with(bytes: Int, types: [MediaType]? = nil) -> InputConstraints {
        var copy = self
        copy.maximumBytes = bytes
        if let types { copy.acceptedMediaTypes = types }
        return copy
    }
}

extension InputConstraints {
    /// Whether the long side is at most ``maximumAspectRatio`` times the short one.
    public func acceptsAspectRatio(of size: PixelSize) -> Bool {
        Double(size.longSide) <= maximumAspectRatio * Double(size.shortSide)
    }

    /// Returns the size an input of the given size must be rescaled to.
    ///
    /// A conforming size comes back unchanged. Otherwise the short side is rounded towards the
    /// violated bound, and the long side is the new short side times the source's ratio, rounded
    /// the same way. So the result conforms by construction, crosses no ratio limit that the source
    /// kept, and applying this twice changes nothing.
    ///
    /// - Parameter size: The *display* size, orientation applied, in px.
    /// - Returns: A size in px whose area lies in `minimumArea...maximumArea` (px²).
    /// - Throws: ``ConstraintError/aspectRatioOutOfRange(_:maximum:)`` if the long side exceeds
    ///   ``maximumAspectRatio`` times the short one;
    ///   ``ConstraintError/noConformingSize(_:minimumArea:maximumArea:)`` if the two areas lie so
    ///   close together that no whole size fits between.
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
        // The smallest s with s²·long ≥ minimumArea·short; the square root only says where to look.
        var side = Int((Double(minimumArea) * Double(short) / Double(long)).squareRoot())
        while side > 1, (side - 1) * (side - 1) * long >= minimumArea * short { side -= 1 }
        while side * side * long < minimumArea * short { side += 1 }
        while true {
            // Rounding the long side up may pass a fractional ratio limit by part of a pixel; the
            // limit wins, and where the area then falls short, the next short side does.
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

/// What happens to a picture whose aspect ratio is outside the limit.
public enum AspectRatioFit: String, Hashable, Codable, Sendable, CaseIterable {
    /// It is an error; the default.
    case refuse
    /// Bands of the background colour are added along the long sides.
    case pad
    /// The ends of the long side are cut off, equally.
    case crop
}

/// Why no size conforms.
public enum ConstraintError: Error, Hashable, Sendable {
    /// The long side exceeds `maximum` times the short one; no rescaling can mend that.
    case aspectRatioOutOfRange(PixelSize, maximum: Double)
    /// No size with this aspect ratio has an area in px² between the two bounds.
    case noConformingSize(PixelSize, minimumArea: Int, maximumArea: Int)
}

extension ConstraintError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .aspectRatioOutOfRange(let size, let maximum):
            let limit = maximum.formattedShortly
            let exact = Double(size.longSide) / Double(max(size.shortSide, 1))
            // A hair beyond the limit must not read as the limit.
            let rounded = exact.formattedShortly
            let ratio = rounded == limit ? "\((exact * 10_000).rounded(.up) / 10_000)" : rounded
            let found = size.width >= size.height ? "\(ratio):1" : "1:\(ratio)"
            return "aspect ratio \(found) (\(size)) is outside 1:\(limit) to \(limit):1"
        case .noConformingSize(let size, let minimum, let maximum):
            return "no size with the shape of \(size) has between \(minimum) and \(maximum) px²"
        }
    }
}
