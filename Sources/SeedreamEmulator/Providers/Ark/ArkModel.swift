import ImageCodecs

/// The models of Ark that are stood in for.
enum ArkModel: Sendable, CaseIterable {
    case seedream40
    case seedream45
    case seedream5Lite
    case seedream5Pro

    /// The model of an id; `nil` for one that is not stood in for, endpoint ids (`ep-…`) among
    /// them. China's ids begin with `doubao-`; that of 4.0 is documented, those of the others are a
    /// guess.
    init?(id: String) {
        let prefix = "doubao-"
        switch id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id {
        case "seedream-4-0-250828": self = .seedream40
        case "seedream-4-5-251128": self = .seedream45
        case "seedream-5-0-260128", "seedream-5-0-lite-260128": self = .seedream5Lite
        case "dola-seedream-5-0-pro-260628" where !id.hasPrefix(prefix): self = .seedream5Pro
        default: return nil
        }
    }

    /// Of a picture, in px².
    var areas: ClosedRange<Int> {
        switch self {
        case .seedream40: 921_600...16_777_216
        case .seedream45, .seedream5Lite: 3_686_400...16_777_216
        case .seedream5Pro: 921_600...4_624_220
        }
    }

    /// The sizes without a shape, and their areas in px²: those of `1K`, `2K` and `4K` that lie
    /// within ``areas``, which is a guess for all models but 4.0.
    var tiers: [(name: String, area: Int)] {
        [("1K", 1024 * 1024), ("2K", 2048 * 2048), ("4K", 4096 * 4096)].filter { areas.contains($0.1) }
    }

    /// What `optimize_prompt_options.mode` may be.
    var optimizations: [String] { self == .seedream40 ? ["standard", "fast"] : ["standard"] }

    /// Whether `output_format` is a field; the others always make JPEGs.
    var choosesFormat: Bool { self == .seedream5Lite || self == .seedream5Pro }

    /// What is taken as an input image.
    func limits(_ open: OpenPoints) -> InputLimits {
        var limits = InputLimits(
            formats: [.jpeg, .png, .webp, .bmp, .tiff, .gif], maximumBytes: 10_000_000,
            maximumAspectRatio: open.maximumAspectRatio)
        if self == .seedream5Pro {
            limits.formats.formUnion([.heic, .heif])
            limits.maximumBytes = 30_000_000
        }
        return limits
    }

    /// The most input images.
    func maximumInputs(_ open: OpenPoints) -> Int {
        self == .seedream5Pro ? min(10, open.arkMaximumInputs) : open.arkMaximumInputs
    }
}
