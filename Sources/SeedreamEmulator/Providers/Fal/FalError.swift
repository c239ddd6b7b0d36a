import SeedreamModel

/// An error of fal: either of the model, with an array of details, or of the infrastructure, with a
/// text.
struct FalError: Error, Sendable {
    var status: Int
    var detail: JSONValue
    /// The type, sent as `X-Fal-Error-Type`.
    var type: String
    /// The message that the status of a job reports.
    var message: String
    var headers: [(name: String, value: String)] = []

    /// Creates an error for one violation of the schema or of a rule for images. Default status:
    /// 422.
    static func model(
        _ location: [JSONValue], _ message: String, _ type: String, context: JSONValue? = nil,
        input: JSONValue? = nil, status: Int = 422
    ) -> FalError {
        FalError(
            status: status, detail: [item(location, message, type, context: context, input: input)],
            type: type,
            message: message)
    }

    /// Returns one entry of `detail`.
    static func item(
        _ location: [JSONValue], _ message: String, _ type: String, context: JSONValue? = nil,
        input: JSONValue? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "loc": .array(location), "msg": .string(message), "type": .string(type),
        ]
        if documented.contains(type) { members["url"] = "https://docs.fal.ai/errors#\(type)" }
        if let context { members["ctx"] = context }
        if let input { members["input"] = shortened(input) }
        return .object(members)
    }

    /// Creates a request error, which has a text and a type.
    static func request(
        _ status: Int, _ message: String, _ type: String, headers: [(name: String, value: String)] = []
    ) -> FalError {
        FalError(status: status, detail: .string(message), type: type, message: message, headers: headers)
    }

    /// The types that fal's page of errors explains; pydantic's own types have no address there.
    private static let documented: Set<String> = [
        "content_policy_violation", "image_too_small", "image_too_large", "image_load_error",
        "file_download_error", "file_too_large", "unsupported_image_format", "internal_server_error",
        "generation_timeout", "downstream_service_error", "no_media_generated",
    ]

    /// Returns `input` with long texts, such as data URIs, cut to 512 characters.
    private static func shortened(_ input: JSONValue) -> JSONValue {
        switch input {
        case .string(let text) where text.utf8.count > 512: .string(String(text.prefix(512)))
        case .array(let elements): .array(elements.map(shortened))
        case .object(let members): .object(members.mapValues(shortened))
        default: input
        }
    }

    /// Returns the response that carries the error.
    func outcome(requestID: String) -> JobOutcome {
        var body: [String: JSONValue] = ["detail": detail]
        if detail.string != nil { body["error_type"] = .string(type) }
        return JobOutcome(
            status: status, body: .object(body),
            headers: [("X-Fal-Error-Type", type), ("x-fal-request-id", requestID)] + headers, error: message,
            errorType: type)
    }
}

extension FalError {
    /// Creates the error for a violation of a rule for images, with fal's messages.
    init(_ violation: InputViolation, index: Int, input: JSONValue) {
        let location: [JSONValue] = ["body", "image_urls", .integer(index)]
        self =
            switch violation {
            case .tooSmall(_, let minimum):
                // Sides must be longer than 14 px, and fal's context contains the 14.
                .model(
                    location, "Image too small", "image_too_small",
                    context: ["min_height": .integer(minimum - 1), "min_width": .integer(minimum - 1)],
                    input: input)
            case .tooManyPixels:
                .model(
                    location, "Image too large", "image_too_large",
                    context: ["max_height": 6000, "max_width": 6000], input: input)
            case .tooManyBytes(_, let maximum), .uriTooLong(_, let maximum):
                .model(
                    location, violation.message, "file_too_large", context: ["max_size": .integer(maximum)],
                    input: input)
            case .unsupportedFormat:
                .model(
                    location, violation.message, "unsupported_image_format",
                    context: ["supported_formats": [".jpg", ".jpeg", ".png", ".webp"]], input: input)
            case .notAURI, .notDownloadable:
                .model(
                    location,
                    "Failed to download the file. Please check if the URL is accessible and try again.",
                    "file_download_error", input: input)
            case .badDataURI, .mediaTypeMismatch, .undecodable:
                .model(location, violation.message, "image_load_error", input: input)
            case .aspectRatio:
                // ByteDance's own refusal, which fal passes on as an error of a downstream service.
                .model(location, violation.message, "downstream_service_error", input: input, status: 400)
            }
    }
}
