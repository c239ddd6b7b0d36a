package import SeedreamModel

extension Remedy.Wording {
    /// Wording for the command line: settings are options, actions are subcommands.
    package static let command = Self { part in
        switch part {
        case .words(let text): text
        case .verb: "pass"
        case .setting(let setting): "`\(setting.option)`"
        case .action(let action): action.command
        }
    }
}

extension Remedy.Setting {
    fileprivate var option: String {
        switch self {
        case .fit(let fit): "--fit \(fit.rawValue)"
        case .maximumAspectRatio(let ratio): "--max-ratio \(ratio)"
        case .minimumArea: "--min-area"
        case .maximumArea: "--max-area"
        case .maximumBytes(let count): Self.named("--max-bytes", count)
        case .maximumBodyBytes: "--max-body"
        case .maximumInputBytes(let count): Self.named("--max-input-bytes", count)
        case .maximumPixels(let count): Self.named("--max-pixels", count)
        case .maximumDecodeMemory(let count): Self.named("--max-decode-memory", count)
        case .memoryBudget(let count): Self.named("--memory", count)
        case .failOnDropped: "--fail-on-dropped"
        case .uploadImages: "--send-images upload"
        case .inlineImages: "--send-images inline"
        case .ignoreUnsupported: "--ignore-unsupported"
        case .price: "--price"
        case .proxy: "--proxy"
        case .trustRoots: "--ca-file FILE"
        case .ledgerFile: "--ledger"
        case .destination: "-o"
        }
    }

    private static func named(_ option: String, _ value: Int?) -> String {
        value.map { "\(option) \($0)" } ?? option
    }
}

extension Remedy.Action {
    fileprivate var command: String {
        switch self {
        case .listModels: "`seedream models`"
        case .listJobs: "`seedream jobs`"
        case .resume: "`seedream resume`"
        case .result(let id, let provider): "`seedream result \(id) --provider \(provider)`"
        case .eachOfFolder: ", or pass `--each` to prepare every file of the folder"
        }
    }
}
