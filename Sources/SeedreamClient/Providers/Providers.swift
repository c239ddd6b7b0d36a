package import SeedreamModel

/// The hosts that this version knows.
package enum Providers {
    /// What differs at a host.
    package static func provider(_ id: ProviderID) -> any Provider {
        switch id {
        case .fal: FalProvider()
        case .aiml: AIMLProvider()
        case .onerouter: OneRouterProvider()
        case .apiframe: ApiframeProvider()
        case .ark: ArkProvider()
        }
    }
}
