import SeedreamModel

/// Points that neither a document nor a measurement settles; see `docs/providers.md`, "Not
/// established". Each is a setting, and a default that is a guess says so.
public struct Ambiguities: Hashable, Codable, Sendable {
    /// The treatment of a field that the provider does not know.
    public enum UnknownFields: String, Hashable, Codable, Sendable, CaseIterable {
        /// The request is accepted as if it were without the field.
        case ignored
        /// The request is refused with the provider's own error.
        case refused
    }

    /// The treatment of an input image whose URL is not the emulator's own.
    public enum RemoteImages: String, Hashable, Codable, Sendable, CaseIterable {
        /// Draws a grey tile; the URL is never fetched.
        case placeholder
        /// Responds with the provider's own error for a file that it cannot download.
        case refused
    }

    /// The result of a size that names no shape: `auto`, `auto_2K` and the like on fal and
    /// OneRouter, `2K` and the like on Ark and AIML, and Apiframe's `match_input_image` for more
    /// than one image.
    public enum AutomaticSize: String, Hashable, Codable, Sendable, CaseIterable {
        /// The shape of the first image, with the area of the square whose side the name states:
        /// 2048² px² for `2K`, and if it states none.
        case firstImage = "first-image"
        /// A square.
        case square
    }

    /// The type of `statusCode` in AIML's errors: a document shows one, a live response the other.
    public enum StatusCodeType: String, Hashable, Codable, Sendable, CaseIterable {
        /// A JSON string.
        case string
        /// A JSON number.
        case integer
    }

    /// The form of Apiframe's `result`: `{"images":[…]}` in current documents, the bare URL in
    /// older ones.
    public enum ResultForm: String, Hashable, Codable, Sendable, CaseIterable {
        /// An object with a list of images.
        case object
        /// The URL of the image.
        case string
    }

    /// The treatment of fields that Apiframe's validator knows but the page of `seedream-4` does
    /// not list.
    public enum UnlistedFields: String, Hashable, Codable, Sendable, CaseIterable {
        /// `seed` makes images reproducible, and `output_format` selects PNG or JPEG.
        case honored
        /// The fields have no effect.
        case ignored
    }

