public import Pixels

/// The requested size of a result.
public enum OutputSize: Hashable, Sendable {
    /// The shape of the first image sent, with the tier's area; a square if there is no image, or
    /// if its size is unknown.
    case matchFirstImage(SizeTier)
    /// A size that providers have a name for.
    case preset(SizePreset)
    /// A size in px.
    case pixels(PixelSize)
    /// A shape, with the tier's area.
    case aspect(AspectRatio, SizeTier)
}

extension OutputSize {
    /// The maximum side in px at providers that limit sides: AIML's and Apiframe's validators.
    /// Other providers limit only the area.
    public static let maximumSide = 4096

    /// Returns the size in px of a shape with a tier's area, scaled down if a side exceeds the
    /// limit. The shorter side is at least 1.
    ///
    /// - Parameters:
    ///   - width: The shape's width, in any unit, at least 1.
    ///   - height: The shape's height, in the same unit, at least 1.
    ///   - tier: The tier whose area the size has.
    ///   - limit: The maximum side at the provider, in px. Default: no limit, so that 16:9 at 4K is
    ///     5461x3072.
    public static func pixels(width: Int, height: Int, tier: SizeTier, maximumSide limit: Int? = nil)
        -> PixelSize
    {
        let ratio = Double(max(width, 1)) / Double(max(height, 1))
        let limit = limit.map(Double.init) ?? .infinity
        var wide = Double(tier.side) * ratio.squareRoot()
        var high = Double(tier.side) / ratio.squareRoot()
        if wide > limit { (wide, high) = (limit, limit / ratio) }
        if high > limit { (wide, high) = (limit * ratio, limit) }
        // Rounded down, so that the area stays within the tier's.
        return PixelSize(width: max(1, Int(wide + 1e-9)), height: max(1, Int(high + 1e-9)))
    }

    /// Returns the size in px, or `nil` for a preset, whose size the provider chooses.
    ///
    /// - Parameters:
    ///   - first: The first image's size, if known.
    ///   - maximumSide: The maximum side of a shape, in px. Default: no limit.
    public func pixels(first: PixelSize?, maximumSide: Int? = nil) -> PixelSize? {
        switch self {
        case .matchFirstImage(let tier):
            Self.pixels(
                width: first?.width ?? 1, height: first?.height ?? 1, tier: tier, maximumSide: maximumSide)
        case .preset: nil
        case .pixels(let size): size
        case .aspect(let ratio, let tier):
            Self.pixels(width: ratio.width, height: ratio.height, tier: tier, maximumSide: maximumSide)
        }
    }
}

extension OutputSize {
    /// Parses a size: `match`, `match@4K`, `4K`, `square_hd`, `1536x1024`, `16:9` or `16:9@4K`.
    ///
    /// - Parameter text: The size. A tier alone means the first image's shape. Case is ignored;
    ///   names may use `-` or `_`.
    public init?(_ text: String) {
        let name = text.lowercased().replacing("-", with: "_")
        if let preset = SizePreset.allCases.first(where: { $0.rawValue.lowercased() == name }) {
            self = .preset(preset)
            return
        }
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        func tier(_ word: Substring) -> SizeTier? { SizeTier(rawValue: word.uppercased()) }
        if parts.count == 1, let tier = tier(parts[0]) {
            self = .matchFirstImage(tier)
            return
        }
        guard let tier = parts.count == 2 ? tier(parts[1]) : .k2 else { return nil }
        if parts[0] == "match" {
            self = .matchFirstImage(tier)
        } else if let (width, height) = Self.pair(parts[0], ":"),
            let ratio = AspectRatio(width: width, height: height)
        {
            self = .aspect(ratio, tier)
        } else if parts.count == 1, let (width, height) = Self.pair(parts[0], "x"), width > 0, height > 0 {
            self = .pixels(PixelSize(width: width, height: height))
        } else {
            return nil
        }
    }

