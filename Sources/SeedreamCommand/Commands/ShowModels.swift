import ArgumentParser
import SeedreamClient
import SeedreamModel

/// `seedream models`: shows the known models of each provider.
struct ShowModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the models of each provider, with sizes, fields and prices.",
        discussion: """
            MODEL is a name such as 5.0-pro, or a provider's id; without it, all are listed. The \
            name works with --model at every provider that sells the model. A dash means that no \
            document gives the value: nothing is checked there. Prices are estimates; the last \
            line says when the documents were read, and --json names them all.

            Examples:
              seedream models
              seedream models --provider ark
              seedream models 5.0-pro
              seedream models --json
            """)

    @Argument(
        help: ArgumentHelp("A model's name or id.", valueName: "model"), completion: .models)
    var model: String?

    @Option(name: .shortAndLong, help: "Only the models of this provider.")
    var provider: ProviderID?

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var terminal: TerminalArguments

    func validate() throws {
        guard let model, entries.isEmpty else { return }
        let nearest = ModelTable.standard.nearest(to: model, at: provider)
        let place = provider.map { " of \($0.displayName)" } ?? ""
        throw ValidationError(
            "expected a known model\(place), found \(model); did you mean \(nearest.joined(separator: " or "))?"
        )
    }

    /// The rows to show.
    private var entries: [ModelEntry] {
        let table = ModelTable.standard
        return (provider.map { [$0] } ?? ProviderID.allCases).flatMap { provider in
            guard let model else { return table.entries(of: provider) }
            return [table.entry(id: model, at: provider) ?? table.entry(model, at: provider)]
                .compactMap(\.self)
        }
    }

    func run() throws {
        if json { return try Terminal.print(JSON.document(ModelReport(entries))) }
        for line in ModelsTable.lines(entries) { try Terminal.print(line) }
    }
}

/// The table of models.
enum ModelsTable {
    static func lines(_ entries: [ModelEntry]) -> [TerminalText] {
        let style = Style(descriptor: 1)
        var table = Table([
            "model", "provider", Table.Column("inputs", rank: 3), Table.Column("sizes", rank: 5),
            Table.Column("result size", rank: 2), "price each", Table.Column("extra", rank: 1),
            Table.Column("id", least: 16, rank: 4),
        ])
        for entry in entries {
            table.add([
                entry.alias, entry.provider.rawValue, entry.inputs.map { "\($0.value.maximum)" } ?? "-",
                tiers(entry), size(entry), entry.price.map { $0.value.shortText } ?? "-", extra(entry),
                entry.editID ?? entry.generateID ?? "-",
            ])
        }
        var lines = table.lines()
        lines[0] = style.bold(lines[0])
        let pages = entries.compactMap(\.page).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let rules = entries.compactMap { entry in
            entry.price.flatMap {
                $0.value.isFlat ? nil : "\(entry.alias) at \(entry.provider.displayName): \($0.value.text)"
            }
        }
        if !rules.isEmpty { lines += [""] + rules.map { "price of \($0)" as TerminalText } }
        lines += ["", "\(read(entries)) The provider's own pages decide:" as TerminalText]
        return lines + pages.map { "  \($0)" as TerminalText }
    }

    private static func read(_ entries: [ModelEntry]) -> String {
        let dates = entries.flatMap(\.sources).map(\.date)
        guard let latest = dates.max() else { return "No document was read." }
        return "As read until \(latest)."
    }

    private static func tiers(_ entry: ModelEntry) -> String {
        let tiers = entry.output?.value.tiers.map(\.rawValue) ?? []
        return tiers.isEmpty ? "-" : tiers.joined(separator: " ")
    }

    private static func size(_ entry: ModelEntry) -> String {
        guard let rule = entry.output?.value else { return "-" }
        if let sides = rule.sides { return "\(sides.lowerBound) to \(sides.upperBound) px a side" }
        guard let area = rule.area else { return "-" }
        return area.upperBound < .max
            ? "\(area.lowerBound) to \(area.upperBound) px²" : "\(area.lowerBound) px² or more"
    }

    /// What the model can do beyond an image from images and a prompt.
    private static func extra(_ entry: ModelEntry) -> String {
        let has = entry.fields?.value.has ?? []
        var words: [String] = []
        if has.contains(.imagesPerGeneration) { words.append("sets") }
        if has.contains(.seed) { words.append("seed") }
        if has.contains(.resultFormat) { words.append("png") }
        if has.contains(.background) || has.contains(.backgroundOfInput) { words.append("transparent") }
        if has.contains(.layers) { words.append("layers") }
        if entry.editID == nil { words.append("no edits known") }
        return words.isEmpty ? "-" : words.joined(separator: ", ")
    }
}

extension PriceRule {
    /// The range of prices of an image, as `"0.045 to 0.09 USD + inputs"`.
    fileprivate var shortText: String {
        let amounts = steps.map(\.amount)
        guard let least = amounts.min(), let most = amounts.max() else { return "-" }
        let range =
            least == most ? least.formattedAmount : "\(least.formattedAmount) to \(most.formattedAmount)"
        return "\(range) \(unit.rawValue)" + (perInput > 0 ? " + inputs" : "")
    }

    /// The rule on one line, as `"0.045 USD to 2.61 Mpx, 0.09 above; 0.003 an input after 1"`.
    var text: String {
        guard let first = steps.first else { return "-" }
        var text = "\(first.amount.formattedAmount) \(unit.rawValue)"
        for (step, next) in zip(steps, steps.dropFirst()) {
            text += " to \(Self.megapixels(step.maximumArea)), \(next.amount.formattedAmount)"
            text += next.maximumArea.map { " to \(Self.megapixels($0))" } ?? " above"
        }
        if perInput > 0 {
            text += "; \(perInput.formattedAmount) an input"
            if freeInputs > 0 { text += " after \(freeInputs)" }
        }
        return text
    }

    private static func megapixels(_ area: Int?) -> String {
        let area = Double(area ?? 0) / 1_000_000
        return "\(((area * 100).rounded() / 100).formattedShortly) Mpx"
    }
}
