public import SeedreamModel

/// Why a request is not sent, for the sake of money.
public enum BudgetError: ErrorWithRemedy, Hashable, Sendable {
    /// The worst case costs more. All in `unit`.
    case exceeded(worst: Double, budget: Double, unit: Price.Unit)
    /// No document says what a picture costs there.
    case priceUnknown
    /// The budget is in dollars and the price in credits, or the other way round.
    case otherUnit(budget: Price.Unit, price: Price.Unit)
}

extension BudgetError: CustomStringConvertible {
    /// Expected and found, one line.
    public var description: String {
        switch self {
        case .exceeded(let worst, let budget, let unit):
            "the worst case costs \(worst.formattedShortly) \(unit.rawValue), the budget is \(budget.formattedShortly) \(unit.rawValue)"
        case .priceUnknown: "no price is known for this host, so no budget can be kept"
        case .otherUnit(let budget, let price):
            "the budget is in \(budget.rawValue), the host's price in \(price.rawValue)"
        }
    }

    /// What to do about it.
    public var remedy: Remedy {
        switch self {
        case .exceeded: "ask for fewer pictures, or raise the budget"
        case .priceUnknown: "say what one picture costs with \(.price)"
        case .otherUnit: "give the budget in the unit of the price, or the price with \(.price)"
        }
    }
}
