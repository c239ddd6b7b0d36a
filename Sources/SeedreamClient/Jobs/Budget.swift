public import SeedreamModel

/// A spending limit.
public struct Budget: Hashable, Codable, Sendable {
    /// The amount, in ``unit``.
    public var amount: Double
    /// The currency or credits of ``amount``.
    public var unit: Price.Unit

    /// Creates a budget.
    public init(amount: Double, unit: Price.Unit) {
        self.amount = amount
        self.unit = unit
    }
}

extension Budget {
    /// Checks that the worst case stays within the budget.
    ///
    /// - Parameters:
    ///   - images: The largest number of images that the request may return.
    ///   - price: The price of one image; `nil` if unknown.
    ///   - spent: The amount already spent, in ``unit``. Default: 0.
    /// - Throws: ``BudgetError`` if the worst case exceeds the budget or cannot be computed.
    public func check(images: Int, price: Price?, after spent: Double = 0) throws(BudgetError) {
        guard let price else { throw .priceUnknown }
        guard price.unit == unit else { throw .otherUnit(budget: unit, price: price.unit) }
        let worst = spent + price.amount * Double(images)
        // A sum of cents is not exact in binary.
        guard worst <= amount + 1e-9 else { throw .exceeded(worst: worst, budget: amount, unit: unit) }
    }

    /// The earlier name of ``check(images:price:after:)``.
    @available(*, deprecated, renamed: "check(images:price:after:)")
    public func check(pictures: Int, price: Price?, after spent: Double = 0) throws(BudgetError) {
        try check(images: pictures, price: price, after: spent)
    }
}

/// A budget that a request would exceed, or that cannot be checked. The request is not sent.
public enum BudgetError: ErrorWithRemedy, Hashable, Sendable {
    /// The worst case costs more than the budget. Both amounts are in `unit`.
    case exceeded(worst: Double, budget: Double, unit: Price.Unit)
    /// The price of an image is unknown for this provider or model.
    case priceUnknown
    /// The budget and the price have different units: one is in dollars, the other in credits.
    case otherUnit(budget: Price.Unit, price: Price.Unit)
}

extension BudgetError: CustomStringConvertible {
    /// A one-line message with the expected and the found value.
    public var description: String {
        switch self {
        case .exceeded(let worst, let budget, let unit):
            "the worst case costs \(worst.formattedAmount) \(unit.rawValue), the budget is \(budget.formattedAmount) \(unit.rawValue)"
        case .priceUnknown: "no price is known for this request, so the budget cannot be checked"
        case .otherUnit(let budget, let price):
            "the budget is in \(budget.rawValue), the provider's price in \(price.rawValue)"
        }
    }

    /// The remedy.
    public var remedy: Remedy {
        switch self {
        case .exceeded: "request fewer images, or raise the budget"
        case .priceUnknown: "give the price of one image with \(.price)"
        case .otherUnit: "give the budget in the unit of the price, or another price with \(.price)"
        }
    }
}
