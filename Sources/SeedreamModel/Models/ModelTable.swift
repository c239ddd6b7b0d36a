/// The models that are known, by provider. All limits, fields and prices that depend on a model are
/// asked of it.
public struct ModelTable: Hashable, Sendable {
    /// The rows.
    public var entries: [ModelEntry]

    /// Creates a table.
    public init(_ entries: [ModelEntry]) { self.entries = entries }

    /// The name of the model that is used unless a request names another.
    public static let defaultAlias = "4.0"

    /// What a model's name means at a provider.
    public enum Lookup: Hashable, Sendable {
        /// A row of the table, and the ID to send.
        case listed(ModelEntry, id: String)
        /// An ID that is not in the table. It may exist all the same.
        case unlisted(id: String)
        /// The provider does not offer this operation with the model, or its ID is unknown.
        case otherOperation(ModelEntry)
        /// Only these other providers are known to sell the model.
        case elsewhere([ModelEntry])
        /// No alias, but so similar to aliases that none of the provider's IDs is meant.
        case misspelt(nearest: [String])
    }

    /// The aliases, in the order of the table.
    public var aliases: [String] {
        entries.reduce(into: []) { if !$0.contains($1.alias) { $0.append($1.alias) } }
    }

    /// Returns the rows of a provider.
    public func entries(of provider: ProviderID) -> [ModelEntry] {
        entries.filter { $0.provider == provider }
    }

    /// Returns the row with an alias; `nil` if the provider is not known to sell it.
    public func entry(_ alias: String, at provider: ProviderID) -> ModelEntry? {
        entries.first { $0.provider == provider && Self.key($0.alias) == Self.key(alias) }
    }

    /// Returns the row with an ID of the provider; `nil` for an ID that is not in the table.
    public func entry(id: String, at provider: ProviderID) -> ModelEntry? {
        entries.first { $0.provider == provider && $0.ids.contains(id) }
    }

    /// Returns what a model's name means.
    ///
    /// - Parameters:
    ///   - name: An ID of the provider, or an alias such as `5.0-pro`. `nil`: the default model.
    ///   - provider: The provider that the request goes to.
    ///   - operation: The operation of the request.
    public func find(_ name: String?, at provider: ProviderID, for operation: GenerationOperation) -> Lookup {
        let name = name ?? Self.defaultAlias
        if let entry = entry(id: name, at: provider) {
            return entry.ids(for: operation).contains(name)
                ? .listed(entry, id: name) : .otherOperation(entry)
        }
        if let entry = entry(name, at: provider) {
            return entry.ids(for: operation).first.map { .listed(entry, id: $0) } ?? .otherOperation(entry)
        }
        let others = entries.filter { $0.ids.contains(name) || Self.key($0.alias) == Self.key(name) }
        if !others.isEmpty { return .elsewhere(others) }
        return Self.isLikeAlias(name)
            ? .misspelt(nearest: nearest(to: name, at: provider)) : .unlisted(id: name)
    }

    /// Returns the aliases that are most similar to a name, at most three, of a provider or of all.
    public func nearest(to name: String, at provider: ProviderID? = nil) -> [String] {
        let key = Self.key(name)
        let aliases = provider.map { entries(of: $0).map(\.alias) } ?? aliases
        let ranked = aliases.map { alias in
            let other = Self.key(alias)
            return (alias: alias, distance: other.hasPrefix(key) ? 0 : Self.distance(key, other))
        }
        return ranked.sorted { $0.distance < $1.distance }.prefix(3).map(\.alias)
    }

    /// Returns an alias in the form in which aliases are compared: `5-pro`, `v5.0 Pro` and
    /// `5.0-pro` are the same.
    private static func key(_ alias: String) -> String {
        var key = alias.lowercased().filter { !".-_ ".contains($0) }
        if key.first == "v" { key.removeFirst() }
        let digits = key.prefix { $0.isNumber }
        return digits.count == 1 ? digits + "0" + key.dropFirst() : key
    }

    /// Returns whether a text is written like an alias, and like none of the IDs of providers:
    /// without a slash, and one digit first.
    private static func isLikeAlias(_ text: String) -> Bool {
        var rest = text.lowercased()[...]
        if rest.first == "v" { rest.removeFirst() }
        guard let first = rest.popFirst(), first.isNumber, !text.contains("/") else { return false }
        return rest.first.map { !$0.isNumber } ?? true
    }

    /// Returns the number of single-character edits between two texts (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other)
        var last = Array(0...other.count)
        for (row, character) in one.enumerated() {
            var next = [row + 1]
            for (column, compared) in other.enumerated() {
                let changed = last[column] + (character == compared ? 0 : 1)
                next.append(min(changed, last[column + 1] + 1, next[column] + 1))
            }
            last = next
        }
        return last[other.count]
    }
}
