/// The body of `POST /v1/images/generations` for Seedream 4: `seedream-v4-edit.json` and
/// `seedream-v4-text-to-image.json` of AIML's documents. Whether fields beside these are ignored or
/// refused is not stated, so none is ever sent.
struct AIMLRequest {
    var model: String
    var prompt: String
    /// None for text-to-image, whose schema has no such field.
    var images: [ImageReference]
    /// A preset's name, or `width` and `height`. The host's default, a square of 1024 px, would
    /// turn a wide photograph square.
    var size: WireValue
    var count: Int
    var seed: Int?
    /// Whether `url` holds a data URI.
    var isInline: Bool
    /// Sent where it is set; the host's default is on.
    var safetyChecker: Bool?

    var wire: WireValue {
        .members(
            ("model", .string(model)), ("prompt", .string(prompt)),
            ("image_urls", images.isEmpty ? nil : .array(images.map(\.wire))), ("image_size", size),
            ("num_images", .integer(count)), ("seed", seed.map { .integer($0) }),
            ("sync_mode", isInline ? true : nil),
            ("enable_safety_checker", safetyChecker.map { .bool($0) }))
    }
}
