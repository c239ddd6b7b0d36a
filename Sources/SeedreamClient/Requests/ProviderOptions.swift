/// Options that only one provider supports.
public struct ProviderOptions: Hashable, Sendable {
    /// The options of fal.
    public var fal = FalOptions()
    /// OneRouter: whether the key is sent without a scheme, as in the curl example of its
    /// documentation, instead of as a bearer token. Default: `false`.
    public var onerouterSendsBareKey = false
    /// Ark: whether results carry ByteDance's watermark. Default: `false`, as with all resellers;
    /// Ark's own default is `true`.
    public var arkWatermark = false

    /// Creates the default options.
    public init() {}
}

/// Options that only fal supports.
public struct FalOptions: Hashable, Sendable {
    /// The way in which an image is requested.
    public enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// Through the queue: the job is accepted at once and polled later. A lost connection loses
        /// nothing.
        case queue
        /// In one request that lasts until the image is generated.
        case run
    }

    /// The value of `X-Fal-Queue-Priority`.
    public enum Priority: String, Hashable, Codable, Sendable, CaseIterable {
        /// fal's `normal`.
        case normal
        /// fal's `low`.
        case low
    }

    /// The way to request an image. Default: through the queue.
    public var mode = Mode.queue
    /// The priority in the queue. Default: not sent.
    public var priority: Priority?
    /// `X-Fal-Request-Timeout`: the time within which the job must start, in seconds, above 1.
    /// Default: not sent.
    public var startTimeout: Double?
    /// `X-Fal-Runner-Hint`. Default: not sent.
    public var runnerHint: String?
    /// `X-Fal-Object-Lifecycle-Preference`: the time for which fal keeps results, in seconds.
    /// Default: fal's own default.
    public var resultExpiry: Int?
    /// The time for which fal keeps uploaded inputs, in seconds; `nil` for fal's own default.
    /// Default: one day. Anyone who knows the URL can see an input.
    public var uploadExpiry: Int? = 86_400
    /// Whether fal keeps request and result; `false` sends `X-Fal-Store-IO: 0`. Default: `true`.
    public var storesPayloads = true
    /// Whether uploads use a CDN token from the start, and not only after `initiate` fails.
    /// Default: `false`.
    public var uploadsWithToken = false

    /// Creates the default options.
    public init() {}
}
