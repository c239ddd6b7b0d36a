/// Why a job has failed. Apiframe checks the schema only; what the model does not like comes from
/// behind it.
struct ApiframeFailure: Error, Sendable {
    var words: String

    /// As the job's `error` says it.
    var message: String { "Provider returned an error: \(words)" }

    static let internalError = ApiframeFailure(words: "Internal server error")
    static let moderated = ApiframeFailure(words: "content policy violation")
}
