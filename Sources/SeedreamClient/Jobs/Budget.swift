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
    ///   - pictures: The largest number of images that the request may return.
    ///   - price: The price of one image; `nil` if unknown.
    ///   - spent: The amount already spent, in ``unit``. Default: 0.
    /// - Throws: ``BudgetError`` if the worst case exceeds the budget or cannot be computed.
    public func check(pictures: Int, price: Price?, after spent: Double = 0) throws(BudgetError) {
        guard let price else { throw .priceUnknown }
        guard price.unit == unit else { throw .otherUnit(budget: unit, price: price.unit) }
        let worst = spent + price.amount * Double(pictures)
        // A sum of cents is not exact in binary.
        guard worst <= amount + 1e-9 else { throw .exceeded(worst: worst, budget: amount, unit: unit) }
    }
}
