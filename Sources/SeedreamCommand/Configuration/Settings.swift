#if Client
import Configuration
import Platform
import SeedreamClient
import SeedreamModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The settings of the environment and of the configuration file. The environment precedes the
/// file; options precede both.
struct Settings: Sendable {
    /// The place that a value comes from.
    enum Source: Hashable, Sendable {
        /// An environment variable, by name.
        case variable(String)
        /// A file, by path.
        case file(String)

        /// The name or the path.
        var place: String {
            switch self {
            case .variable(let place), .file(let place): place
            }
        }
    }

    /// A valid value as text, and its source.
    struct Entry: Hashable, Sendable {
        var text: String
        var source: Source
    }

    /// A model, and its source.
    struct Model: Hashable, Sendable {
        var choice: ModelChoice
        var source: Source
    }

    /// The values by key, without models.
    private(set) var entries: [SettingKey: Entry] = [:]
    /// The models. The first choice for a provider and a kind of request holds.
    private(set) var models: [Model] = []

    /// Reads the environment and the file.
    ///
    /// - Parameter path: The path of the file.
    /// - Throws: ``ConfigurationError`` for the first mistake.
    init(path: String = ConfigurationFile.path) async throws {
        let file = try await ConfigurationFile.provider(at: path)
        let variables = try Self.variables()
        let environment = EnvironmentVariablesProvider(environmentVariables: variables)
            .prefixKeys(with: "seedream")
        let sources = SourceRecorder()
        let reader = ConfigReader(
            providers: [environment as any ConfigProvider] + (file.map { [$0] } ?? []),
            accessReporter: sources)
        for key in SettingKey.allCases where key != .model {
            guard let text = reader.string(forKey: ConfigKey([key.rawValue])) else { continue }
            let isOfFile = sources.provider(of: key.rawValue) == file?.providerName
            entries[key] = Entry(text: text, source: isOfFile ? .file(path) : .variable(key.variable))
        }
        if let model = variables[SettingKey.model.variable] {
            models = [
                Model(
                    choice: ModelChoice(provider, model: model), source: .variable(SettingKey.model.variable))
            ]
        }
        if let file {
            let choices = Self.models(ConfigReader(provider: file))
            models += choices.filter { choice in !models.contains { $0.choice.provider == choice.provider } }
                .map { Model(choice: $0, source: .file(path)) }
        }
    }

    /// The provider, unless an option names another.
    var provider: ProviderID {
        entries[.provider].flatMap { ProviderID(rawValue: $0.text) } ?? BuiltInValues.provider
    }

    /// Returns the models of the file. A model without a provider belongs to that of the file.
    private static func models(_ file: ConfigReader) -> [ModelChoice] {
        func model(_ path: String...) -> String? { file.string(forKey: ConfigKey(["model"] + path)) }
        let provider = file.string(forKey: "provider").flatMap { ProviderID(rawValue: $0) }
        var choices = model().map { [ModelChoice(provider ?? BuiltInValues.provider, model: $0)] } ?? []
        for provider in ProviderID.allCases {
            for operation in GenerationOperation.allCases {
                if let model = model(provider.rawValue, operation.rawValue) {
                    choices.append(ModelChoice(provider, operation, model: model))
                }
            }
            if let model = model(provider.rawValue) { choices.append(ModelChoice(provider, model: model)) }
        }
        return choices
    }

    /// The variables that hold settings. An empty variable counts as not set.
    private static func variables() throws(ConfigurationError) -> [String: String] {
        let names = SettingKey.allCases.map(\.variable)
        for name in ProcessInfo.processInfo.environment.keys.sorted()
        where name.hasPrefix(SettingKey.prefix) && !names.contains(name) {
            guard let suggestion = SettingKey.suggestion(name, names) else { continue }
            throw ConfigurationError(
                name, "expected the name of a setting, found none of them", hint: suggestion)
        }
        var variables: [String: String] = [:]
        for key in SettingKey.allCases {
            guard let text = PathText.variable(key.variable), !text.isEmpty else { continue }
            if let hint = key.objection(to: text) {
                throw ConfigurationError(
                    key.variable, "expected \(key.expected), found \(SecretText.shown(text))", hint: hint)
            }
            variables[key.variable] = text
        }
        return variables
    }
}

/// Records which provider of swift-configuration returned each value.
private final class SourceRecorder: AccessReporter {
    private let names = Mutex<[String: String]>([:])

    func report(_ event: AccessEvent) {
        let found = event.providerResults.first { (try? $0.result.get())?.value != nil }
        names.withLock { $0[event.metadata.key.components.joined(separator: ".")] = found?.providerName }
    }

    /// Returns the name of the provider that returned the value of a key.
    func provider(of key: String) -> String? { names.withLock { $0[key] } }
}
#endif
