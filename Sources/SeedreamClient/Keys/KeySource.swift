import Platform
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a host's key comes from. No error and no description shows a key.
public enum KeySource: Sendable {
    /// The host's variable, as ``KeyNames`` has it, else the file of keys in the user's
    /// configuration, if there is one.
    case environment
    /// A file of keys, and nothing else.
    case file(String)
    /// A key that the caller has.
    case value(APIKey)

    /// `keys` in `$XDG_CONFIG_HOME/seedream`, or in `~/.config/seedream`.
    ///
    /// - Parameter environment: This process's by default.
    public static func defaultFile(in environment: [String: String]? = nil) -> String {
        "\(ConfigurationFolder.path(variable: environment.map { environment in { environment[$0] } }))/keys"
    }

    /// The key for a host.
    ///
    /// - Parameters:
    ///   - provider: The host.
    ///   - environment: This process's by default. An empty variable counts as none.
    /// - Throws: ``KeyError``.
    public func key(for provider: ProviderID, in environment: [String: String]? = nil) throws(KeyError)
        -> APIKey
    {
        switch self {
        case .value(let key): return key
        case .file(let path):
            let values = try KeyFile(path).values
            if let key = try KeyNames(provider).key(in: values) { return key }
            throw .missing(provider, file: path)
        case .environment:
            let environment = environment ?? ProcessInfo.processInfo.environment
            if let key = try KeyNames(provider).key(in: environment) { return key }
            let path = Self.defaultFile(in: environment)
            if let file = try KeyFile(ifThere: path), let key = try KeyNames(provider).key(in: file.values) {
                return key
            }
            throw .missing(provider, file: path)
        }
    }
}
