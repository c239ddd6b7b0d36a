import Pixels

/// The body of `POST /v2/images/generate`. The host refuses every field that it does not know, at
/// both levels, so that these are all there are.
struct ApiframeRequest {
    /// How a size is written.
    enum Size {
        /// `aspect_ratio`, as `16:9` or `match_input_image`, and `size`, a tier.
        case shape(String, tier: String)
        /// `size: custom`, with `width` and `height`.
        case custom(PixelSize)
    }

    var model: String
    var prompt: String
    var images: [ImageReference]
    var size: Size
    var enhancesPrompt: Bool?
    var seed: Int?
    var webhook: String?

    /// What is subscribed to; `progress`, the third that there is, says nothing that polling does
    /// not.
    static let webhookEvents: WireValue = .array(["completed", "failed"])

    var wire: WireValue {
        var shape: WireValue?
        var pixels: PixelSize?
        let tier: String
        switch size {
        case .shape(let ratio, let name): (shape, tier) = (.string(ratio), name)
        case .custom(let size): (pixels, tier) = (size, "custom")
        }
        return .members(
            ("model", .string(model)), ("prompt", .string(prompt)),
            (
                "seedreamParams",
                .members(
                    ("image_input", images.isEmpty ? nil : .array(images.map(\.wire))),
                    ("aspect_ratio", shape), ("size", .string(tier)),
                    ("width", pixels.map { .integer($0.width) }),
                    ("height", pixels.map { .integer($0.height) }),
                    ("enhance_prompt", enhancesPrompt.map { .bool($0) }),
                    ("seed", seed.map { .integer($0) }))
            ), ("webhookUrl", webhook.map { .string($0) }),
            ("webhookEvents", webhook == nil ? nil : Self.webhookEvents))
    }
}
