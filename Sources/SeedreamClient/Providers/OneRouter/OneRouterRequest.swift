/// The body of `POST /v1/images/edits` and `/v1/images/generations`. JSON in both cases, not
/// OpenAI's multipart.
struct OneRouterRequest {
    /// How a size is written.
    enum Size {
        /// `size`, one of nine names.
        case named(String)
        /// `image_size` alone. The documents show it beside `size` and do not say which of two
        /// wins, so never are two sent.
        case pixels(WireValue)
    }

    var model: String
    var prompt: String
    /// None for text-to-image, whose path has no such field.
    var images: [ImageReference]
    var size: Size
    var seed: Int?
    /// Always sent: the host's default is off.
    var safetyChecker: Bool
    /// `standard` or `fast`; the host's default is the first.
    var enhancement: String?
    var count: Int
    /// `url` or `b64_json`.
    var format: String

    var wire: WireValue {
        var name: WireValue?
        var pixels: WireValue?
        switch size {
        case .named(let text): name = .string(text)
        case .pixels(let value): pixels = value
        }
        return .members(
            ("model", .string(model)), ("prompt", .string(prompt)),
            ("image_urls", images.isEmpty ? nil : .array(images.map(\.wire))), ("size", name),
            ("image_size", pixels), ("seed", seed.map { .integer($0) }),
            ("enable_safety_checker", .bool(safetyChecker)),
            ("enhance_prompt_mode", enhancement.map { .string($0) }), ("n", .integer(count)),
            ("output_format", .string(format)))
    }
}
