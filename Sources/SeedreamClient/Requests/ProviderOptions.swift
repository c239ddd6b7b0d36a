/// Options that one host has and the others have not.
public struct ProviderOptions: Hashable, Sendable {
    /// fal's.
    public var fal = FalOptions()
    /// OneRouter: whether the key is sent bare, as its documents' curl does, instead of as a bearer
    /// token. `false` by default.
    public var onerouterSendsBareKey = false
    /// Ark: whether results carry ByteDance's watermark. `false` by default, as all resellers have
    /// it; Ark's own default is on.
    public var arkWatermark = false

    /// Makes the defaults.
    public init() {}
}
