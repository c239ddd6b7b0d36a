import Pixels
import SeedreamModel

/// The body of `POST /v2/images/generate`. The provider rejects unknown fields at both levels, so
/// the struct is complete.
struct ApiframeRequest {
    /// The form of a size.
    enum Size {
        /// An aspect ratio, such as `16:9` or `match_input_image`, and a tier as `size`.
        case shape(String, tier: String)
        /// A custom size: `size: custom`, with `width` and `height`.
        case custom(PixelSize)
    }

    var model: String
    var prompt: String
    var images: [ImageReference]
    var size: Size
    var enhancesPrompt: Bool?
    var seed: Int?
    var guidanceScale: Double?
    var format: ResultFormat?
    var webhook: String?

    /// The webhook events to subscribe to. The third event, `progress`, adds nothing to polling.
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
                    ("seed", seed.map { .integer($0) }),
                    ("guidance_scale", guidanceScale.map { .number($0) }),
                    ("output_format", format.map { .string($0 == .png ? "png" : "jpg") }))
            ), ("webhookUrl", webhook.map { .string($0) }),
            ("webhookEvents", webhook == nil ? nil : Self.webhookEvents))
    }
}

/// The body of `POST /v2/uploads`: one image in the form field `file` (RFC 7578).
struct ApiframeUpload {
    let image: PreparedImage
    /// The file name. The provider detects the format only by its first bytes.
    let name: String
    /// At most 70 characters that do not occur in the image.
    let boundary: String

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The body; it refers to the image's bytes without copying them.
    var body: RequestBody {
        let name = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name.isEmpty ? "image" : name)\"\r\n"
            + "Content-Type: \(image.mediaType.rawValue)\r\n\r\n"
        return RequestBody([
            .bytes(Array(head.utf8)), .picture(image.bytes), .bytes(Array("\r\n--\(boundary)--\r\n".utf8)),
        ])
    }
}
