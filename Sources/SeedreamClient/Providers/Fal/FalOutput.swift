import HTTPTypes
import SeedreamModel

/// What the model gives:
/// `{"images": [{"url", "content_type", "file_size", "width", "height"}], "seed"}`, of which only
/// `url` is sure.
enum FalOutput {
    /// Reads a reply of success.
    ///
    /// - Parameter purchase: What holds where it cannot be read: the pictures may be made all the
    ///   same.
    static func result(
        in reply: HTTPReply, operation: APIOperation, purchase: ClientError.Purchase
    ) throws(ClientError) -> GenerationResult {
        let requestID = FalHeader.requestID.value(in: reply)
        let report = FailureReport(
            operation: operation, reply: reply, requestID: requestID, settled: purchase)
        guard let json = reply.json, var result = result(in: json, of: reply) else {
            // The model is done, and says itself that there is nothing.
            if let images = reply.json?["images"], images.isNull || images.array?.isEmpty == true {
                var error = report.error(
                    ReplyVerdict(.provider), code: "no_media_generated",
                    message: "the model made no image, and fal does not say why")
                (error.isFinal, error.purchase) = (true, .taken)
                throw error
            }
            throw report.badReply(expected: "\"images\" with URLs", isRetryable: purchase == .taken)
        }
        result.requestID = requestID
        if let units = FalHeader.billableUnits.value(in: reply).flatMap(Double.init), units.isFinite {
            result.usage.billableUnits = units
        }
        return result
    }

    /// Reads the payload of a webhook; `nil` where no picture in it lies behind a URL.
    static func result(in json: JSONValue) -> GenerationResult? {
        result(in: json, of: HTTPReply(head: HTTPResponse(status: .ok), body: []))
    }

    /// Reads an output; `nil` where there is no picture in it.
    private static func result(in json: JSONValue, of reply: HTTPReply) -> GenerationResult? {
        let (images, failures) = reply.pictures(under: ["images"], of: json)
        guard !images.isEmpty else { return nil }
        return GenerationResult(images: images, seed: json["seed"]?.integer, failures: failures)
    }
}
