import Pixels

/// The models of AIML that are stood in for: the two of Seedream 4, and their younger siblings.
enum AIMLModel: String, Sendable, CaseIterable {
    case edit = "bytedance/seedream-v4-edit"
    case textToImage = "bytedance/seedream-v4-text-to-image"
    case seedream45 = "bytedance/seedream-4-5"
    case seedream5Lite = "bytedance/seedream-5-0-lite-preview"
    /// The id is a guess: the contract has only its end.
    case seedream5Pro = "bytedance/seedream-5-0-pro"

    /// Whether the schema is that of Seedream 4, which comes from fal.
    var isSeedream4: Bool { self == .edit || self == .textToImage }

    /// Names of the schema's fields.
    var fields: Set<String> {
        let own: Set<String> =
            isSeedream4
            ? ["num_images", "sync_mode", "enable_safety_checker"]
            : ["image_urls", "response_format", "watermark"]
        return own.union(["model", "prompt", "image_size", "seed"])
            .union(self == .edit ? ["image_urls"] : [])
    }

    /// Items of `image_urls`.
    var inputs: ClosedRange<Int> { isSeedream4 ? 1...10 : 1...14 }

    /// Sides of `image_size`, in px.
    var sides: ClosedRange<Int> {
        switch self {
        case .edit, .textToImage: 1024...4096
        case .seedream45, .seedream5Lite: 1440...4096
        case .seedream5Pro: 1024...2752
        }
    }

    /// The words that `image_size` may be, and the areas of those that have no shape, in px².
    var sizeNames: [String] {
        switch self {
        case .edit, .textToImage: OutputSize.names
        case .seedream45, .seedream5Lite: ["2K", "4K"]
        case .seedream5Pro: ["1.5K", "2K"]
        }
    }

    /// The size where none is asked for.
    var defaultSize: AIMLInput.Size {
        isSeedream4 ? .named("square_hd") : .pixels(PixelSize(width: 2048, height: 2048))
    }
}
