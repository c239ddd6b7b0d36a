import Platform
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The source of a provider's key. No error and no description reveals a key.
public enum KeySource: Sendable {
    /// The provider's environment variable (``KeyNames``), then the key file in the user's
    /// configuration folder, if it exists.
    case environment
    /// A key file, and no other source.
    case file(String)
    /// A key that the caller provides.
    case value(APIKey)

    /// The path of the default key file: `keys` in `$XDG_CONFIG_HOME/seedream`, or in
    /// `~/.config/seedream`.
    ///
    /// - Parameter environment: Default: the environment of this process.
    public static func defaultFile(in environment: [String: String]? = nil) -> String {
        "\(ConfigurationFolder.path(variable: environment.map { environment in { environment[$0] } }))/keys"
    }

    /// Returns the key for a provider.
    ///
    /// - Parameters:
    ///   - provider: The provider.
    ///   - environment: Default: the environment of this process. An empty variable counts as
    ///     missing.
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

/// The names of the variables that hold a provider's key, in the environment and in the key file.
public struct KeyNames: Hashable, Sendable {
    /// The name of the variable that holds the whole key.
    public let key: String
    /// fal's alternative: an ID and a secret, joined as `id:secret`.
    public let pair: Pair?

    /// The names of two variables that form one key.
    public struct Pair: Hashable, Sendable {
        /// The name of the variable that holds the ID.
        public let id: String
        /// The name of the variable that holds the secret.
        public let secret: String
    }

    /// Creates the names that the provider's own client or documentation uses, if there are any.
    public init(_ provider: ProviderID) {
        switch provider {
        case .fal:
            key = "FAL_KEY"
            pair = Pair(id: "FAL_KEY_ID", secret: "FAL_KEY_SECRET")
        case .aiml: (key, pair) = ("AIML_API_KEY", nil)
        case .onerouter: (key, pair) = ("ONEROUTER_API_KEY", nil)
        case .apiframe: (key, pair) = ("APIFRAME_API_KEY", nil)
        case .ark: (key, pair) = ("ARK_API_KEY", nil)
        }
    }

    /// Returns the key that the variables hold, or `nil` if they hold none. The whole key takes
    /// precedence over the pair, as in fal's own client.
    func key(in variables: [String: String]) throws(KeyError) -> APIKey? {
        func value(_ name: String) throws(KeyError) -> String? {
            guard let text = variables[name], text.contains(where: { !$0.isWhitespace }) else { return nil }
            guard let key = APIKey(text) else { throw .malformed(variable: name) }
            return key.secret
        }
        if let text = try value(key) { return APIKey(text) }
        guard let pair else { return nil }
        switch (try value(pair.id), try value(pair.secret)) {
        case (let id?, let secret?): return APIKey("\(id):\(secret)")
        case (nil, nil): return nil
        case (_?, nil): throw .incomplete(found: pair.id, missing: pair.secret)
        case (nil, _?): throw .incomplete(found: pair.secret, missing: pair.id)
        }
    }
}

/// The API key of an account. Never printed and never encoded.
public struct APIKey: Sendable {
    /// The key itself, for the one header field that carries it.
    package let secret: String

    /// Creates a key, without surrounding white space.
    ///
    /// - Returns: `nil` if the text is empty or contains a character that is not printable ASCII.
    public init?(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        var value = String(trimmed)
        while value.last?.isWhitespace == true { value.removeLast() }
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        secret = value
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `"APIKey(redacted)"`.
    public var description: String { "APIKey(redacted)" }
    /// The same text as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
