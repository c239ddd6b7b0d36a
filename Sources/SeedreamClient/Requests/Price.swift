/// What one picture costs, as read on a day. Never more than an estimate.
public struct Price: Hashable, Codable, Sendable {
    /// What is paid in.
    public enum Unit: String, Hashable, Codable, Sendable {
        case usDollars = "USD"
        case credits
    }

    /// For one picture.
    public var amount: Double
    /// What ``amount`` counts.
    public var unit: Unit
    /// The day on which it was read, as `2026-11-21`.
    public var date: String
    /// Where it was read.
    public var source: String

    /// Makes a price.
    public init(amount: Double, unit: Unit, date: String, source: String) {
        self.amount = amount
        self.unit = unit
        self.date = date
        self.source = source
    }
}
