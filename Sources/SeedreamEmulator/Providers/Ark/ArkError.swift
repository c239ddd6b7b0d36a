import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An error of Ark, either of a request or of one image of a set.
struct ArkError: Error, Hashable, Sendable {
    var status: Int
    var code: String
    /// The message without the request ID, which Ark appends.
    var message: String
    /// The invalid field; empty if the error concerns none.
    var parameter = ""

    /// The codes and texts. Those of 401, 403 and 429 are as quoted by users. 404 is for an unknown
    /// path; it, 402, 408, 413, the text of 500 and the other 5xx are guesses.
    private static let texts: [Int: (code: String, message: String)] = [
        400: ("InvalidParameter", "The request is not valid"),
        401: ("AuthenticationError", "the API key or AK/SK in the request is missing or invalid"),
        402: overdue, 403: overdue,
        404: ("NotFound", "The requested resource does not exist"),
        408: ("RequestTimeout", "The request timed out"),
        413: ("RequestEntityTooLarge", "The request body is too large"),
        429: (
            "ModelAccountIpmRateLimitExceeded", "IPM (Images Per Minute) limit of the model is exceeded"
        ),
        500: (
            "InternalServiceError", "The service encountered an unexpected internal error"
        ),
        502: ("BadGateway", "Bad gateway"),
        503: ("ServiceUnavailable", "The service is currently unavailable"),
        504: ("GatewayTimeout", "The upstream timed out"),
    ]
    private static let overdue = (
        "AccountOverdueError", "The request failed because your account has an overdue balance"
    )

    /// Returns the error for a status.
    static func standard(_ status: Int) -> ArkError {
        let (code, message) = texts[status] ?? ("InternalServiceError", "Error \(status)")
        return ArkError(status: status, code: code, message: message)
    }

    /// Creates an error for a field with an invalid value.
    static func invalid(_ field: String, _ why: String) -> ArkError {
        ArkError(
            status: 400, code: "InvalidParameter",
            message: "The parameter `\(field)` specified in the request is not valid: \(why)",
            parameter: field)
    }

    /// Creates an error for a missing field.
    static func missing(_ field: String) -> ArkError {
        ArkError(
            status: 400, code: "MissingParameter",
            message: "The request failed because it is missing `\(field)` parameter", parameter: field)
    }

    /// Creates an error for a field that the model lacks, in the words that users quote:
    /// OpenGradient/tee-gateway#141, AceDataCloud/Nexior#657.
    static func unsupported(_ field: String) -> ArkError {
        .invalid(field, "the parameter `\(field)` is not supported by the current model")
    }

    /// Creates an error for a model that no longer exists, in the words that a user quotes:
    /// coze-dev/coze-studio#232.
    static func notFound(_ model: String) -> ArkError {
        ArkError(
            status: 404, code: "InvalidEndpointOrModel.NotFound",
            message:
                "The model or endpoint \(model.prefix(200)) does not exist or you do not have access to it")
    }

    /// Creates an error for a model that the account has not activated, which includes all models
    /// that are not emulated.
    static func notOpen(_ model: String) -> ArkError {
        ArkError(
            status: 404, code: "ModelNotOpen",
            message:
                "Your account has not activated the model \(model.prefix(200)). Please activate the model service in the Ark Console"
        )
    }

    /// An image that was generated but may not be shown.
    static let moderated = ArkError(
        status: 400, code: "OutputImageSensitiveContentDetected",
        message: "The request failed because the output image may contain sensitive information")

    /// Creates the error for a refused input image.
    init(_ refused: EmulatorState.RefusedInput) {
        self =
            switch refused.violation {
            case .tooManyBytes(let bytes, let maximum):
                ArkError(
                    status: 400, code: "InvalidParameter.OversizeImage",
                    message:
                        "The request failed because the size of the input image (\((bytes + 999_999) / 1_000_000) MB) exceeds the limit (\(maximum / 1_000_000) MB)",
                    parameter: "image")
            // In live responses, the messages about sizes are not preceded by the field.
            case .aspectRatio, .tooManyPixels:
                ArkError(
                    status: 400, code: "InvalidParameter", message: refused.violation.message,
                    parameter: "image")
            default: .invalid("image", "image \(refused.index + 1): \(refused.violation.message)")
            }
    }

    private init(status: Int, code: String, message: String, parameter: String = "") {
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    /// Returns a new ID in the form of live ones: `02`, milliseconds since 1970, hexadecimal
    /// digits.
    static func newRequestID() -> String {
        "02\(Int(Date().timeIntervalSince1970 * 1000))\(Identifier.digits())"
    }

    /// Returns the code and message, as an item of a set carries them.
    func item(requestID: String) -> JSONValue {
        ["code": .string(code), "message": .string(text(requestID))]
    }

    private func text(_ requestID: String) -> String {
        "\(message)\(message.hasSuffix(".") ? "" : ".") Request id: \(requestID)"
    }

    private var type: String {
        switch status {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 402, 403: "Forbidden"
        case 404: code.hasSuffix(".NotFound") ? "NotFound" : "Not Found"
        case 429: "TooManyRequests"
        case 500...: "InternalServerError"
        default: ""
        }
    }

    /// Returns the response that carries the error.
    func response(requestID: String) -> EmulatedResponse {
        .json(
            [
                "error": [
                    "code": .string(code), "message": .string(text(requestID)), "param": .string(parameter),
                    "type": .string(type),
                ]
            ], status: status, headers: [("x-request-id", requestID)], requestID: requestID)
    }
}
