import HTTPTypes
import SeedreamModel

/// A job in the format of `GET /v2/jobs/{id}` and, with `jobId` and `event`, of the webhooks.
struct ApiframeJob {
    var id: String?
    var status: String?
    /// The progress from 0 to 1.
    var progress: Double?
    var images: [GeneratedImage]
    var creditCost: Double?
    /// The provider's message.
    var error: String?
    /// Whether the images have been deleted.
    var isExpired: Bool

    /// Returns `nil` if the value is not a JSON object.
    ///
    /// - Parameter reply: The reply that contains the JSON. Without it, only images with URLs are
    ///   found.
    init?(_ json: JSONValue?, of reply: HTTPReply = HTTPReply(head: HTTPResponse(status: .ok), body: [])) {
        guard let json, json.object != nil else { return nil }
        func text(_ name: String) -> String? { json[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        id = text("id") ?? text("jobId")
        status = text("status")
        progress = json["progress"]?.number.flatMap { $0.isFinite ? min(max($0 / 100, 0), 1) : nil }
        // The specification does not define its type: `{"images":[url…]}` in current documentation,
        // a bare URL in older versions.
        images = json["result"].map { reply.images(under: ["images"], of: ["result": $0]).images } ?? []
        creditCost = json["creditCost"]?.number
        error = text("error")
        isExpired = json["expired"]?.bool ?? false
    }

    /// Returns the result of the job.
    func result(requestID: String?) -> GenerationResult {
        var usage = Usage()
        usage.credits = creditCost
        return GenerationResult(images: images, requestID: requestID ?? id, usage: usage)
    }

    /// Returns the error of a failed job. Failed jobs are refunded.
    func failure(status: Int?, operation: APIOperation, requestID: String?) -> ClientError {
        let text = error ?? "the provider gave no reason"
        let words = text.lowercased()
        let category: ClientError.Category =
            if ModerationWords.appear(in: text) {
                .moderation
            } else if words.contains("timed out") || words.contains("timeout") {
                .timeout
            } else {
                .provider
            }
        return ClientError(
            category, operation, status: status, code: self.status,
            message: text, requestID: requestID, purchase: .notTaken)
    }
}

/// An error of Apiframe: `error`, and for some errors `details` by the path of the field, or the
/// missing credits.
struct ApiframeFailure {
    /// The provider's message followed by all details.
    var message: String
    /// The first path in ``message``, such as `seedreamParams.width`.
    var field: String?

    /// Returns `nil` if the body has no `error`.
    init?(_ json: JSONValue?) {
        guard let error = json?["error"] else { return nil }
        guard let text = error.string ?? error["message"]?.string, !text.isEmpty else { return nil }
        message = text
        let details = (json?["details"]?.object ?? [:]).sorted { $0.key < $1.key }
        if !details.isEmpty {
            field = details.first?.key
            message += ": "
            message += details.map { name, texts in
                let words = texts.array?.compactMap(\.string) ?? [texts.string].compactMap(\.self)
                return "\(name): \(words.joined(separator: ", "))"
            }.joined(separator: "; ")
        }
        if let needed = json?["creditsRequired"]?.number, let left = json?["creditsAvailable"]?.number {
            message += " (\(Self.text(needed)) needed, \(Self.text(left)) left)"
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
