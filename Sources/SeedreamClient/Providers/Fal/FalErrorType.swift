/// fal's words for what went wrong.
///
/// - SeeAlso: `contracts/providers.md`, section 2.10; https://fal.ai/docs/model-apis/errors.
enum FalErrorType {
    /// What kind of failure a word stands for; `nil` for a word that the documents do not have.
    static func category(of code: String) -> ClientError.Category? {
        switch code {
        // Nothing came of it, and nothing will of the same words and pictures.
        case "content_policy_violation", "no_media_generated": .moderation
        case "image_too_small", "image_too_large", "image_load_error", "file_download_error",
            "face_detection_error", "file_too_large", "unsupported_image_format", "greater_than",
            "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "sequence_too_short",
            "sequence_too_long", "one_of", "feature_not_supported", "bad_request":
            .validation
        // pydantic's own words, of which there are about a hundred.
        case "missing", "literal_error", "enum", "value_error", "json_invalid", "too_short", "too_long",
            "string_too_short", "string_too_long":
            .validation
        case _ where code.hasSuffix("_type") || code.hasSuffix("_parsing"): .validation
        case "generation_timeout", "request_timeout", "startup_timeout", "runner_connection_timeout": .timeout
        case "concurrent_requests_limit": .rateLimit
        case "client_cancelled": .cancelled
        case "internal_server_error", "downstream_service_error", "downstream_service_unavailable",
            "internal_error", "client_disconnected":
            .provider
        case _ where code.hasPrefix("runner_"): .provider
        default: nil
        }
    }

    /// Whether it is the infrastructure that failed, not the model: worth another try, unless a
    /// header says otherwise. Of the model's own errors, and of unknown ones, only the header can
    /// say so.
    static func isInfrastructure(_ code: String) -> Bool {
        code.hasPrefix("runner_")
            || ["internal_error", "request_timeout", "startup_timeout", "concurrent_requests_limit"]
                .contains(code)
    }

    /// Whether the word always comes with a 5xx, which fal does not bill.
    /// `downstream_service_error` is left out: one document gives it 400, another 500.
    static func isServerError(_ code: String) -> Bool {
        code.hasPrefix("runner_")
            || [
                "internal_server_error", "generation_timeout", "downstream_service_unavailable",
                "request_timeout", "startup_timeout", "internal_error",
            ].contains(code)
    }
}