    private static func pair(_ text: Substring, _ separator: Character) -> (Int, Int)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int(parts[0]), let second = Int(parts[1]) else { return nil }
        return (first, second)
    }
}

extension OutputSize: CustomStringConvertible {
    /// The size in the syntax of ``init(_:)``.
    public var description: String {
        switch self {
        case .matchFirstImage(let tier): "match@\(tier.rawValue)"
        case .preset(let preset): preset.rawValue
        case .pixels(let size): "\(size)"
        case .aspect(let ratio, let tier): "\(ratio)@\(tier.rawValue)"
        }
    }
}

/// The area of an image, independent of its shape.
public enum SizeTier: String, Hashable, Codable, Sendable, CaseIterable {
    /// About 1 megapixel.
    case k1 = "1K"
    /// About 2.4 megapixels.
    case k1_5 = "1.5K"
    /// About 4 megapixels.
    case k2 = "2K"
    /// About 9 megapixels.
    case k3 = "3K"
    /// About 16 megapixels, the maximum.
    case k4 = "4K"

    /// The side in px of the square with the tier's area: 1024, 1536, 2048, 3072, 4096.
    public var side: Int {
        switch self {
        case .k1: 1024
        case .k1_5: 1536
        case .k2: 2048
        case .k3: 3072
        case .k4: 4096
        }
    }
}

/// An aspect ratio of two whole numbers, both above 0.
public struct AspectRatio: Hashable, Codable, Sendable {
    /// The width's part of the ratio.
    public let width: Int
    /// The height's part of the ratio.
    public let height: Int

    /// Creates a ratio; `nil` unless both numbers are 1 to 10 000.
    public init?(width: Int, height: Int) {
        guard (1...10_000).contains(width), (1...10_000).contains(height) else { return nil }
        self.width = width
        self.height = height
    }

    /// 1:1.
    public static let square = AspectRatio(unchecked: 1, 1)

    private init(unchecked width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }
}

extension AspectRatio: CustomStringConvertible {
    /// `"16:9"`.
    public var description: String { "\(width):\(height)" }
}

/// The sizes that fal, AIML API and OneRouter have names for.
public enum SizePreset: String, Hashable, Codable, Sendable, CaseIterable {
    /// 1024x1024.
    case squareHD = "square_hd"
    /// 512x512.
    case square
    /// 768x1024.
    case portrait4x3 = "portrait_4_3"
    /// 576x1024.
    case portrait16x9 = "portrait_16_9"
    /// 1024x768.
    case landscape4x3 = "landscape_4_3"
    /// 1024x576.
    case landscape16x9 = "landscape_16_9"
    /// The provider's choice. No document defines the sizes of the automatic presets.
    case auto
    /// Like ``auto``; by its name about 1 megapixel.
    case auto1K = "auto_1K"
    /// Like ``auto``; by its name about 2.4 megapixels.
    case auto1_5K = "auto_1.5K"
    /// Like ``auto``; by its name about 4 megapixels.
    case auto2K = "auto_2K"
    /// Like ``auto``; by its name about 9 megapixels.
    case auto3K = "auto_3K"
    /// Like ``auto``; by its name about 16 megapixels.
    case auto4K = "auto_4K"

    /// The size in px that fal's toolkit gives the name, or `nil` for the automatic presets. All
    /// sizes except `square_hd` are below 921 600 px², so an edit scales them up.
    public var pixels: PixelSize? {
        switch self {
        case .squareHD: PixelSize(width: 1024, height: 1024)
        case .square: PixelSize(width: 512, height: 512)
        case .portrait4x3: PixelSize(width: 768, height: 1024)
        case .portrait16x9: PixelSize(width: 576, height: 1024)
        case .landscape4x3: PixelSize(width: 1024, height: 768)
        case .landscape16x9: PixelSize(width: 1024, height: 576)
        case .auto, .auto1K, .auto1_5K, .auto2K, .auto3K, .auto4K: nil
        }
    }
}
