import HTTPTypes
import SeedreamModel

/// A job, as `GET /v2/jobs/{id}` and, with `jobId` and `event`, the webhooks show it.
struct ApiframeJob {
    var id: String?
    var status: String?
    /// 0 to 1.
    var progress: Double?
    var images: [GeneratedImage]
    var creditCost: Double?
    /// The host's text.
    var error: String?
    /// Whether the pictures have been deleted.
    var isExpired: Bool

    /// `nil` for what is no JSON object.
    ///
    /// - Parameter reply: The reply that the JSON is of; without one, images are read that lie
    ///   behind URLs.
    init?(_ json: JSONValue?, of reply: HTTPReply = HTTPReply(head: HTTPResponse(status: .ok), body: [])) {
        guard let json, json.object != nil else { return nil }
        func text(_ name: String) -> String? { json[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        id = text("id") ?? text("jobId")
        status = text("status")
        progress = json["progress"]?.number.flatMap { $0.isFinite ? min(max($0 / 100, 0), 1) : nil }
        // The specification leaves it untyped: `{"images":[url…]}` in current documents, a bare URL
        // in older ones.
        images = json["result"].map { reply.pictures(under: ["images"], of: ["result": $0]).images } ?? []
        creditCost = json["creditCost"]?.number
        error = text("error")
        isExpired = json["expired"]?.bool ?? false
    }

    /// What the job made.
    func result(requestID: String?) -> GenerationResult {
        var usage = Usage()
        usage.credits = creditCost
        return GenerationResult(images: images, requestID: requestID ?? id, usage: usage)
    }

    /// Why the job failed. Failed jobs are refunded.
    func failure(status: Int?, operation: APIOperation, requestID: String?) -> ClientError {
        let text = error ?? "the host gave no reason"
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
