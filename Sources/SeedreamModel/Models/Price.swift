/// The price of one image as published on a given day; an estimate.
public struct Price: Hashable, Codable, Sendable {
    /// The currency of a price.
    public enum Unit: String, Hashable, Codable, Sendable, CaseIterable {
        /// US dollars.
        case usDollars = "USD"
        /// Credits of the provider's own.
        case credits
    }

    /// The price per image.
    public var amount: Double
    /// The currency of ``amount``.
    public var unit: Unit
    /// The day on which the price was read, such as `2026-11-21`.
    public var date: String
    /// The document in which the price was read.
    public var source: String

    /// Creates a price.
    public init(amount: Double, unit: Unit, date: String, source: String) {
        self.amount = amount
        self.unit = unit
        self.date = date
        self.source = source
    }
}

/// How a model's price depends on a request: by output area, by the number of inputs, by layer.
public struct PriceRule: Hashable, Codable, Sendable {
    /// The price of an image up to an area.
    public struct Step: Hashable, Codable, Sendable {
        /// The largest area with this price, in px²; `nil` for every larger one.
        public var maximumArea: Int?
        /// The price of one image.
        public var amount: Double

        /// Creates a step.
        public init(maximumArea: Int?, amount: Double) {
            (self.maximumArea, self.amount) = (maximumArea, amount)
        }
    }

    /// The request that is priced.
    public struct Order: Hashable, Sendable {
        /// The largest number of images that the request may return.
        public var outputs: Int
        /// The area of each image in px²; `nil` if only the provider knows it.
        public var area: Int?
        /// The number of input images.
        public var inputs: Int
        /// The number of generations, each of which reads the inputs.
        public var generations: Int
        /// Whether the result is layers instead of images.
        public var isLayered: Bool

        /// Creates an order.
        public init(outputs: Int, area: Int?, inputs: Int = 0, generations: Int = 1, isLayered: Bool = false)
        {
            (self.outputs, self.area, self.inputs) = (outputs, area, inputs)
            (self.generations, self.isLayered) = (generations, isLayered)
        }
    }

    /// The currency of all amounts.
    public var unit: Price.Unit
    /// The prices by area, the smallest first. An area above the last step has no known price.
    public var steps: [Step]
    /// The fee for each input image of a generation. Default: 0.
    public var perInput = 0.0
    /// The number of input images without a fee. Default: 0.
    public var freeInputs = 0
    /// The price of each layer; `nil` if it is unknown.
    public var perLayer: Double?

    /// Creates a rule with one price for every area.
    public init(_ amount: Double, _ unit: Price.Unit = .usDollars) {
        self.init(steps: [Step(maximumArea: nil, amount: amount)], unit)
    }

    /// Creates a rule with a price for each range of areas.
    public init(steps: [Step], _ unit: Price.Unit = .usDollars, perInput: Double = 0, freeInputs: Int = 0) {
        (self.steps, self.unit, self.perInput, self.freeInputs) = (steps, unit, perInput, freeInputs)
    }

    /// Whether the price is the same for every request.
    public var isFlat: Bool { steps.count == 1 && steps[0].maximumArea == nil && perInput == 0 }

    /// Returns the cost of a request in the worst case, in ``unit``; `nil` if no price is known for
    /// its area, or for its layers. If the area is unknown, the highest price counts.
    public func worstCost(of order: Order) -> Double? {
        let fee = perInput * Double(max(0, order.inputs - freeInputs) * order.generations)
        if order.isLayered { return perLayer.map { $0 * Double(order.outputs) + fee } }
        let each =
            if let area = order.area {
                steps.first { area <= $0.maximumArea ?? .max }?.amount
            } else {
                steps.map(\.amount).max()
            }
        return each.map { $0 * Double(order.outputs) + fee }
    }
}
