import Pixels

/// The body of `POST /api/v3/images/generations` for Seedream 4.0. There is no `seed` from 4.0 on,
/// and `stream` is not used.
struct ArkRequest {
    var model: String
    var prompt: String
    var images: [ImageReference]
    /// Always in pixels: what shape `1K`, `2K` and `4K` give is the host's to decide.
    var size: PixelSize
    /// More than 1 asks for a set, in which the model makes up to so many.
    var maximumImages: Int
    /// `url` or `b64_json`.
    var format: String
    /// Always sent: the host's default is on.
    var hasWatermark: Bool
    /// `standard` or `fast`.
    var enhancement: String?

    var wire: WireValue {
        let isSet = maximumImages > 1
        return .members(
            ("model", .string(model)), ("prompt", .string(prompt)), ("image", image),
            ("size", .string(size.description)),
            ("sequential_image_generation", isSet ? "auto" : "disabled"),
            (
                "sequential_image_generation_options",
                isSet ? .members(("max_images", .integer(maximumImages))) : nil
            ),
            ("response_format", .string(format)), ("watermark", .bool(hasWatermark)),
            ("optimize_prompt_options", enhancement.map { .members(("mode", .string($0))) }))
    }

    /// A string for one picture, an array for more.
    private var image: WireValue? {
        images.count > 1 ? .array(images.map(\.wire)) : images.first?.wire
    }
}
