public import Pixels

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
    /// Of the host's choice. What the three automatic ones mean stands in no document.
    case auto
    /// As ``auto``, about 4 megapixels by its name.
    case auto2K = "auto_2K"
    /// As ``auto``, about 16 megapixels by its name.
    case auto4K = "auto_4K"

    /// The pixels that fal's toolkit gives the name; `nil` for the automatic ones. All but
    /// `square_hd` are below 921 600 px², so that an edit scales them up.
    public var pixels: PixelSize? {
        switch self {
        case .squareHD: PixelSize(width: 1024, height: 1024)
        case .square: PixelSize(width: 512, height: 512)
        case .portrait4x3: PixelSize(width: 768, height: 1024)
        case .portrait16x9: PixelSize(width: 576, height: 1024)
        case .landscape4x3: PixelSize(width: 1024, height: 768)
        case .landscape16x9: PixelSize(width: 1024, height: 576)
        case .auto, .auto2K, .auto4K: nil
        }
    }
}
