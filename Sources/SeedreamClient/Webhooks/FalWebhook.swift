public import SeedreamModel

/// What fal says when a job has ended. Made by ``FalWebhookVerifier`` alone, so that one that is
/// there has been verified.
///
/// fal delivers until it is answered with 2xx, so the same job may be told of more than once.
public struct FalWebhook: Hashable, Sendable {
    /// How the job ended.
    public enum Status: Hashable, Sendable {
        /// The pictures are made.
        case ok
        /// They are not.
        case error
        /// A word that this version does not know.
        case other(String)
    }

    /// The job, as ``JobTicket/requestID``.
    public let requestID: String
    /// fal's second id of the request; `nil` where fal gives none.
    public let gatewayRequestID: String?
    /// How the job ended.
    public let status: Status
    /// fal's text where it failed.
    public let error: String?
    /// Why there is no payload although the job succeeded: the result's URL has it then.
    public let payloadError: String?
    /// The model's output, or the body of its error.
    public let payload: JSONValue?
    /// The pictures; `nil` where there are none, or where they came inside the payload: the
    /// result's URL has those.
    public let result: GenerationResult?
    /// What went wrong, as ``JobStatus/Phase/failed(_:)`` has it; `nil` unless ``status`` is
    /// ``Status/error``.
    public let failure: ClientError?
    /// The account, as fal names it.
    public let userID: String
    /// When it was signed, in seconds since 1970.
    public let timestamp: Int
    /// SHA-256 of all that was signed.
    package let identity: [UInt8]

    /// Reads a body whose signature is good.
    ///
    /// - Returns: `nil` where it is no JSON, or names no request or status.
    init?(_ body: [UInt8], userID: String, timestamp: Int, identity: [UInt8]) {
        guard let json = try? JSONValue(parsing: body), let id = json["request_id"]?.string,
            let word = json["status"]?.string
        else { return nil }
        requestID = id
        gatewayRequestID = json["gateway_request_id"]?.string
        status =
            switch word {
            case "OK": .ok
            case "ERROR": .error
            default: .other(word)
            }
        error = json["error"]?.string
        payloadError = json["payload_error"]?.string
        if let value = json["payload"], !value.isNull { payload = value } else { payload = Optional.none }
        self.userID = userID
        self.timestamp = timestamp
        self.identity = identity
        var result = status == .ok ? payload.flatMap(FalOutput.result(in:)) : nil
        result?.requestID = id
        self.result = result
        failure = status == .error ? Self.failure(payload, error: error, requestID: id) : nil
    }

    private static func failure(_ payload: JSONValue?, error: String?, requestID: String) -> ClientError {
        let body = FalErrorBody(payload)
        return FalProvider.failedJob(
            code: body.code ?? "", message: body.message ?? error ?? "", field: body.field,
            requestID: requestID)
    }
}
