/// The providers that can be emulated.
public enum EmulatedProvider: String, Hashable, Codable, Sendable, CaseIterable {
    /// fal.ai.
    case fal
    /// AIML API.
    case aiml
    /// OneRouter (Infron).
    case onerouter
    /// Apiframe.
    case apiframe
    /// ByteDance Ark (BytePlus ModelArk, Volcengine).
    case ark
}

/// One server of a provider, reached by a host name or a path prefix.
enum Service: String, CaseIterable, Sendable {
    case falRun
    case falQueue
    case falREST
    case falCDN
    case aiml
    case onerouter
    case onerouterMedia
    case apiframe
    case apiframeMedia
    case ark
    case arkMedia

    /// The service's real host names; URLs in responses use the first.
    var hosts: [String] {
        switch self {
        case .falRun: ["fal.run"]
        case .falQueue: ["queue.fal.run"]
        case .falREST: ["rest.fal.ai", "rest.alpha.fal.ai"]
        case .falCDN: ["v3.fal.media", "v3b.fal.media"]
        case .aiml: ["api.aimlapi.com"]
        case .onerouter: ["image.onerouter.pro"]
        case .onerouterMedia: ["media.onerouter.pro"]
        case .apiframe: ["api.apiframe.ai"]
        case .apiframeMedia: ["cdn2.apiframe.ai"]
        case .ark:
            ["ark.ap-southeast.bytepluses.com", "ark.eu-west.bytepluses.com", "ark.cn-beijing.volces.com"]
        // No document names the host of Ark's results. The top-level domain `.invalid` never
        // resolves (RFC 2606).
        case .arkMedia: ["ark-results.invalid"]
        }
    }

    /// The path prefix that selects the service when clients call the emulator's own address.
    var prefix: [String] {
        switch self {
        case .falRun: ["fal", "run"]
        case .falQueue: ["fal", "queue"]
        case .falREST: ["fal", "rest"]
        case .falCDN: ["fal", "cdn"]
        case .aiml: ["aiml"]
        case .onerouter: ["onerouter"]
        case .onerouterMedia: ["onerouter", "media"]
        case .apiframe: ["apiframe"]
        case .apiframeMedia: ["apiframe", "media"]
        case .ark: ["ark"]
        case .arkMedia: ["ark", "media"]
        }
    }

    /// The providers that use the service. AIML serves its results from fal's CDN, as its own
    /// example shows.
    var providers: [EmulatedProvider] {
        switch self {
        case .falRun, .falQueue, .falREST: [.fal]
        case .falCDN: [.fal, .aiml]
        case .aiml: [.aiml]
        case .onerouter, .onerouterMedia: [.onerouter]
        case .apiframe, .apiframeMedia: [.apiframe]
        case .ark, .arkMedia: [.ark]
        }
    }

    /// Returns the service with a host name without a port, compared without regard to case.
    static func named(_ host: String) -> Service? {
        let host = host.lowercased()
        return allCases.first { $0.hosts.contains(host) }
    }

    /// Returns the service with the longest prefix that the path starts with.
    static func prefixing(_ path: [String]) -> Service? {
        allCases.filter { path.starts(with: $0.prefix) }.max { $0.prefix.count < $1.prefix.count }
    }
}
