import ArgumentParser
import SeedreamClient
import SeedreamModel

/// `seedream providers`: shows the limits and prices of each provider.
struct ShowProviders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Show the providers, their limits and prices.",
        discussion: """
            A dash means that no document gives the value. Prices are estimates as of the date next to them.

            Examples:
              seedream providers
              seedream providers --json
            """)

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var terminal: TerminalArguments

    func run() throws {
        if json {
            try Terminal.print(JSON.document(ProviderReport()))
        } else {
            for line in ProviderTable.lines() { try Terminal.print(line) }
        }
    }
}

/// The JSON document of `seedream providers --json`, schema 1.
struct ProviderReport: Encodable {
    /// One provider.
    struct Provider: Encodable {
        var name: String
        var displayName: String
        var keyVariables: [String]
        var editModel: String
        var generateModel: String
        var maximumImages: Int
        var counts: [Int]
        var imagesPerGeneration: [Int]
        var maximumInputsAndOutputs: Int?
        var promptCharacters: Int?
        var sides: [Int]?
        var area: [Int]?
        var uploadBytes: Int?
        var inlineResults: Bool
        var webhooks: Bool
        var jobs: Bool
        var cancellation: Bool
        var idempotencyKeys: Bool
        var resultLifetime: Double?
        var price: Price?

        init(_ provider: ProviderID) {
            let limits = SubmissionPlanner(provider).limits
            name = provider.rawValue
            displayName = provider.displayName
            keyVariables = [KeyNames(provider).key]
            editModel = limits.editModel
            generateModel = limits.generateModel
            maximumImages = limits.maximumImages
            // The upper bound is left out if no document gives one.
            counts = [limits.counts.lowerBound, limits.counts.upperBound].filter { $0 < .max }
            imagesPerGeneration = [
                limits.imagesPerGeneration.lowerBound, limits.imagesPerGeneration.upperBound,
            ]
            maximumInputsAndOutputs = limits.maximumInputsAndOutputs
            promptCharacters = limits.promptCharacters?.upperBound
            sides = limits.sides.map { [$0.lowerBound, $0.upperBound] }
            area = limits.area.map { [$0.lowerBound, $0.upperBound] }
            uploadBytes = limits.uploadBytes
            inlineResults = limits.deliversInline
            webhooks = limits.hasWebhooks
            jobs = limits.hasJobs
            cancellation = limits.canCancel
            idempotencyKeys = limits.honorsIdempotencyKeys
            resultLifetime = limits.resultLifetime
            price = limits.price
        }
    }

    var schema = 1
    var providers = ProviderID.allCases.map(Provider.init)
}

/// The table of providers.
enum ProviderTable {
    static func lines() -> [TerminalText] {
        let style = Style(descriptor: 1)
        var table = Table([
            "provider", "inputs", Table.Column("outputs", rank: 4), Table.Column("prompt", rank: 5),
            Table.Column("result size", rank: 2), Table.Column("images sent", rank: 1),
            Table.Column("works", rank: 3), "price each", "key",
        ])
        for provider in ProviderID.allCases {
            let limits = SubmissionPlanner(provider).limits
            table.add([
                provider.rawValue, "\(limits.maximumImages)", outputs(limits),
                limits.promptCharacters.map { "\($0.upperBound)" } ?? "-", size(limits), way(limits),
                mode(limits),
                limits.price.map { "\($0.text) (\($0.date))" } ?? "-",
                KeyNames(provider).key,
            ])
        }
        var lines = table.lines()
        lines[0] = style.bold(lines[0])
        let sources = ProviderID.allCases.compactMap { provider in
            SubmissionPlanner(provider).limits.price.map { "\(provider.rawValue): \($0.source)" }
        }
        return lines + [""] + sources.map { "price of \($0)" as TerminalText }
    }

    private static func outputs(_ limits: ProviderLimits) -> String {
        guard limits.counts.upperBound < .max else { return "\(limits.counts.lowerBound) or more" }
        let most = limits.counts.upperBound * limits.imagesPerGeneration.upperBound
        let together = limits.maximumInputsAndOutputs.map { ", \($0) with inputs" } ?? ""
        let total = min(most, limits.maximumInputsAndOutputs ?? most)
        return total == 1 ? "1" : "1 to \(total)\(together)"
    }

    private static func size(_ limits: ProviderLimits) -> String {
        if let sides = limits.sides { return "\(sides.lowerBound) to \(sides.upperBound) px a side" }
        return limits.area.map { "\($0.lowerBound) to \($0.upperBound) px²" } ?? "-"
    }

    private static func way(_ limits: ProviderLimits) -> String {
        guard let bytes = limits.uploadBytes else { return "as data URIs" }
        let upload = bytes < 1_000_000_000 ? "by upload (\(bytes.formattedBytes))" : "by upload"
        return limits.prefersDataURIs ? "as data URIs or \(upload)" : upload
    }

    private static func mode(_ limits: ProviderLimits) -> String {
        limits.hasJobs ? (limits.canCancel ? "queued, can be cancelled" : "queued") : "in one request"
    }
}

extension Price {
    /// The price as text, such as `"0.03 USD"`.
    var text: String { "\(amount.formattedAmount) \(unit.rawValue)" }
}
