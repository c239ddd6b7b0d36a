#if Client && Emulator
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamEmulator
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

/// Every model of every provider, against the emulator over a real socket.
@Suite("every model at every provider")
struct ModelMatrixTests {
    /// A model of a provider, and an operation that it has.
    struct Case: Sendable, CustomTestStringConvertible {
        var entry: ModelEntry
        var operation: GenerationOperation

        var testDescription: String {
            "\(entry.provider.rawValue) \(entry.alias) \(operation.rawValue)"
        }
    }

    static let cases = ModelTable.standard.entries.flatMap { entry in
        GenerationOperation.allCases.compactMap { operation in
            entry.ids(for: operation).isEmpty ? nil : Case(entry: entry, operation: operation)
        }
    }

    private func request(_ one: Case, _ size: OutputSize, images: Int = 1) async throws -> GenerationRequest {
        var request =
            one.operation == .edit
            ? try await Photo.edit(count: images) : GenerationRequest(prompt: "a lighthouse")
        (request.model, request.size) = (one.entry.alias, size)
        return request
    }

    /// The smallest and the largest legal square; `nil` if no document limits it.
    private func squares(_ rule: OutputRule) -> (least: Int, most: Int?)? {
        if let sides = rule.sides { return (sides.lowerBound, sides.upperBound) }
        guard let area = rule.area else { return nil }
        let most = area.upperBound < .max ? Int(Double(area.upperBound).squareRoot()) : nil
        return (Int(Double(area.lowerBound).squareRoot().rounded(.up)), most)
    }

    private func square(_ side: Int) -> OutputSize { .pixels(PixelSize(width: side, height: side)) }

    @Test("the default size, the smallest and the largest legal size are made", arguments: cases)
    func legal(_ one: Case) async throws {
        // PNGs of 16 megapixels would take most of the time.
        try await Rig.with({ $0.ambiguities.resultType = "image/jpeg" }) { rig in
            let client = try rig.patientClient(one.entry.provider)
            var sizes: [OutputSize] = [.matchFirstImage(.k2)]
            if let squares = one.entry.output.map(\.value).flatMap(squares) {
                sizes.append(square(squares.least))
                // Where no largest area is known, the largest tier.
                let most = squares.most ?? one.entry.output?.value.tiers.last?.side
                if let most { sizes.append(square(most)) }
            }
            for size in sizes {
                let request = try await request(one, size)
                let job = try await client.run(request, to: rig.destination)
                #expect(job.state == .saved && job.model == one.entry.ids(for: one.operation).first)
                if case .pixels(let asked) = size { #expect(job.files.first?.size == asked) }
            }
        }
    }

    @Test("one past each limit is refused, and nothing is sent", arguments: cases)
    func pastLimits(_ one: Case) async throws {
        try await Rig.with { rig in
            let client = try rig.client(one.entry.provider)
            for (field, refused) in try await pastLimits(one, client.planner.limits(of: one.entry.alias)) {
                do {
                    _ = try await client.run(refused, to: rig.destination)
                    Issue.record("expected a refusal of \(field): \(refused.size)")
                } catch let error as RequestError {
                    #expect(error.field == field)
                }
            }
            #expect(await rig.emulator.requests.isEmpty)
        }
    }

    /// Returns requests that are one past a limit, each with the field that is refused.
    private func pastLimits(_ one: Case, _ limits: ProviderLimits) async throws
        -> [(field: String, request: GenerationRequest)]
    {
        var refused: [(String, GenerationRequest)] = []
        func add(
            _ field: String, _ size: OutputSize = .matchFirstImage(.k2),
            _ change: (inout GenerationRequest) -> Void = { _ in }
        ) async throws {
            var request = try await request(one, size)
            change(&request)
            refused.append((field, request))
        }
        if let rule = one.entry.output?.value, let squares = squares(rule) {
            if !rule.enlarges.contains(one.operation) { try await add("size", square(squares.least - 1)) }
            if let most = squares.most { try await add("size", square(most + 1)) }
            if let ratio = rule.maximumRatio, rule.sides == nil {
                // The narrowest legal area with one pixel too many in its length.
                let short = Int((Double(rule.area?.lowerBound ?? 0) / ratio).squareRoot().rounded(.up))
                try await add(
                    "size", .pixels(PixelSize(width: Int(ratio) * short + 1, height: short)))
            }
        }
        for tier in SizeTier.allCases where limits.tiers?.contains(tier) == false {
            try await add("size", .matchFirstImage(tier))
        }
        if limits.counts.upperBound < .max {
            try await add("count") { $0.count = limits.counts.upperBound + 1 }
        }
        if limits.imagesPerGeneration.upperBound < .max {
            try await add("imagesPerGeneration") {
                $0.imagesPerGeneration = limits.imagesPerGeneration.upperBound + 1
            }
        }
        if one.operation == .edit, let rule = one.entry.inputs?.value {
            try await add("images") { request in
                request.images = Array(repeating: request.images[0], count: rule.maximum + 1)
            }
        }
        return refused
    }

    @Test("more inputs than a model takes: the last are used, the dropped one is named")
    func dropped() async throws {
        try await Rig.with { rig in
            let photo = RowRequest.Input.file(Fixtures.path("photos/rocket.jpg"))
            for (model, most) in [("5.0-pro", 10), ("4.5", 14)] {
                var request = GenerationRequest(prompt: "a hat")
                request.model = model
                let session = SeedreamSession(client: try rig.client(.ark))
                let row = RowRequest(
                    label: model, inputs: Array(repeating: photo, count: most + 1), request: request)
                let plan = try await session.plan(row)
                #expect(plan.dropped.map(\.index) == [0] && plan.images.count == most)
                var strict = session
                strict.preparer.options.isStrict = true
                await #expect(throws: PreparationError.tooManyInputs(count: most + 1, maximum: most)) {
                    try await strict.plan(row)
                }
            }
        }
    }

