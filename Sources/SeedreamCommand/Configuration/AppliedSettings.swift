#if Client
import Platform
import SeedreamClient
import SeedreamModel

/// The settings that took the place of options that a command line does not have.
struct AppliedSettings: Sendable {
    private struct Applied: Sendable {
        /// The key and the value, for people.
        var text: String
        var source: Settings.Source
    }

    private var applied: [Applied] = []
    /// The models that requests without a model of their own are sent to.
    private(set) var models: [ModelChoice] = []
    /// The same settings as options, for the command line that a run records: repeated, it does the
    /// same under another configuration.
    private(set) var options: [String] = []
    /// What was left out, and why, one line each.
    private(set) var notes: [String] = []

    /// The settings and their sources on one line; `nil` if none was applied.
    var summary: String? {
        var places: [(source: Settings.Source, texts: [String])] = []
        for setting in applied {
            if let index = places.firstIndex(where: { $0.source == setting.source }) {
                places[index].texts.append(setting.text)
            } else {
                places.append((setting.source, [setting.text]))
            }
        }
        guard !places.isEmpty else { return nil }
        return places.map { "\($0.texts.joined(separator: ", ")) from \($0.source.place)" }
            .joined(separator: "; ")
    }

    private mutating func add(_ key: SettingKey, _ entry: Settings.Entry, option: String? = nil) {
        applied.append(Applied(text: "\(key.rawValue) \(entry.text)", source: entry.source))
        options.append("--\(key.rawValue)=\(option ?? entry.text)")
    }

    // MARK: Groups of options

    /// Applies the provider and the way to send images.
    mutating func apply(_ settings: Settings, to arguments: inout ProviderArguments) {
        if let entry = settings.entries[.provider], let value = ProviderID(rawValue: entry.text),
            arguments.provider.configure(value)
        {
            add(.provider, entry)
        }
        if let entry = settings.entries[.sendImages], let value = ImageSending(rawValue: entry.text),
            arguments.sendImages.configure(value)
        {
            add(.sendImages, entry)
        }
    }

    /// Applies the models, of all providers, because a row of a manifest may name one.
    ///
    /// - Parameter provider: The provider of the request.
    mutating func apply(
        _ settings: Settings, to arguments: RequestArguments, provider: ProviderID
    ) {
        guard arguments.model == nil else { return }
        models = settings.models.map(\.choice)
        for model in settings.models {
            if model.choice.provider == provider {
                let kind = model.choice.operation.map { " (\($0.rawValue))" } ?? ""
                applied.append(Applied(text: "model \(model.choice.model)\(kind)", source: model.source))
            } else if case .variable(let name) = model.source {
                notes.append(
                    "\(name) is a model of \(model.choice.provider.displayName), and not used for \(provider.displayName)"
                )
            }
        }
    }

    /// Applies the folder of results.
    mutating func apply(_ settings: Settings, to arguments: inout ResultArguments) {
        guard let entry = settings.entries[.output] else { return }
        let path = SettingKey.path(entry.text)
        if arguments.place.configure(path) { add(.output, entry, option: PathText.absolute(path)) }
    }

    /// Applies the budget.
    mutating func apply(_ settings: Settings, to arguments: inout CostArguments) {
        guard arguments.budget == nil, let entry = settings.entries[.budget] else { return }
        arguments.budget = Money(argument: entry.text)
        add(.budget, entry)
    }

    /// Applies the number of requests at once.
    mutating func apply(_ settings: Settings, to arguments: inout ParallelArguments) {
        guard let entry = settings.entries[.parallel], let value = Int(entry.text),
            arguments.parallel.configure(value)
        else { return }
        add(.parallel, entry)
    }
}
#endif
