import SeedreamModel

/// An error of OneRouter; its code is not always the HTTP status.
struct OneRouterError: Error, Hashable, Sendable {
    var code: Int
    var message: String
    var type: String
    /// The name of the invalid field.
    var parameter: String?

    /// The codes on OneRouter's page of errors, plus 404, 413 and 500, which it lacks. Only the
    /// type `content_policy_violation` is documented; the other types and all messages are guesses.
    private static let texts: [Int: (message: String, type: String)] = [
        400: ("Bad request", "invalid_request_error"),
        401: ("Invalid credentials", "authentication_error"),
        402: ("Your account or API key has insufficient credits", "insufficient_credits"),
        403: ("The input was flagged by moderation", "moderation_error"),
        404: ("Not found", "not_found_error"),
        408: ("Your request timed out", "timeout_error"),
        413: ("The request body is too large", "invalid_request_error"),
        422: ("The content was refused by the provider's content policy", "content_policy_violation"),
        429: ("You are being rate limited", "rate_limit_error"),
        500: ("Internal server error", "server_error"),
        502: ("The model is down, or its provider gave an invalid response", "provider_error"),
        503: ("No provider is available for the model", "service_unavailable_error"),
    ]

    /// The codes that are also sent as HTTP status: errors about the request, and 402. That 401,
    /// 404 and 413 are among them is a guess.
    private static let plainCodes: Set<Int> = [400, 401, 402, 404, 413]

    /// Returns the documented error for a code.
    static func standard(_ code: Int) -> OneRouterError {
        let (message, type) = texts[code] ?? ("Error \(code)", "server_error")
        return OneRouterError(code: code, message: message, type: type)
    }

    /// Creates an error for an invalid request.
    static func invalid(_ message: String, _ parameter: String?) -> OneRouterError {
        OneRouterError(code: 400, message: message, type: "invalid_request_error", parameter: parameter)
    }

    /// Returns the response that carries the error.
    ///
    /// - Parameter hides: Whether errors that concern neither the request nor credits come with
    ///   HTTP 200.
    func response(hides: Bool, requestID: String? = nil) -> EmulatedResponse {
        .json(
            [
                "error": [
                    "code": .integer(code), "message": .string(message), "type": .string(type),
                    "param": parameter.map { .string($0) } ?? nil,
                ]
            ], status: hides && !Self.plainCodes.contains(code) ? 200 : code, requestID: requestID)
    }
}
