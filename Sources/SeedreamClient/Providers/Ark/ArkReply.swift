import Pixels
import SeedreamModel

/// The result of Ark: each item of `data` is an image or an error.
struct ArkReply {
    var images: [GeneratedImage] = []
    var failures: [ArkFailure] = []
    /// The messages about items that are neither, and about failed ones.
    var lines: [String] = []
    var tokens: Int?
    /// The number of billed images as counted by the provider.
    var billed: Int?

    init(_ reply: HTTPReply, _ json: JSONValue?) {
        let items = json?["data"]?.array ?? []
        for (index, item) in items.enumerated() {
            if let failure = ArkFailure(item) {
                failures.append(failure)
                guard lines.count < 20 else { continue }
                lines.append("image \(index + 1) of \(items.count): \(failure.line)")
            } else if var image = reply.image(in: item) {
                if let text = item["size"]?.string, case .pixels(let size)? = OutputSize(text) {
                    image.size = size
                }
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

/// An error of Ark, of the whole request or of one image of a set:
/// `{"error":{"code","message","param","type"}}`.
struct ArkFailure {
    var code: String?
    var message: String?
    var parameter: String?

    /// Returns `nil` if the JSON has no error.
    init?(_ json: JSONValue?) {
        func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let error = json?["error"] else { return nil }
        if let message = text(error) {
            self.message = message
            return
        }
        guard let members = error.object, !members.isEmpty else { return nil }
        code = text(members["code"])
        message = text(members["message"])
        parameter = text(members["param"])
    }

    /// The error on one line: `"OutputImageSensitiveContentDetected: …"`.
    var line: String { [code, message].compactMap(\.self).joined(separator: ": ") }

    /// The category of the code; `nil` if the status decides.
    var category: ClientError.Category? {
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
