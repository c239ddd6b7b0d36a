/// What no document and no measurement settles about the hosts: each is a switch, whose default is
/// said to be a guess.
public struct OpenPoints: Hashable, Codable, Sendable {
    /// What becomes of a field that the host does not know.
    public enum UnknownFields: String, Hashable, Codable, Sendable, CaseIterable {
        case ignored
        case refused
    }

    /// What is drawn for an image that lies behind a URL which is not the emulator's own.
    public enum RemoteImages: String, Hashable, Codable, Sendable, CaseIterable {
        /// A grey tile: nothing is ever fetched.
        case placeholder
        /// The host's own error for a file that it cannot download.
        case refused
    }

    /// What a size without a shape gives: `auto`, `auto_2K` and `auto_4K` on fal and OneRouter,
    /// `1K`, `2K` and `4K` on Ark, and Apiframe's `match_input_image` for more than one image.
    public enum AutomaticSize: String, Hashable, Codable, Sendable, CaseIterable {
        /// The shape of the first image, at 2048² px² (or 4096² for `auto_4K`, or the square of
        /// what the name says).
        case firstImage = "first-image"
        /// A square.
        case square
    }

    /// The type of `statusCode` in AIML's errors: a document shows one, a live reply the other.
    public enum StatusCodeType: String, Hashable, Codable, Sendable, CaseIterable {
        case string
        case integer
    }

    /// What Apiframe's `result` is: `{"images":[…]}` in current documents, the bare URL in older
    /// ones.
    public enum ResultForm: String, Hashable, Codable, Sendable, CaseIterable {
        case object
        case string
    }

    /// What Apiframe makes of fields that its validator knows and the page of `seedream-4` does not
    /// list.
    public enum UnlistedFields: String, Hashable, Codable, Sendable, CaseIterable {
        /// `seed` makes pictures repeatable, `output_format` chooses PNG or JPEG.
        case honored
        case ignored
    }

    /// AIML: unknown fields. Refused by default; a guess.
    public var aimlUnknownFields = UnknownFields.refused
    /// OneRouter: unknown fields. Ignored by default; a guess.
    public var onerouterUnknownFields = UnknownFields.ignored
    /// Ark: unknown fields. Ignored by default; a guess.
    public var arkUnknownFields = UnknownFields.ignored
    /// AIML: the type of `statusCode`. Integer by default, as in the one live reply.
    public var aimlStatusCode = StatusCodeType.integer
    /// AIML: which of the two documented usage fields a reply has. `tokens_used` by default, as in
    /// the seed's example.
    public var aimlUsageField = "tokens_used"
    /// AIML: a success is 201, as documented in 2025, or 200, as documented now. 200 by default.
    public var aimlSuccess = 200
    /// OneRouter: errors that are neither about the request nor about credits come with HTTP 200.
    /// `true` by default, as documented.
    public var onerouterErrorsWith200 = true
    /// OneRouter: the ids that are taken for the model; any when empty, the default: no document
    /// gives it.
    public var onerouterModels: Set<String> = []
    /// OneRouter: whether `image_size` wins over `size` where both are sent. `true` by default; a
    /// guess.
    public var onerouterImageSizeWins = true
    /// OneRouter: whether its media host turns away clients under the default names of Python's
    /// urllib and Go (Cloudflare's error 1010), as a user has reported. `true` by default.
    public var onerouterTurnsDefaultAgentsAway = true
    /// Apiframe: whether `image_input` may hold data URIs; where not, they are no valid URL. `true`
    /// by default: its validator lets any URI pass.
    public var apiframeTakesDataURIs = true
    /// Apiframe: the most images that a job of `seedream-4` takes: the model page says 10, the
    /// validator 14. 10 by default.
    public var apiframeMaximumInputs = 10
    /// Apiframe: the form of `result`. An object by default.
    public var apiframeResult = ResultForm.object
    /// Apiframe: what `seed` and `output_format` do. They are honoured by default; a guess.
    public var apiframeUnlistedFields = UnlistedFields.honored
    /// Apiframe: the webhooks of a job that names a URL and no events. The last one by default,
    /// whichever it is; a guess.
    public var apiframeWebhookEvents: Set<String> = ["completed", "failed"]
    /// Apiframe: the most bytes of an upload, and of a job's input image. 25 000 000 by default:
    /// "25 MB", read as decimal.
    public var apiframeMaximumUpload = 25_000_000
    /// Apiframe: seconds for which an upload can be fetched. 3 600 by default, the less of "1-2 h".
    public var apiframeUploadLifetime = 3_600.0
    /// Ark: the most images. 10 by default, the older document; the newer says 14.
    public var arkMaximumInputs = 10
    /// The largest ratio of an image's sides, on every host. 3 by default, as a live host answered;
    /// newer documents say 16.
    public var maximumAspectRatio = 3.0
    /// The largest ratio of a result's sides on fal and OneRouter. 16 by default, Ark's rule for
    /// the model behind them; a guess.
    public var maximumOutputRatio = 16.0
    /// OneRouter: the largest `n`, for which no document has a limit. 15 by default, Ark's; a
    /// guess.
    public var onerouterMaximumImages = 15
    /// The most characters of one data URI on fal. 10 485 760 by default, its toolkit's limit.
    public var falMaximumDataURI = 10_485_760
    /// fal: whether the credential upload `storage_type=gcs` is refused, as since 2026-09. `true`
    /// by default.
    public var falRefusesGCS = true
    /// fal: `cancel` answers 200 `{"success":true}`, as its generated OpenAPI says, instead of 202.
    /// `false` by default.
    public var falCancelGivesSuccess = false
    /// What the automatic sizes give. The first image's shape by default; a guess.
    public var automaticSize = AutomaticSize.firstImage
    /// What stands for images behind foreign URLs. A placeholder by default.
    public var remoteImages = RemoteImages.placeholder
    /// Whether the EXIF orientation of inputs is applied before they are drawn. `true` by default,
    /// as fal's toolkit does.
    public var appliesOrientation = true
    /// The type of the pictures that fal, AIML and OneRouter make. PNG by default, as seen.
    public var resultType = "image/png"

    /// Makes the defaults.
    public init() {}
}
