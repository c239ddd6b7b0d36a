#if Client
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// What `--dry-run` shows: what is done to the pictures, the requests with their payloads left out,
/// and what they would cost.
struct PlanReport: Encodable {
    /// One request.
    struct Request: Encodable {
        var request: SubmissionPlan
        var preparation: PreparationReport?

        /// - Returns: `nil` for a row that would not be sent.
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
    /// What all would cost at most, in the unit of the price; absent where no price is known.
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
                "; \(request.uploads) \(request.uploads == 1 ? "picture is" : "pictures are") uploaded before"
        }
        let (least, most) = (request.minimumOutputs, request.maximumOutputs)
        let size = request.predictedSize.map { " of \($0)" } ?? ""
        lines.append(
            "\(least == most ? "\(most)" : "\(least) to \(most)") \(most == 1 ? "picture" : "pictures")\(size) from \(request.model)"
        )
        if let price = request.price, let worst = request.worstCost {
            let source = price.date.isEmpty ? price.source : "\(price.source), \(price.date)"
            lines.append(
                "costs at most \(worst.formattedShortly) \(price.unit.rawValue), at \(price.text) a picture (\(source))"
            )
        } else {
            lines.append("no price is known for \(request.model) at \(request.provider.displayName)")
        }
        return lines
    }
}

/// What `--dry-run` says of a run: rows, what is saved already, what cannot be sent, and what the
/// rest would cost.
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

    /// One line.
    ///
    /// - Parameter source: What the rows come from, as ` of CSV`.
    func text(source: String = "") -> String {
        var text = "\(rows) \(rows == 1 ? "row" : "rows")\(source), \(failed) of them failed"
        if skipped > 0 { text += ", \(skipped) saved already" }
        let sums = cost.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value.formattedShortly) \($0.key.rawValue)" }
        let price =
            isPriceKnown ? "at most \(sums.joined(separator: " and "))" : "at a price that is not known"
        let what = images == 0 ? "" : "; \(images) \(images == 1 ? "image" : "images"), \(price)"
        return text + what + "; nothing was sent, no key was read"
    }

    /// Refuses what would cost more than the budget.
    func check(_ budget: Budget?, _ planner: SubmissionPlanner, model: String?) throws(BudgetError) {
        guard images > 0 else { return }
        try budget?.check(pictures: images, price: planner.price(of: model))
    }

    /// The code for it.
    var status: ExitStatus {
        if failed == 0 { return .done }
        return failed == rows ? .noUsableInput : .someFailed
    }
}
#endif
