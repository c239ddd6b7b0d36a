package import HTTPTypes
package import SeedreamModel

/// fal.ai: the queue, which returns a job at once, and the synchronous run.
///
/// - SeeAlso: `docs/providers.md`, "fal.ai", for the sources of all numbers.
package struct FalProvider: Provider {
    package init() {}

    package var id: ProviderID { .fal }

    package var limits: ProviderLimits {
        var limits = ProviderLimits()
        limits.fields = [
            .count, .imagesPerGeneration, .seed, .safetyChecker, .enhancementStandard, .enhancementFast,
            .guidanceScale, .resultFormat, .background, .backgroundOfInput, .syncMode,
        ]
        limits.presets = SizePreset.allCases
        // 10 MiB of text: the limit of fal's own server toolkit, confirmed by its maintainers, but
        // not documented.
        limits.dataURICharacters = 10_485_760
        // The size above which fal's own clients upload in parts. This client does not.
        limits.uploadBytes = 90 << 20
        limits.deliversInline = true
        limits.hasWebhooks = true
        limits.hasJobs = true
        limits.canCancel = true
        return limits
    }

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "Key \(key.secret)"
    }
}

/// The parsed ID of an application at fal: `{namespace/}owner/alias{/path}`.
///
/// - SeeAlso: `docs/providers.md`, "fal: model ids"; `AppId` of the official Python client.
struct FalApp: Hashable, Sendable {
    /// The ID for URLs; the legacy form `12345-name` becomes `12345/name`.
    let id: String
    /// The prefix of job URLs: the ID without the path.
    let root: String

    private static let namespaces: Set<Substring> = ["workflows", "comfy"]

    /// Parses an ID. Returns `nil` if it has no owner and alias, or contains characters that do not
    /// occur in IDs or have a meaning in URLs.
    init?(_ text: String) {
        var segments = text.split(separator: "/", omittingEmptySubsequences: false)
        if segments.count == 1, let dash = text.firstIndex(of: "-"), dash > text.startIndex,
            text[..<dash].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            segments = [text[..<dash], text[text.index(after: dash)...]]
        }
        guard segments.allSatisfy(Self.isPlain) else { return nil }
        let count = segments.first.map(Self.namespaces.contains) == true ? 3 : 2
        guard segments.count >= count else { return nil }
        id = segments.joined(separator: "/")
        root = segments.prefix(count).joined(separator: "/")
    }

    private static func isPlain(_ segment: Substring) -> Bool {
        let isMadeOfWords = segment.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
        return isMadeOfWords && !segment.isEmpty && segment != "." && segment != ".."
    }
}

/// The header fields specific to fal.
///
/// - SeeAlso: `docs/providers.md`, "fal: header fields".
enum FalHeader: String {
    case queuePriority = "X-Fal-Queue-Priority"
    case runnerHint = "X-Fal-Runner-Hint"
    /// The time to wait for the start, in seconds. Newer documentation calls it
    /// `X-Fal-Request-Start-Timeout` and this name its alias.
    case requestTimeout = "X-Fal-Request-Timeout"
    case lifecyclePreference = "X-Fal-Object-Lifecycle-Preference"
    /// The field for the CDN; ``lifecyclePreference`` is for the API.
    case lifecycle = "X-Fal-Object-Lifecycle"
    case storeIO = "X-Fal-Store-IO"
    case fileName = "X-Fal-File-Name"

    case requestID = "x-fal-request-id"
    case billableUnits = "X-Fal-Billable-Units"
    case errorType = "X-Fal-Error-Type"
    case needsRetry = "X-Fal-Needs-Retry"
    /// The older name of ``needsRetry``.
    case retryable = "X-Fal-Retryable"
    /// Sent only with a 504 that the caller's own ``requestTimeout`` caused.
    case requestTimeoutType = "X-Fal-Request-Timeout-Type"

    /// Sets the field in a request's header.
    func set(_ value: String, in fields: inout HTTPFields) {
        fields.put(value, as: rawValue)
    }

    /// Returns the value of the field in a reply.
    func value(in reply: HTTPReply) -> String? { reply.field(rawValue) }

    /// Returns the time for which fal keeps a file, formatted like the official Python client's,
    /// including the space.
    static func lifecycleText(seconds: Int) -> String { "{\"expiration_duration_seconds\": \(seconds)}" }
}
