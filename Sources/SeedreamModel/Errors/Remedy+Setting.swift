extension Remedy {
    /// A setting of this library. If an optional value is `nil`, the setting itself is meant.
    public enum Setting: Hashable, Sendable {
        /// `InputConstraints.fit`.
        case fit(AspectRatioFit)
        /// `InputConstraints.maximumAspectRatio`.
        case maximumAspectRatio(Int)
        /// `InputConstraints.minimumArea`, in px².
        case minimumArea
        /// `InputConstraints.maximumArea`, in px².
        case maximumArea
        /// `InputConstraints.maximumBytes`, in bytes of one encoded image.
        case maximumBytes(Int?)
        /// `InputConstraints.maximumBodyBytes` and `ClientConfiguration.maximumBodyBytes`, in
        /// bytes.
        case maximumBodyBytes
        /// `DecodeLimits.maximumInputBytes`, in bytes.
        case maximumInputBytes(Int?)
        /// `DecodeLimits.maximumPixels`, in px².
        case maximumPixels(Int?)
        /// `DecodeLimits.maximumDecodeMemory`, in bytes.
        case maximumDecodeMemory(Int?)
        /// `PreparationOptions.memoryBudget`, in bytes.
        case memoryBudget(Int?)
        /// `PreparationOptions.isStrict`, which rejects more inputs than one request takes.
        case failOnDropped
        /// `ClientConfiguration.imageTransport`, with images uploaded.
        case uploadImages
        /// `ClientConfiguration.imageTransport`, with images sent as data URIs inside the request.
        case inlineImages
        /// `ClientConfiguration.isLenient`, which omits settings the provider does not support.
        case ignoreUnsupported
        /// `ClientConfiguration.price`.
        case price
        /// `TransportConfiguration.proxy`.
        case proxy
        /// `TransportConfiguration.trustRoots`, a file of certificates.
        case trustRoots
        /// The path of `SQLiteLedger.open(path:access:)`.
        case ledgerFile
        /// `Destination.folder`.
        case destination
    }

    /// A call.
    public enum Action: Hashable, Sendable {
        /// Lists the known models: `ModelTable.standard`.
        case listModels
        /// Lists the jobs in the ledger: `JobLedger.jobs(in:limit:)`.
        case listJobs
        /// Resumes the open jobs: `SeedreamClient.resume(_:reportingTo:)`.
        case resume
        /// Fetches the result of a request that is not in the ledger, by the provider's request ID:
        /// `SeedreamClient.adopt(requestID:model:to:)`. `provider` is a `ProviderID.rawValue`.
        case result(requestID: String, provider: String)
        /// Uses every file of a folder. Programs offer this; in the library's wording it is empty.
        case eachOfFolder
    }
}

extension Remedy.Wording {
    /// The Swift names of settings and calls.
    public static let library = Self { part in
        switch part {
        case .words(let text): text
        case .verb: "set"
        case .setting(let setting): "`\(setting.swiftName)`"
        case .action(let action): action.swiftName
        }
    }
}

extension Remedy.Setting {
    fileprivate var swiftName: String {
        switch self {
        case .fit(let fit): "fit = .\(fit.rawValue)"
        case .maximumAspectRatio(let ratio): "maximumAspectRatio = \(ratio)"
        case .minimumArea: "minimumArea"
        case .maximumArea: "maximumArea"
        case .maximumBytes(let count): Self.named("maximumBytes", count)
        case .maximumBodyBytes: "maximumBodyBytes"
        case .maximumInputBytes(let count): Self.named("maximumInputBytes", count)
        case .maximumPixels(let count): Self.named("maximumPixels", count)
        case .maximumDecodeMemory(let count): Self.named("maximumDecodeMemory", count)
        case .memoryBudget(let count): Self.named("memoryBudget", count)
        case .failOnDropped: "isStrict"
        case .uploadImages: "imageTransport = .upload"
        case .inlineImages: "imageTransport = .dataURI"
        case .ignoreUnsupported: "isLenient = true"
        case .price: "price"
        case .proxy: "proxy"
        case .trustRoots: "trustRoots"
        case .ledgerFile: "SQLiteLedger.open(path:)"
        case .destination: "Destination(folder:)"
        }
    }

    private static func named(_ name: String, _ value: Int?) -> String {
        value.map { "\(name) = \($0)" } ?? name
    }
}

extension Remedy.Action {
    fileprivate var swiftName: String {
        switch self {
        case .listModels: "`ModelTable.standard`"
        case .listJobs: "`JobLedger.jobs(in:limit:)`"
        case .resume: "`SeedreamClient.resume`"
        case .result(let id, _): "`SeedreamClient.adopt(requestID: \"\(id)\")`"
        case .eachOfFolder: ""
        }
    }
}
