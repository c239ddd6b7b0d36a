/// What fal alone can be told.
public struct FalOptions: Hashable, Sendable {
    /// How a picture is ordered.
    public enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// Through the queue: accepted in a moment, asked about later. A lost connection loses
        /// nothing.
        case queue
        /// In one request that lasts until the picture is made.
        case run
    }

    /// `X-Fal-Queue-Priority`.
    public enum Priority: String, Hashable, Codable, Sendable, CaseIterable {
        case normal
        case low
    }

    /// Through the queue by default.
    public var mode = Mode.queue
    /// Not sent by default.
    public var priority: Priority?
    /// Seconds within which the job must have begun, above 1; `X-Fal-Request-Timeout`. Not sent by
    /// default.
    public var startTimeout: Double?
    /// `X-Fal-Runner-Hint`. Not sent by default.
    public var runnerHint: String?
    /// Seconds for which fal keeps results; `X-Fal-Object-Lifecycle-Preference`. fal's own default
    /// by default.
    public var resultExpiry: Int?
    /// Seconds for which fal keeps uploaded inputs. A day by default; `nil`: fal's own default.
    /// Whoever has the URL can see them.
    public var uploadExpiry: Int? = 86_400
    /// Whether fal keeps request and result; `X-Fal-Store-IO: 0` where `false`. `true` by default.
    public var storesPayloads = true
    /// Whether an upload goes through a CDN token at once, instead of only where `initiate` fails.
    /// `false` by default.
    public var uploadsWithToken = false

    /// Makes the defaults.
    public init() {}
}
