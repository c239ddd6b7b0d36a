import Pixels
import SeedreamModel

/// Functions that determine the size of a result from the requested size.
enum OutputSize {
    /// The sizes of the presets in px, from fal's toolkit.
    private static let presets: [String: PixelSize] = [
        "square_hd": PixelSize(width: 1024, height: 1024), "square": PixelSize(width: 512, height: 512),
        "portrait_4_3": PixelSize(width: 768, height: 1024),
        "portrait_16_9": PixelSize(width: 576, height: 1024),
        "landscape_4_3": PixelSize(width: 1024, height: 768),
        "landscape_16_9": PixelSize(width: 1024, height: 576),
    ]

    /// The names of the presets that state a shape and a size, without the automatic ones.
    static let names = [
        "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9",
    ]
    static let automaticNames = ["auto", "auto_2K", "auto_4K"]

    /// Returns the size of a preset, scaled up to the minimum area.
    static func preset(
        _ name: String, first: PixelSize?, automatic: Ambiguities.AutomaticSize
    ) -> PixelSize {
        if let size = presets[name] { return atLeastMinimum(size) }
        let side = name == "auto_4K" ? 4096 : 2048
        return shaped(automatic == .firstImage ? first : nil, area: side * side)
    }

    /// Returns the size, scaled up if its area is below 921,600 px², as the providers say they do.
    /// Keeps the aspect ratio.
    static func atLeastMinimum(_ size: PixelSize) -> PixelSize {
        var constraints = InputConstraints.seedream4
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
