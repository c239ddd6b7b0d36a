import Pixels
import SeedreamModel

/// Functions that determine the size of a result from the requested size.
enum OutputSize {
    /// The names of the presets that state a shape and a size, without the automatic ones.
    static let names = SizePreset.allCases.filter { $0.pixels != nil }.map(\.rawValue)
    static let automaticNames = ["auto", "auto_2K", "auto_4K"]

    /// The areas of Seedream 4 in px².
    static let seedream4Areas = 921_600...16_777_216
    /// The largest area drawn for a model whose own limit is unknown, in px²: 4096x4096, the
    /// largest of any model that is known.
    static let largestArea = seedream4Areas.upperBound

    /// Returns the size of a preset.
    ///
    /// - Parameter areas: The areas that the model makes, in px². A named size outside is scaled;
    ///   an automatic one is not larger.
    static func preset(
        _ name: String, first: PixelSize?, automatic: Ambiguities.AutomaticSize,
        areas: ClosedRange<Int> = OutputSize.seedream4Areas
    ) -> PixelSize {
        let preset = SizePreset(rawValue: name)
        if let size = preset?.pixels { return within(areas, size) }
        let side = preset?.automaticSide ?? 2048
        return shaped(automatic == .firstImage ? first : nil, area: min(side * side, areas.upperBound))
    }

    /// Returns the size, scaled up if its area is below 921,600 px², as the providers say they do.
    /// Keeps the aspect ratio.
    static func atLeastMinimum(_ size: PixelSize) -> PixelSize { within(seedream4Areas, size) }

    /// Returns the size, scaled if its area in px² is outside a range. Keeps the aspect ratio.
    static func within(_ areas: ClosedRange<Int>, _ size: PixelSize) -> PixelSize {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = areas.lowerBound
        constraints.maximumArea = areas.upperBound
        constraints.maximumAspectRatio = .greatestFiniteMagnitude
        return (try? constraints.targetSize(for: size)) ?? size
    }

    /// Returns whether the long side is at most `ratio` times the short one.
    static func isWithin(ratio: Double, _ size: PixelSize) -> Bool {
        Double(size.longSide) <= ratio * Double(size.shortSide)
    }

    /// Returns the largest size of a shape within an area in px²; a square if `shape` is `nil`.
    static func shaped(_ shape: PixelSize?, area: Int) -> PixelSize {
        let ratio = shape.map { Double($0.width) / Double($0.height) } ?? 1
        let width = (Double(area) * ratio).squareRoot()
        return PixelSize(width: max(1, Int(width)), height: max(1, Int(width / ratio)))
    }
}

extension SizePreset {
    /// The side in px that the name of an automatic preset states; 2048 if it states none.
    fileprivate var automaticSide: Int {
        switch self {
        case .auto1K: SizeTier.k1.side
        case .auto1_5K: SizeTier.k1_5.side
        case .auto3K: SizeTier.k3.side
        case .auto4K: SizeTier.k4.side
        default: SizeTier.k2.side
        }
    }
}
