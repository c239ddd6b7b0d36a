import SeedreamModel

/// An error of AIML's: `message`, `path`, `requestId`, `statusCode`, `timestamp`, of which any may
/// be missing.
struct AIMLFailure {
    var message: String?
    /// A string in AIML's document, an integer in a live reply.
    var statusCode: Int?
    var requestID: String?

    /// `nil` for a body that is no JSON object.
    init?(_ json: JSONValue?) {
        guard let json, json.object != nil else { return nil }
        message = json["message"]?.string
        statusCode = json["statusCode"]?.integer ?? json["statusCode"]?.string.flatMap { Int($0) }
        requestID = json["requestId"]?.string
    }
}
