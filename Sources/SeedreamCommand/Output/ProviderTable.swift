import SeedreamClient
import SeedreamModel

/// The table of hosts.
enum ProviderTable {
    static func lines() -> [TerminalText] {
        let style = Style(descriptor: 1)
        var table = Table([
            "provider", "inputs", Table.Column("outputs", rank: 4), Table.Column("prompt", rank: 5),
            Table.Column("result size", rank: 2), Table.Column("pictures go", rank: 1),
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
    /// `"0.03 USD"`.
    var text: String { "\(amount.formattedShortly) \(unit.rawValue)" }
}
