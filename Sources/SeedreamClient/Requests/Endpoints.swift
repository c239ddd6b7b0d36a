public import SeedreamModel

/// The base URLs of a provider, without a trailing slash. The key is sent to these origins only.
public struct Endpoints: Hashable, Sendable {
    /// The base URL for paid requests: fal's synchronous run, or the whole API of another provider.
    public var api: String
    /// fal's queue. Default: ``api``.
    public var queue: String
    /// fal's storage and public keys. Default: ``api``.
    public var rest: String
    /// fal's CDN, the alternative for uploads. Default: ``api``. It receives a token, never the
    /// key.
    public var cdn: String

    /// Creates endpoints.
    public init(api: String, queue: String? = nil, rest: String? = nil, cdn: String? = nil) {
        self.api = api
        self.queue = queue ?? api
        self.rest = rest ?? api
        self.cdn = cdn ?? api
    }

    /// Returns the provider's own base URLs; their sources are in `docs/providers.md`, in each
    /// provider's section.
    public static func standard(_ provider: ProviderID) -> Endpoints {
        switch provider {
        case .fal:
            Endpoints(
                api: "https://fal.run", queue: "https://queue.fal.run", rest: "https://rest.fal.ai",
                cdn: "https://v3.fal.media")
        case .aiml: Endpoints(api: "https://api.aimlapi.com")
        case .onerouter: Endpoints(api: "https://image.onerouter.pro")
        case .apiframe: Endpoints(api: "https://api.apiframe.ai")
        case .ark: Endpoints(api: "https://ark.ap-southeast.bytepluses.com")
        }
    }

    /// Returns the endpoints behind one base URL, such as a gateway or the emulator. fal's four
    /// servers become the paths `run`, `queue`, `rest` and `cdn` below it.
    public static func behind(_ base: String, _ provider: ProviderID) -> Endpoints {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        return provider == .fal
            ? Endpoints(api: "\(base)/run", queue: "\(base)/queue", rest: "\(base)/rest", cdn: "\(base)/cdn")
            : Endpoints(api: base)
    }

    /// Returns whether a URL has an origin that may receive the key: that of ``api``, ``queue`` or
    /// ``rest``.
    package func mayReceiveKey(_ url: String) -> Bool {
        guard let origin = URLParts(url)?.origin else { return false }
        return [api, queue, rest].contains { URLParts($0)?.origin == origin }
    }
}

/// The endpoints of a provider and the options for requests to it.
public struct RequestContext: Hashable, Sendable {
    /// The endpoints of the provider.
    public var endpoints: Endpoints
    /// Options that only one provider supports.
    public var options: ProviderOptions
    /// Whether settings that the provider does not support are dropped with a warning. If not, they
    /// cause an error.
    public var isLenient: Bool
    /// The known models.
    public var models: ModelTable

    /// Creates a context.
    public init(
        endpoints: Endpoints, options: ProviderOptions = ProviderOptions(), isLenient: Bool = false,
        models: ModelTable = .standard
    ) {
        self.endpoints = endpoints
        self.options = options
        self.isLenient = isLenient
        self.models = models
    }
}
