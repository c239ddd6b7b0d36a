import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An error of AIML: a status and a text.
struct AIMLError: Error, Hashable, Sendable {
    var status: Int
    var message: String

    /// The texts of AIML's page of errors. The text of 500 continues beyond the documented part,
    /// and 404, 408 and 413 have no documented text; all of these are guesses.
    private static let texts: [Int: String] = [
        400: "Body validation error!",
        401:
            "This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys",
        403:
            "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
        404: "Not Found", 408: "Request Timeout", 413: "Payload Too Large", 429: "Too Many Requests",
        500: serverFault, 502: serverFault, 503: serverFault, 504: "Generation timeout",
    ]
    private static let serverFault = "Something wrong with the server. Please try again later."

    /// Returns the documented error for a status.
    static func standard(_ status: Int) -> AIMLError {
        AIMLError(status: status, message: texts[status] ?? "Error \(status)")
    }

    /// Creates an error for a body that violates the schema: the documented first line, then a line
    /// for each issue.
    static func validation(_ issues: [String]) -> AIMLError {
        AIMLError(status: 400, message: (["Body validation error!"] + issues).joined(separator: "\n"))
    }

    /// The refusal of content. No document shows it; the status 400 and fal's message are a guess.
    static let moderated = AIMLError(
        status: 400,
        message:
            "The content could not be processed because it contained material flagged by a content checker.")

    /// Creates the error for a refused input image. An invalid URL violates the schema; other
    /// images are refused upstream, and that this yields a plain 400 is a guess.
    init(_ refused: EmulatorState.RefusedInput) {
        self =
            switch refused.violation {
            case .notAURI: .validation(["Invalid url at \"image_urls[\(refused.index)]\""])
            default: AIMLError(status: 400, message: refused.violation.message)
            }
    }

    private init(status: Int, message: String) {
        self.status = status
        self.message = message
    }

    /// Returns the response that carries the error.
    func response(
        path: String, requestID: String, statusCode: Ambiguities.StatusCodeType,
        headers: [(name: String, value: String)] = []
    ) -> EmulatedResponse {
        .json(
            [
                "message": .string(message), "path": .string(path), "requestId": .string(requestID),
                "statusCode": statusCode == .string ? .string("\(status)") : .integer(status),
                "timestamp": .string(Timestamp.text(Date().timeIntervalSince1970)),
            ], status: status, headers: headers, requestID: requestID)
    }
}
