/// One server of a provider: what a host name or a path prefix leads to.
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

    /// The names that the service has in the world; the first is the one that URLs are made of.
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
        // No document names the host of Ark's results; `.invalid` can be nobody's (RFC 2606).
        case .arkMedia: ["ark-results.invalid"]
        }
    }

    /// The path that stands for the host where the emulator is called by its own address.
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

    /// Who runs the service. AIML's results lie on fal's CDN, as its own example shows.
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

    /// Whether the service only hands files out (fal's CDN takes them as well).
    var isMedia: Bool {
        switch self {
        case .falCDN, .onerouterMedia, .apiframeMedia, .arkMedia: true
        default: false
        }
    }

    /// By host name, in any case of letters and without the port.
    static func named(_ host: String) -> Service? {
        let host = host.lowercased()
        return allCases.first { $0.hosts.contains(host) }
    }

    /// By the first segments of a path; the longest prefix wins.
    static func prefixing(_ path: [String]) -> Service? {
        allCases.filter { path.starts(with: $0.prefix) }.max { $0.prefix.count < $1.prefix.count }
    }
}
