import Pixels
import SeedreamModel

/// The result of Ark: each item of `data` is an image or an error.
struct ArkReply {
    var images: [GeneratedImage] = []
    var failures: [OpenAIError] = []
    /// The messages about items that are neither, and about failed ones.
    var lines: [String] = []
    var tokens: Int?
    /// The number of billed images as counted by the provider.
    var billed: Int?

    init(_ reply: HTTPReply, _ json: JSONValue?) {
        let items = json?["data"]?.array ?? []
        for (index, item) in items.enumerated() {
            if let failure = OpenAIError(item) {
                failures.append(failure)
                guard lines.count < 20 else { continue }
                lines.append("image \(index + 1) of \(items.count): \(failure.line)")
            } else if var image = reply.image(in: item) {
                if let text = item["size"]?.string, case .pixels(let size)? = OutputSize(text) {
                    image.size = size
                }
                image.layer = ImageLayer(item)
                images.append(image)
            } else {
                lines.append("image \(index + 1) of \(items.count) has neither a URL nor an image")
            }
        }
        if images.isEmpty, failures.isEmpty { (images, lines) = reply.images(under: []) }
        tokens = json?["usage"]?["total_tokens"]?.integer
        billed = json?["usage"]?["generated_images"]?.integer
    }
}

extension ImageLayer {
    /// Returns the place of a layer; `nil` for an image that is no layer.
    fileprivate init?(_ item: JSONValue) {
        guard let order = item["z_index"]?.integer else { return nil }
        func box(_ name: String) -> [Int]? {
            let sides = item["bounding_box"]?[name]?.array?.compactMap(\.number)
            return sides?.count == 4 ? sides?.compactMap { Int(exactly: $0.rounded()) } : nil
        }
        self.init(
            order: order, box: box("absolute"), boxPermille: box("normalized"),
            name: item["name"]?.string, details: item["description"]?.string)
    }
}

/// The errors of Ark, of a whole request or of one image of a set.
extension OpenAIError {
    /// The error on one line: `"OutputImageSensitiveContentDetected: …"`.
    var line: String { [code, message].compactMap(\.self).joined(separator: ": ") }

    /// The category of the code; `nil` if the status decides.
    var arkCategory: ClientError.Category? {
        guard let code else { return nil }
        if code == "AuthenticationError" { return .credentials }
        if code == "ModelNotOpen" { return .notFound }
        // In the prompt, an input, or the result; a suffix after a dot may name the policy.
        if code.contains("SensitiveContentDetected") { return .moderation }
        if code.hasPrefix("InvalidParameter") || code.hasPrefix("MissingParameter") { return .validation }
        // The account's spending limit or quota is used up: waiting does not help.
        if ["QuotaExceeded", "SetLimitExceeded", "AccountOverdueError"].contains(code) { return .credits }
        if code.contains("RateLimitExceeded") || code == "ServerOverloaded" { return .rateLimit }
        return nil
    }
}