    /// AIML: the treatment of unknown fields. Default: refused; a guess.
    public var aimlUnknownFields = UnknownFields.refused
    /// OneRouter: the treatment of unknown fields. Default: ignored; a guess.
    public var onerouterUnknownFields = UnknownFields.ignored
    /// Ark: the treatment of unknown fields. Default: ignored; a guess.
    public var arkUnknownFields = UnknownFields.ignored
    /// AIML: the type of `statusCode`. Default: integer, as in the one live response.
    public var aimlStatusCode = StatusCodeType.integer
    /// AIML: the name of the usage field, of which two are documented. Default: `tokens_used`, as
    /// in the documented example.
    public var aimlUsageField = "tokens_used"
    /// AIML: the IDs of the models that state their usage in US dollars, in the field
    /// `usd_spent`. Default: those of Seedream 5.0 Pro, as documented.
    public var aimlDollarModels = Set(ModelTable.standard.entry("5.0-pro", at: .aiml)?.ids ?? [])
    /// AIML: the status of a success: 201 as documented in 2025, or 200 as documented now. Default:
    /// 200.
    public var aimlSuccess = 200
    /// OneRouter: whether errors that concern neither the request nor credits come with HTTP 200.
    /// Default: `true`, as documented.
    public var onerouterErrorsWith200 = true
    /// OneRouter: the model IDs to accept. Default: empty, which accepts any, because no document
    /// names the ID.
    public var onerouterModels: Set<String> = []
    /// OneRouter: whether `image_size` takes precedence over `size`. Default: `true`; a guess.
    public var onerouterImageSizeWins = true
    /// OneRouter: whether its media server rejects clients with the default user agents of Python's
    /// urllib and Go (Cloudflare's error 1010), as a user reported. Default: `true`.
    public var onerouterRejectsDefaultAgents = true
    /// Apiframe: whether `image_input` may contain data URIs; if not, they count as invalid URLs.
    /// Default: `true`, because its validator accepts any URI.
    public var apiframeTakesDataURIs = true
    /// Apiframe: the maximum number of input images of Seedream 4.0: the model page says 10, the
    /// validator 14. Default: `nil`, the number in the model table, which is 10.
    public var apiframeMaximumInputs: Int?
    /// Apiframe: the form of `result`. Default: an object.
    public var apiframeResult = ResultForm.object
    /// Apiframe: the effect of `seed` and `output_format`. Default: honoured; a guess.
    public var apiframeUnlistedFields = UnlistedFields.honored
    /// Apiframe: the webhook events of a job that names a URL but no events. Default: the final
    /// one, whether completed or failed; a guess.
    public var apiframeWebhookEvents: Set<String> = ["completed", "failed"]
    /// Apiframe: the maximum size of an upload and of an input image, in bytes. Default:
    /// 25,000,000, "25 MB" read as decimal.
    public var apiframeMaximumUpload = 25_000_000
    /// Apiframe: the time for which an upload can be fetched, in seconds. Default: 3,600, the lower
    /// bound of "1-2 h".
    public var apiframeUploadLifetime = 3_600.0
    /// Ark: the maximum number of input images of Seedream 4.0: the older document says 10, the
    /// newer 14. Default: `nil`, the number in the model table, which is 10.
    public var arkMaximumInputs: Int?
    /// The maximum aspect ratio of an input image, for all models whose row in the model table
    /// states none. Default: 3, as a live provider responded; newer documents say 16.
    public var maximumAspectRatio = 3.0
    /// The maximum aspect ratio of a result, for all models whose row in the model table states
    /// none. Default: 16, Ark's rule; a guess for the other providers.
    public var maximumOutputRatio = 16.0
    /// OneRouter: the maximum `n`, for which no document states a limit. Default: 15, as for Ark; a
    /// guess.
    public var onerouterMaximumImages = 15
    /// fal: the maximum length of a data URI, in characters. Default: 10,485,760, the limit of
    /// fal's toolkit.
    public var falMaximumDataURI = 10_485_760
    /// fal: the treatment of fields that the model lacks, such as `max_images` of Seedream 5.0 Pro,
    /// and of unknown ones. Default: ignored; a guess.
    public var falUnknownFields = UnknownFields.ignored
    /// fal: whether to refuse credential uploads with `storage_type=gcs`, as fal has since 2026-09.
    /// Default: `true`.
    public var falRefusesGCS = true
    /// fal: whether `cancel` responds with 200 and `{"success":true}`, as the generated OpenAPI
    /// document says, instead of 202. Default: `false`.
    public var falCancelGivesSuccess = false
    /// The size that automatic sizes produce. Default: the first image's shape; a guess.
    public var automaticSize = AutomaticSize.firstImage
    /// The treatment of images at foreign URLs. Default: a placeholder.
    public var remoteImages = RemoteImages.placeholder
    /// Whether to apply the EXIF orientation of inputs before drawing them. Default: `true`, as
    /// fal's toolkit does.
    public var appliesOrientation = true
    /// The media type of the images that fal, AIML and OneRouter generate, for models without a
    /// field for it. Default: PNG, as observed.
    public var resultType = "image/png"
    /// Whether a request for a transparent background gets an opaque JPEG. No provider is known to
    /// do so; a client should notice. Default: `false`.
    public var transparencyIgnored = false
    /// IDs of models that their provider has retired. Ark and fal respond with 404, the others with
    /// the 400 that they have for an unknown model. Default: none.
    public var retiredModels: Set<String> = []

    /// Creates the default settings.
    public init() {}
}

extension Ambiguities {
    /// The earlier name of ``onerouterRejectsDefaultAgents``.
    @available(*, deprecated, renamed: "onerouterRejectsDefaultAgents")
    public var onerouterTurnsDefaultAgentsAway: Bool {
        get { onerouterRejectsDefaultAgents }
        set { onerouterRejectsDefaultAgents = newValue }
    }
}

/// The earlier name of ``Ambiguities``.
@available(*, deprecated, renamed: "Ambiguities")
public typealias OpenPoints = Ambiguities
