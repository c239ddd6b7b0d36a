import Pixels
import SeedreamModel

/// The size of a result, from what was asked for.
enum OutputSize {
    /// Pixels of the presets, from fal's toolkit.
    private static let presets: [String: PixelSize] = [
        "square_hd": PixelSize(width: 1024, height: 1024), "square": PixelSize(width: 512, height: 512),
        "portrait_4_3": PixelSize(width: 768, height: 1024),
        "portrait_16_9": PixelSize(width: 576, height: 1024),
        "landscape_4_3": PixelSize(width: 1024, height: 768),
        "landscape_16_9": PixelSize(width: 1024, height: 576),
    ]

    /// The names that stand for a shape and a size; without the automatic ones.
    static let names = [
        "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9",
    ]
    static let automaticNames = ["auto", "auto_2K", "auto_4K"]

    /// The size of a preset, scaled up to the least area.
    static func preset(
        _ name: String, first: PixelSize?, automatic: OpenPoints.AutomaticSize
    ) -> PixelSize {
        if let size = presets[name] { return atLeastMinimum(size) }
        let side = name == "auto_4K" ? 4096 : 2048
        return shaped(automatic == .firstImage ? first : nil, area: side * side)
    }

    /// A size below 921 600 px² scaled up as the hosts say they do, aspect kept.
    static func atLeastMinimum(_ size: PixelSize) -> PixelSize {
        var constraints = InputConstraints.seedream4
        constraints.maximumAspectRatio = .greatestFiniteMagnitude
        return (try? constraints.targetSize(for: size)) ?? size
    }

    /// Whether a size is no longer than so many times its width, nor the other way round.
    static func isWithin(ratio: Double, _ size: PixelSize) -> Bool {
        Double(size.longSide) <= ratio * Double(size.shortSide)
    }

    /// The largest size of a shape within an area; a square without a shape.
    static func shaped(_ shape: PixelSize?, area: Int) -> PixelSize {
        let ratio = shape.map { Double($0.width) / Double($0.height) } ?? 1
        let width = (Double(area) * ratio).squareRoot()
        return PixelSize(width: max(1, Int(width)), height: max(1, Int(width / ratio)))
    }
}
