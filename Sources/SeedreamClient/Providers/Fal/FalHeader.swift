import HTTPTypes

/// fal's own header fields.
///
/// - SeeAlso: `contracts/providers.md`, section 2.4.
enum FalHeader: String {
    case queuePriority = "X-Fal-Queue-Priority"
    case runnerHint = "X-Fal-Runner-Hint"
    /// Seconds to wait for the start; newer documents call it `X-Fal-Request-Start-Timeout` and
    /// this one its alias.
    case requestTimeout = "X-Fal-Request-Timeout"
    case lifecyclePreference = "X-Fal-Object-Lifecycle-Preference"
    /// What the CDN reads; ``lifecyclePreference`` is what the API reads.
    case lifecycle = "X-Fal-Object-Lifecycle"
    case storeIO = "X-Fal-Store-IO"
    case fileName = "X-Fal-File-Name"

    case requestID = "x-fal-request-id"
    case billableUnits = "X-Fal-Billable-Units"
    case errorType = "X-Fal-Error-Type"
    case needsRetry = "X-Fal-Needs-Retry"
    /// The older name of ``needsRetry``.
    case retryable = "X-Fal-Retryable"
    /// Only on a 504 that the caller's own ``requestTimeout`` brought about.
    case requestTimeoutType = "X-Fal-Request-Timeout-Type"

    /// Sets the field.
    func set(_ value: String, in fields: inout HTTPFields) {
        fields.put(value, as: rawValue)
    }

    /// The field of a reply.
    func value(in reply: HTTPReply) -> String? { reply.field(rawValue) }

    /// How long fal keeps a file, in the words of the official Python client, its space included.
    static func lifecycleText(seconds: Int) -> String { "{\"expiration_duration_seconds\": \(seconds)}" }
}
