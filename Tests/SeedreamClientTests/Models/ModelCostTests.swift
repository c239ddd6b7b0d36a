import Pixels
import SeedreamClient
import SeedreamModel
import Testing

/// The worst case of requests, computed by hand from the published prices.
@Suite("cost of requests")
struct ModelCostTests {
    /// A request and its cost.
    struct Example: Sendable, CustomTestStringConvertible {
        var provider: ProviderID
        var model: String?
        var inputs = 0
        var size: OutputSize = .matchFirstImage(.k2)
        var count = 1
        var each = 1
        /// The cost by hand; `nil` if no price is known.
        var cost: Double?

        var testDescription: String {
            "\(provider.rawValue) \(model ?? "default"), \(inputs) inputs, \(size), \(count)x\(each)"
        }
    }

    private static func pixels(_ width: Int, _ height: Int) -> OutputSize {
        .pixels(PixelSize(width: width, height: height))
    }

    static let examples: [Example] = [
        // Flat prices.
        Example(provider: .fal, inputs: 1, cost: 0.03),
        Example(provider: .fal, inputs: 1, count: 4, cost: 0.12),
        Example(provider: .fal, inputs: 3, count: 2, each: 3, cost: 0.18),
        Example(provider: .fal, model: "4.5", inputs: 10, cost: 0.04),
        Example(provider: .fal, model: "5.0-lite", inputs: 1, each: 2, cost: 0.07),
        Example(provider: .apiframe, inputs: 1, cost: 3),
        Example(provider: .ark, model: "4.5", inputs: 1, each: 14, cost: 0.56),
        Example(provider: .ark, model: "5.0-flash", inputs: 10, cost: 0.018),
        // 5.0 Pro at fal: 0.0675 up to 1536², 0.135 up to 2048²; 0.0045 for each input after one.
        Example(provider: .fal, model: "5.0-pro", inputs: 1, size: pixels(1536, 1536), cost: 0.0675),
        Example(provider: .fal, model: "5.0-pro", inputs: 1, cost: 0.135),
        Example(provider: .fal, model: "5.0-pro", inputs: 3, count: 2, cost: 0.27 + 0.018),
        // Above 2048² no price is published.
        Example(provider: .fal, model: "5.0-pro", inputs: 1, size: pixels(2150, 2150), cost: nil),
        // 5.0 Pro at Ark: 0.045 up to 2,610,000 px², 0.09 above; 0.003 for each input after one.
        Example(provider: .ark, model: "5.0-pro", inputs: 1, size: .matchFirstImage(.k1_5), cost: 0.045),
        Example(provider: .ark, model: "5.0-pro", inputs: 10, cost: 0.09 + 9 * 0.003),
        Example(provider: .ark, model: "5.0-pro", size: pixels(1740, 1500), cost: 0.045),
        Example(provider: .ark, model: "5.0-pro", size: pixels(1741, 1500), cost: 0.09),
        // 5.5 at Ark: 0.020 up to 2,601,123 px², 0.035 above; 0.008 for each input.
        Example(provider: .ark, model: "5.5", inputs: 2, size: .matchFirstImage(.k1), cost: 0.036),
        Example(provider: .ark, model: "5.5", inputs: 1, cost: 0.043),
        // 5.5 at fal: 0.0405 above 2,610,000 px²; a size that only fal knows counts as the highest.
        Example(provider: .fal, model: "5.5", size: .preset(.auto1K), count: 2, cost: 0.081),
        // No document gives a price.
        Example(provider: .aiml, inputs: 1, cost: nil),
        Example(provider: .ark, inputs: 1, cost: nil),
        Example(provider: .fal, model: "5.0-flash", cost: nil),
    ]

    private func request(_ example: Example) -> GenerationRequest {
        var request = SampleImage.request(example.inputs)
        request.model = example.model
        (request.size, request.count, request.imagesPerGeneration) = (
            example.size, example.count, example.each
        )
        return request
    }

    @Test("the worst case is as computed by hand", arguments: examples)
    func worst(_ example: Example) throws {
        let planner = SubmissionPlanner(example.provider)
        let request = request(example)
        let plan = try planner.plan(request)
        expect(plan.worstCost, example.cost)
        // Before the images are read, nothing less is known that matters here.
        expect(planner.worstCost(of: request, inputs: example.inputs)?.amount, example.cost)
    }

    @Test("--price replaces the whole rule", arguments: examples)
    func own(_ example: Example) throws {
        var configuration = ClientConfiguration()
        configuration.price = Price(amount: 1, unit: .usDollars, date: "", source: "--price")
        let plan = try SubmissionPlanner(example.provider, configuration: configuration).plan(
            request(example))
        #expect(plan.worstCost == Double(example.count * example.each) && plan.rule == nil)
    }

    @Test("layers have no known price")
    func layers() throws {
        var request = SampleImage.request(1)
        (request.model, request.splitsLayers) = ("5.5", true)
        let plan = try SubmissionPlanner(.ark).plan(request)
        #expect(plan.worstCost == nil && plan.maximumOutputs == 100)
        var configuration = ClientConfiguration()
        configuration.budget = Budget(amount: 10, unit: .usDollars)
        #expect(throws: BudgetError.priceUnknown) {
            try SubmissionPlanner(.ark, configuration: configuration).plan(request)
        }
    }

    @Test("a budget counts the fees for inputs")
    func budget() throws {
        var request = SampleImage.request(2)
        (request.model, request.size) = ("5.5", .matchFirstImage(.k1))
        var configuration = ClientConfiguration()
        configuration.budget = Budget(amount: 0.036, unit: .usDollars)
        #expect(try SubmissionPlanner(.ark, configuration: configuration).plan(request).maximumOutputs == 1)
        configuration.budget?.amount = 0.035
        #expect(throws: BudgetError.self) {
            try SubmissionPlanner(.ark, configuration: configuration).plan(request)
        }
    }

    private func expect(
        _ found: Double?, _ expected: Double?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let found, let expected else {
            #expect(found == expected, sourceLocation: sourceLocation)
            return
        }
        #expect(abs(found - expected) < 1e-9, sourceLocation: sourceLocation)
    }
}
