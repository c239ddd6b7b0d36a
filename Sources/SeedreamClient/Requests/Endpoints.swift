public import SeedreamModel

/// A host's addresses, without a slash at the end. The key goes to these origins and nowhere else.
public struct Endpoints: Hashable, Sendable {
    /// Where pictures are ordered: fal's synchronous run, the others' whole API.
    public var api: String
    /// fal's queue; the same as ``api`` elsewhere.
    public var queue: String
    /// fal's storage and keys; the same as ``api`` elsewhere.
    public var rest: String
    /// fal's CDN, the second way to upload; the same as ``api`` elsewhere. It is sent a token,
    /// never the key.
    public var cdn: String

    /// Makes addresses.
    public init(api: String, queue: String? = nil, rest: String? = nil, cdn: String? = nil) {
        self.api = api
        self.queue = queue ?? api
        self.rest = rest ?? api
        self.cdn = cdn ?? api
    }

    /// The host's own addresses: `contracts/providers.md`, sections 2.1, 3, 4, 5 and 6.
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

    /// Addresses behind one base URL, as a gateway or the emulator has them: fal's four servers are
    /// `run`, `queue`, `rest` and `cdn` behind it.
    public static func behind(_ base: String, _ provider: ProviderID) -> Endpoints {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        return provider == .fal
            ? Endpoints(api: "\(base)/run", queue: "\(base)/queue", rest: "\(base)/rest", cdn: "\(base)/cdn")
            : Endpoints(api: base)
    }

    /// Whether a URL has the origin of one of the addresses that the key may go to.
    package func mayReceiveKey(_ url: String) -> Bool {
        guard let origin = URLParts(url)?.origin else { return false }
        return [api, queue, rest].contains { URLParts($0)?.origin == origin }
    }
}
