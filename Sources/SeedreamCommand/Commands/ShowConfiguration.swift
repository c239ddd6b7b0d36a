import ArgumentParser
import SeedreamClient
import SeedreamModel

/// `seedream config`: shows the settings and where each comes from.
struct ShowConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings of edit, generate and batch, and where each comes from.",
        discussion: """
            An option of a command precedes its variable in the environment, the variable precedes the \
            file, and the file precedes the built-in value. The file is seedream/config.json in the \
            configuration folder ($XDG_CONFIG_HOME, default ~/.config), such as

              {"provider": "fal", "output": "~/Pictures/seedream", "budget": 2.00}

              file         variable              option
              provider     SEEDREAM_PROVIDER     --provider
              model        SEEDREAM_MODEL        --model
              output       SEEDREAM_OUTPUT       --output
              budget       SEEDREAM_BUDGET       --budget
              parallel     SEEDREAM_PARALLEL     --parallel
              send-images  SEEDREAM_SEND_IMAGES  --send-images

            Keys and prices are not settings. An unknown key, or a value that is not valid, is an \
            error.

            Examples:
              seedream config
              seedream config --json
              seedream config --path

            Exit codes: see `seedream help exit-codes`.
            """)

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Flag(help: "Print only the path of the file, without reading it.")
    var path = false

    @OptionGroup
    var terminal: TerminalArguments

    func validate() throws {
        if json, path { throw ValidationError("choose one of --json and --path") }
    }

    func run() async throws {
        #if Client
        try await ClientFailure.reported(json: false) {
            let file = ConfigurationFile.path
            if path { return try Terminal.print(TerminalText(file)) }
            let report = ConfigurationReport(try await Settings(path: file), file: file)
            if json {
                try Terminal.print(JSON.document(report))
            } else {
                for line in report.lines { try Terminal.print(line) }
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }
}

#if Client
/// The JSON document of `seedream config --json`, schema 1.
struct ConfigurationReport: Encodable {
    /// The configuration file.
    struct File: Encodable {
        var path: String
        var exists: Bool
    }

    /// One setting.
    struct Setting: Encodable {
        var key: String
        /// The provider that a model belongs to.
        var provider: ProviderID?
        /// The kind of request that a model is for; absent if for both.
        var operation: GenerationOperation?
        /// The value as text; absent if the provider decides, or if there is no limit.
        var value: String?
        /// The name of the variable, the path of the file, or `default`.
        var source: String
    }

    var schema = 1
    var file: File
    var settings: [Setting]

    init(_ settings: Settings, file path: String) {
        file = File(path: path, exists: (try? ConfigurationFile.exists(path)) ?? false)
        func setting(_ key: SettingKey, default value: String?) -> Setting {
            let entry = settings.entries[key]
            return Setting(
                key: key.rawValue, value: entry?.text ?? value, source: entry?.source.place ?? "default")
        }
        self.settings = [setting(.provider, default: BuiltInValues.provider.rawValue)]
        self.settings += settings.models.map { model in
            Setting(
                key: SettingKey.model.rawValue, provider: model.choice.provider,
                operation: model.choice.operation, value: model.choice.model, source: model.source.place)
        }
        if !settings.models.contains(where: { $0.choice.provider == settings.provider }) {
            self.settings.append(
                Setting(key: SettingKey.model.rawValue, provider: settings.provider, source: "default"))
        }
        self.settings += [
            setting(.output, default: BuiltInValues.output), setting(.budget, default: nil),
            setting(.parallel, default: "\(BuiltInValues.parallel)"),
            setting(.sendImages, default: BuiltInValues.sendImages.rawValue),
        ]
    }

    /// The settings as a text table, and the path of the file.
    var lines: [TerminalText] {
        var table = Table(["key", Table.Column("value", least: 16), Table.Column("source", least: 16)])
        for setting in settings {
            var key = setting.key
            if let provider = setting.provider {
                key += " of \(provider.rawValue)" + (setting.operation.map { " (\($0.rawValue))" } ?? "")
            }
            let missing = setting.key == SettingKey.model.rawValue ? "its Seedream 4" : "none"
            table.add([key, setting.value ?? missing, setting.source])
        }
        var lines = table.lines()
        lines[0] = Style(descriptor: 1).bold(lines[0])
        return lines + ["", "file: \(file.path)\(file.exists ? "" : " (does not exist)")" as TerminalText]
    }
}
#endif
