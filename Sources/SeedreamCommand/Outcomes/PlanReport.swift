#if Client
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The output of `--dry-run`: the changes to images, the requests without their payloads, and the
/// cost.
struct PlanReport: Encodable {
    /// One request.
    struct Request: Encodable {
        var request: SubmissionPlan
        var preparation: PreparationReport?

        /// - Returns: `nil` if the row would not be sent.
        init?(_ plan: RowPlan, includesDigest: Bool) {
            guard let request = plan.submission else { return nil }
            self.request = request
            let records = plan.images.map { ImageRecord($0, path: nil, includesDigest: includesDigest) }
            preparation = PreparationReport(images: records, failed: [], dropped: plan.dropped)
        }
    }

    var schema = 1
    var requests: [Request]
    /// Inputs that cannot be prepared.
    var failed: [FailureRecord]
    /// The largest possible cost of all requests, in the unit of the price; absent if a price is
    /// unknown.
    var worstCost: Double?

    init(_ requests: [Request], failed: [FailureRecord] = []) {
        self.requests = requests
        self.failed = failed
        let costs = requests.compactMap(\.request.worstCost)
        worstCost = costs.count == requests.count ? costs.reduce(0, +) : nil
    }

    func show(json: Bool) throws {
        if json { return try Terminal.print(JSON.document(self)) }
        for request in requests { try show(request) }
        try Terminal.print("nothing was sent, no key was read")
    }

    private func show(_ item: Request) throws {
        if let preparation = item.preparation, !preparation.images.isEmpty {
            for line in ImageTable.lines(
                of: preparation, total: preparation.images.count, numbersInputs: false)
            {
                try Terminal.print(line)
            }
            try Terminal.print("")
        }
        let request = item.request
        try Terminal.print("POST \(request.url)")
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            try Terminal.print("\(name): \(value)")
        }
        try Terminal.print("")
        try Terminal.print(JSON.document(request.body))
        try Terminal.print("")
        for line in Self.facts(of: request) { try Terminal.print("\(line)") }
        for warning in request.warnings { Diagnostics().note(warning.message) }
    }

    private static func facts(of request: SubmissionPlan) -> [String] {
        var lines = ["body of \(request.bodyBytes.formattedBytes), sent once"]
        if request.uploads > 0 {
            lines[0] +=
                "; \(request.uploads) \(request.uploads == 1 ? "image is" : "images are") uploaded before"
        }
        let (least, most) = (request.minimumOutputs, request.maximumOutputs)
        let size = request.predictedSize.map { " of \($0)" } ?? ""
        lines.append(
            "\(least == most ? "\(most)" : "\(least) to \(most)") \(most == 1 ? "image" : "images")\(size) from \(request.model)"
        )
        if let price = request.price, let worst = request.worstCost {
            let source = price.date.isEmpty ? price.source : "\(price.source), \(price.date)"
            let rate =
                if let rule = request.rule, !rule.isFlat { ": an image is \(rule.text)" } else {
                    ", at \(price.text) an image"
                }
            lines.append(
                "costs at most \(worst.formattedAmount) \(price.unit.rawValue)\(rate) (\(source))")
        } else {
            lines.append("no price is known for \(request.model) at \(request.provider.displayName)")
        }
        return lines
    }
}

/// The summary that `--dry-run` prints for a run: its rows, those saved already, those that cannot
/// be sent, and the cost of the rest.
struct RunPlanSummary {
    private var rows = 0
    private var failed = 0
    private var skipped = 0
    private var images = 0
    private var cost: [Price.Unit: Double] = [:]
    private var isPriceKnown = true

    mutating func add(_ plan: RowPlan) {
        rows += 1
        if plan.saved != nil {
            skipped += 1
        } else if let request = plan.submission {
            images += request.maximumOutputs
            if let price = request.price, let worst = request.worstCost {
                cost[price.unit, default: 0] += worst
            } else {
                isPriceKnown = false
            }
        } else {
            failed += 1
        }
    }

    /// Returns the summary on one line.
    ///
    /// - Parameter source: The format of the rows with a leading space, such as ` of CSV`.
    func text(source: String = "") -> String {
        var text = "\(rows) \(rows == 1 ? "row" : "rows")\(source), \(failed) of them failed"
        if skipped > 0 { text += ", \(skipped) saved already" }
        let sums = cost.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value.formattedAmount) \($0.key.rawValue)" }
        let price =
            isPriceKnown ? "at most \(sums.joined(separator: " and "))" : "at an unknown price"
        let what = images == 0 ? "" : "; \(images) \(images == 1 ? "image" : "images"), \(price)"
        return text + what + "; nothing was sent, no key was read"
    }

    /// Throws if the run would exceed the budget, or if that cannot be known.
    func check(_ budget: Budget?) throws(BudgetError) {
        guard let budget, images > 0 else { return }
        guard isPriceKnown else { throw .priceUnknown }
        for (unit, sum) in cost.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try budget.check(images: 1, price: Price(amount: sum, unit: unit, date: "", source: ""))
        }
    }

    /// The exit code.
    var status: ExitStatus {
        if failed == 0 { return .done }
        return failed == rows ? .noUsableInput : .someFailed
    }
}
#endif
