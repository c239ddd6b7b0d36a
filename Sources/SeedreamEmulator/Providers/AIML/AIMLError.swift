import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An error of AIML's: a status and a text.
struct AIMLError: Error, Hashable, Sendable {
    var status: Int
    var message: String

    /// The texts of the page of errors. That of 500 goes on behind what is documented; 404, 408 and
    /// 413 have no documented text; all those are guesses.
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

    /// The documented error of a status.
    static func standard(_ status: Int) -> AIMLError {
        AIMLError(status: status, message: texts[status] ?? "Error \(status)")
    }

    /// A body that the schema does not take: the documented first line, then a line for each issue.
    static func validation(_ issues: [String]) -> AIMLError {
        AIMLError(status: 400, message: (["Body validation error!"] + issues).joined(separator: "\n"))
    }

    /// No document says how a refusal of the content looks: 400 and fal's words are a guess.
    static let moderated = AIMLError(
        status: 400,
        message:
            "The content could not be processed because it contained material flagged by a content checker.")

    /// An input image that was not taken. What is no URL breaks the schema; the others are refused
    /// upstream, and that they come as a plain 400 is a guess.
    init(_ refused: Workbench.RefusedInput) {
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

    /// The answer that carries the error.
    func response(
        path: String, requestID: String, statusCode: OpenPoints.StatusCodeType,
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
