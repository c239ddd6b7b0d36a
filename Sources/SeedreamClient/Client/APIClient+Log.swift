import HTTPTypes
import Logging

extension APIClient {
    /// Header fields that hold the provider's request ID: fal's, AIML's, the common one,
    /// Volcengine's.
    private static let requestIDs = ["x-fal-request-id", "x-inference-id", "x-request-id", "x-tt-logid"]

    /// Logs one line for an attempt. It never contains a body, a query, or a header field other
    /// than the request ID.
    func log(
        _ outcome: Outcome, _ head: HTTPResponse?, of request: APIRequest, attempt: Int, after time: Duration
    ) {
        var metadata: Logger.Metadata = [
            "operation": "\(request.operation)", "attempt": "\(attempt)",
            "ms": "\(Int((time / .milliseconds(1)).rounded()))",
        ]
        if let head {
            metadata["status"] = "\(head.status.code)"
            let id = Self.requestIDs.lazy
                .compactMap { HTTPField.Name($0).flatMap { head.headerFields[$0] } }.first
            if let id { metadata["request"] = "\(id.prefix(100))" }
        }
        switch outcome {
        case .reply(let reply):
            logger.log(level: reply.isSuccess ? .debug : .info, "answered", metadata: metadata)
        case .transport(let error):
            metadata["error"] = "\(error.message)"
            logger.info("failed", metadata: metadata)
        case .spool(let error):
            metadata["error"] = "\(error)"
            logger.info("failed", metadata: metadata)
        case .cancelled: logger.info("cancelled", metadata: metadata)
        }
    }
}
