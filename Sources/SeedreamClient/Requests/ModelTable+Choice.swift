package import SeedreamModel

extension ModelTable {
    /// Returns the ID to send for a model's name, and its row; the row is `nil` for an ID that is
    /// not in the table.
    ///
    /// - Throws: ``RequestError`` if the provider is known not to have the model, or if an alias is
    ///   misspelt.
    package func choice(of name: String?, at provider: ProviderID, for operation: GenerationOperation)
        throws(RequestError) -> (id: String, entry: ModelEntry?)
    {
        func refusal(_ expected: String, hint: String) -> RequestError {
            RequestError(
                field: "model", message: "expected \(expected), found \"\((name ?? "").prefix(80))\"",
                hint: hint)
        }
        guard name?.allSatisfy(\.isWhitespace) != true else {
            throw RequestError(
                field: "model", message: "expected a model ID, found an empty text",
                hint: "leave it out for Seedream 4")
        }
        let sold = entries(of: provider).map(\.alias).joined(separator: ", ")
        switch find(name, at: provider, for: operation) {
        case .listed(let entry, let id): return (id, entry)
        case .unlisted(let id): return (id, nil)
        case .otherOperation(let entry):
            let task = operation == .edit ? "edits" : "text-to-image"
            throw refusal(
                "a model of \(provider.displayName) for \(task)",
                hint: entry.ids(for: operation).first.map { "use \($0), or \(entry.alias) for both" }
                    ?? "no ID of \(entry.alias) for \(task) is known; give one if you have it")
        case .elsewhere(let entries):
            let sellers = entries.map(\.provider.rawValue).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            throw refusal(
                "a model of \(provider.displayName): \(sold)",
                hint: "it is sold by \(sellers.joined(separator: ", "))")
        case .misspelt(let nearest):
            throw refusal(
                "a model of \(provider.displayName): \(sold)",
                hint: "did you mean \(nearest.joined(separator: " or "))?")
        }
    }
}