    @Test("a number of the table that is corrected does not buy a saved row again")
    func corrected() async throws {
        try await Rig.with { rig in
            let ledger = MemoryLedger()
            var request = GenerationRequest(prompt: "a hat")
            request.model = "4.5"
            let row = RowRequest(
                label: "one", inputs: [.file(Fixtures.path("photos/rocket.jpg"))], request: request)
            let run = RunRecord(.init(command: "edit", sources: [], destination: "out", origin: "here"))
            let index = try #require(
                ModelTable.standard.entries.firstIndex { $0.provider == .ark && $0.alias == "4.5" })
            var actions: [RowOutcome.Action] = []
            for (most, isOfSession) in [(14, false), (13, false), (12, true)] {
                var table = ModelTable.standard
                table.entries[index].inputs?.value.maximum = most
                table.entries[index].inputs?.value.bytes = most * 1_000_000
                let client = try rig.client(.ark, ledger: ledger) { $0.models = table }
                var session = SeedreamSession(client: client)
                if isOfSession {
                    session.model = "4.5"
                    session.preparer.constraints = SeedreamSession.constraints(
                        for: .ark, configuration: client.configuration, model: "4.5")
                }
                _ = try await session.run([row], as: run, to: rig.destination) { actions.append($0.action) }
            }
            #expect(actions == [.sent, .skipped, .skipped])
        }
    }

    @Test("a made-up model needs only a row: its limits, fields and price hold, and the emulator makes it")
    func madeUp() async throws {
        // A copy of a row under other names, as an edit of the table would add it.
        var row = try #require(ModelTable.standard.entry("5.0-pro", at: .ark))
        (row.alias, row.editIDs) = ("9.0-mini", ["seedream-9-0-mini-300101"])
        row.generateIDs = row.editIDs
        row.output?.value.area = 1_000_000...2_000_000
        row.output?.value.tiers = [.k1]
        row.inputs?.value.maximum = 3
        row.price?.value = PriceRule(0.5)
        var table = ModelTable.standard
        table.entries.append(row)
        try await Rig.with({ $0.models = table }) { rig in
            let client = try rig.client(.ark) { $0.models = table }
            let one = Case(entry: row, operation: .edit)
            let made = try await client.run(try await request(one, square(1000)), to: rig.destination)
            #expect(made.state == .saved && made.model == "seedream-9-0-mini-300101")
            #expect(made.worstCost == 0.5)
            let generation = Case(entry: row, operation: .generate)
            #expect(
                try await client.run(try await request(generation, square(1414)), to: rig.destination).state
                    == .saved)
            let sent = await rig.emulator.requests.count
            for refused in [square(999), square(1415), .matchFirstImage(.k2)] {
                await #expect(throws: RequestError.self) {
                    try await client.run(try await request(one, refused), to: rig.destination)
                }
            }
            #expect(await rig.emulator.requests.count == sent)
            let photo = RowRequest.Input.file(Fixtures.path("photos/rocket.jpg"))
            let plan = try await SeedreamSession(client: client).plan(
                RowRequest(
                    label: "four", inputs: Array(repeating: photo, count: 4),
                    request: try await request(generation, .matchFirstImage(.k1))))
            #expect(plan.dropped.count == 1 && plan.submission?.worstCost == 0.5)
        }
    }
}
#endif
