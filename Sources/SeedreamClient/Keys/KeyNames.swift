public import SeedreamModel

/// What the variables are called that hold a host's key, in the environment and in the file of
/// keys.
public struct KeyNames: Hashable, Sendable {
    /// The variable that holds the whole key.
    public let key: String
    /// fal's other way: an id and a secret, which come to `id:secret`.
    public let pair: Pair?

    /// Two variables that make one key.
    public struct Pair: Hashable, Sendable {
        /// The first one.
        public let id: String
        /// The second one.
        public let secret: String
    }

    /// The names of a host's variables: those of its own client or documents, where it has any.
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

    /// The key among variables; `nil` if there is none. The whole key goes before the pair, as in
    /// fal's own client.
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
