public import ImagePreparation
public import SeedreamClient
public import SeedreamModel

/// A row of a run: one request, before its images are read.
public struct RowRequest: Sendable {
    /// An image of a row.
    public enum Input: Sendable {
        /// A local image, which is made valid.
        case local(ImageInput)
        /// A URL that the provider fetches itself.
        case remote(String)
        /// A URL that is fetched here, and made valid.
        case fetched(String)
    }

    /// What a person calls it, as an absolute path. Each row of one start has another.
    public var label: String
    /// What tells it from equal rows; `nil` by default: which of them it is, in the order of one
    /// start.
    public var id: String?
    /// The images to edit; none to generate. Of more than one request takes, the last are used.
    public var inputs: [Input]
    /// Prompt and settings; its images come from ``inputs``.
    public var request: GenerationRequest
    /// To whom it goes, if not to the session's provider.
    public var provider: ProviderID?
    /// How its results are named, if not as the run's destination says.
    public var template: String?
    /// The folder below the run's destination that its results go to. `""` by default: none.
    public var subfolder = ""
    /// Why it cannot be sent, known before anything is read; it is recorded as failed. Default:
    /// `nil`.
    public var refusal: RowRecord.Failure?

    /// Makes a row.
    public init(label: String, id: String? = nil, inputs: [Input], request: GenerationRequest) {
        self.label = label
        self.id = id
        self.inputs = inputs
        self.request = request
    }
}

extension RowRequest.Input {
    /// A file, by its path. The content decides the format, not the name.
    public static func file(_ path: String) -> Self { .local(.file(path)) }

    /// Encoded bytes in memory.
    public static func bytes(_ bytes: [UInt8], name: String) -> Self { .local(.bytes(bytes, name: name)) }

    /// What a person typed: a path, `-` for standard input, a `data:` URI, or an `http` or `https`
    /// URL.
    ///
    /// - Parameter fetchesURLs: Whether a URL is fetched here and made valid, instead of by the
    ///   provider.
    public init(argument: String, fetchesURLs: Bool = false) {
        if !Self.isURL(argument) {
            self = .local(ImageInput(argument: argument))
        } else {
            self = fetchesURLs ? .fetched(argument) : .remote(argument)
        }
    }

    /// Whether an argument is a URL that somebody fetches.
    package static func isURL(_ argument: String) -> Bool {
        let head = argument.prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }

    /// What messages call it. Of a URL that is fetched here, what comes before its query.
    public var name: String {
        switch self {
        case .local(let image): image.name
        case .remote(let url): url
        case .fetched(let url): String(url.prefix { $0 != "?" && $0 != "#" })
        }
    }
}
