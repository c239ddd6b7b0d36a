/// Where a host is, and how it is to be called.
public struct RequestContext: Hashable, Sendable {
    /// The host's addresses.
    public var endpoints: Endpoints
    /// Options that one host has and the others have not.
    public var options: ProviderOptions
    /// Whether what the host cannot express is dropped with a warning instead of being refused.
    public var isLenient: Bool

    /// Makes a context.
    public init(endpoints: Endpoints, options: ProviderOptions = ProviderOptions(), isLenient: Bool = false) {
        self.endpoints = endpoints
        self.options = options
        self.isLenient = isLenient
    }
}
