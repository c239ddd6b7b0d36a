extension InputConstraints {
    /// The named profiles: `seedream-4` and one per provider, in the order the help lists them.
    public static let profiles: [(name: String, constraints: InputConstraints)] =
        [("seedream-4", .seedream4)]
        + ProviderID.allCases.map {
            ($0.rawValue, InputConstraints(for: ModelTable.standard.entry(ModelTable.defaultAlias, at: $0)))
        }

    /// Returns the profile with the given name; `nil` for an unknown name.
    public static func profile(named name: String) -> InputConstraints? {
        profiles.first { $0.name == name }?.constraints
    }
}

extension InputConstraints {
    /// Creates the constraints for a model. The window of areas is the same for every model; what
    /// is unknown of the model is as in ``seedream4``.
    ///
    /// - Parameter entry: The model; `nil` for one that is not in the table.
    public init(for entry: ModelEntry?) {
        self.init()
        guard let rule = entry?.inputs?.value else { return }
        maximumInputs = rule.maximum
        maximumBytes = rule.bytes ?? maximumBytes
        maximumAspectRatio = rule.maximumRatio ?? maximumAspectRatio
        acceptedMediaTypes = rule.mediaTypes ?? acceptedMediaTypes
    }

    /// Returns the constraints for another model: what is as the one model has it becomes as the
    /// other has it, and what the caller has changed stays.
    public func adapted(from one: ModelEntry?, to other: ModelEntry?) -> InputConstraints {
        let (before, after) = (InputConstraints(for: one), InputConstraints(for: other))
        var copy = self
        func adapt<Value: Equatable>(_ path: WritableKeyPath<InputConstraints, Value>) {
            if self[keyPath: path] == before[keyPath: path] { copy[keyPath: path] = after[keyPath: path] }
        }
        adapt(\.maximumInputs)
        adapt(\.maximumBytes)
        adapt(\.maximumAspectRatio)
        adapt(\.acceptedMediaTypes)
        return copy
    }
}
