#if Client
import SeedreamClient
import SeedreamKit
import SeedreamModel

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
