import Pixels
public import SeedreamModel

/// What a request costs in the worst case.
extension SubmissionPlanner {
    /// Returns the largest cost of a request before its images are read; `nil` if no price is
    /// known.
    ///
    /// - Parameters:
    ///   - request: The request. Its images are not looked at.
    ///   - inputs: The number of its images; more than one request takes count as that number.
    public func worstCost(of request: GenerationRequest, inputs: Int) -> Price? {
        let entry = entry(of: request.model)
        let layers = RequestChecks.largestResult(of: entry)
        let outputs = request.splitsLayers ? layers : request.maximumOutputs
        if let price = configuration.price { return price.multiplied(by: outputs) }
        guard let fact = entry?.price else { return nil }
        let order = PriceRule.Order(
            outputs: outputs, area: request.size.maximumArea,
            inputs: min(inputs, entry?.inputs?.value.maximum ?? inputs), generations: request.count,
            isLayered: request.splitsLayers)
        return Price(fact.value.worstCost(of: order), fact)
    }

    /// Returns the price of one image of a request in the worst case, with its share of the fees
    /// for inputs; `nil` if no price is known.
    func price(of draft: RequestDraft, inputs: Int) -> Price? {
        if let price = configuration.price { return price }
        guard let fact = draft.entry?.price else { return nil }
        let outputs = draft.outputs.upperBound
        let order = PriceRule.Order(
            outputs: outputs, area: draft.predictedSize?.area, inputs: inputs,
            generations: draft.generations, isLayered: draft.isLayered)
        return Price(fact.value.worstCost(of: order).map { $0 / Double(outputs) }, fact)
    }

    func checkBudget(_ draft: RequestDraft, inputs: Int) throws(BudgetError) {
        try configuration.budget?.check(
            images: draft.outputs.upperBound, price: price(of: draft, inputs: inputs))
    }
}

extension Price {
    /// Creates a price of an amount; `nil` if it is unknown.
    fileprivate init?(_ amount: Double?, _ fact: Fact<PriceRule>) {
        guard let amount else { return nil }
        self.init(
            amount: amount, unit: fact.value.unit, date: fact.source.date, source: fact.source.document)
    }

    fileprivate func multiplied(by count: Int) -> Price {
        var price = self
        price.amount *= Double(count)
        return price
    }
}

extension OutputSize {
    /// The largest area that the size can have, in px²; `nil` if only the provider knows it.
    fileprivate var maximumArea: Int? {
        switch self {
        case .matchFirstImage(let tier), .aspect(_, let tier): tier.side * tier.side
        case .preset(let preset): preset.pixels?.area
        case .pixels(let size): size.area
        }
    }
}
