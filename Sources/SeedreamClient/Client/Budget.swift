/// The most that may be spent.
public struct Budget: Hashable, Codable, Sendable {
    /// How much.
    public var amount: Double
    /// Of what.
    public var unit: Price.Unit

    /// Makes a budget.
    public init(amount: Double, unit: Price.Unit) {
        self.amount = amount
        self.unit = unit
    }
}

extension Budget {
    /// Whether a worst case stays within the budget.
    ///
    /// - Parameters:
    ///   - pictures: The most pictures that may come.
    ///   - price: What each costs; `nil` where no document says.
    ///   - spent: What counts already, in ``unit``. 0 by default.
    /// - Throws: ``BudgetError`` where it does not, and where nobody can tell.
    public func check(pictures: Int, price: Price?, after spent: Double = 0) throws(BudgetError) {
        guard let price else { throw .priceUnknown }
        guard price.unit == unit else { throw .otherUnit(budget: unit, price: price.unit) }
        let worst = spent + price.amount * Double(pictures)
        // A sum of cents is not exact in binary.
        guard worst <= amount + 1e-9 else { throw .exceeded(worst: worst, budget: amount, unit: unit) }
    }
}
