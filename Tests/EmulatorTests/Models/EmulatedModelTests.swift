#if Emulator
import SeedreamEmulator
import SeedreamModel
import Testing

/// The emulator follows the table that it is given.
@Suite("emulated models: the table and retirement")
struct EmulatedModelTests {
    /// The standard table with a made-up model of each provider that names its models.
    private static let table: ModelTable = {
        let source = FactSource(.toolkit, "a made-up model")
        let output = OutputRule(area: 1_000_000...2_000_000, maximumRatio: 2, tiers: [.k1])
        let rows: [ModelEntry] = [
            ModelEntry(.ark, "9.0", "seedream-9-0-300101", "doubao-seedream-9-0-300101")
                .output(output, source)
                .inputs(InputRule(2, bytes: 1000), source)
                .fields(FieldRule([.seed, .resultFormat, .background]), source),
            ModelEntry(.fal, "9.0", edit: ["bytedance/seedream/v9/edit"], generate: [])
                .output(output, source)
                .inputs(InputRule(2, withOutputs: 3), source)
                .fields(FieldRule([.count, .resultFormat], counts: 1...2), source)
                .price(PriceRule(0.5), source),
            ModelEntry(.aiml, "9.0", "bytedance/seedream-9-0")
                .output(OutputRule(sides: 600...700, tiers: [.k3]), source)
                .inputs(InputRule(2), source)
                .fields(FieldRule([.count, .responseFormat], counts: 1...2), source),
            ModelEntry(.apiframe, "9.0", "seedream-9-mini")
                .output(OutputRule(sides: 600...700, tiers: [.k1]), source)
                .inputs(InputRule(2), source)
                .price(PriceRule(7, .credits), source),
        ]
        return ModelTable(ModelTable.standard.entries + rows)
    }()

    @Test("emulates a made-up model of Ark")
    func ark() async throws {
        try await RunningEmulator.with({ $0.models = Self.table }) { emulator async throws in
            func reply(_ changes: [String: JSONValue]) async throws -> Reply {
                try await emulator.ark(
                    Ark.least(
                        ["model": "doubao-seedream-9-0-300101", "size": "1000x1000"].merging(changes) { $1 }))
            }
            let made = try await reply(["background": "transparent", "seed": 7])
            #expect(made.status == 200, "\(made.text)")
            let file = try await emulator.call(
                "GET", try #require(try made.json["data"]?[0]?["url"]?.string))
            #expect(try TestImage.transparentPixels(file.body) > 1000)
            let uri = JSONValue.string(TestImage.dataURI(try TestImage.png(15, 15)))
            for changes in [
                ["size": "999x1000"], ["size": "1415x1414"], ["size": "1500x700"], ["size": "2K"],
                ["image": [uri, uri, uri]], ["image": .string(try Fal.dataURI())],
                ["sequential_image_generation": "disabled"],
            ] as [[String: JSONValue]] {
                #expect(try await reply(changes).status == 400, "\(changes)")
            }
            #expect(try await reply(["size": "1K", "image": [uri, uri]]).status == 200)
        }
        try await RunningEmulator.with { emulator async throws in
            #expect(try await emulator.ark(Ark.least(["model": "seedream-9-0-300101"])).status == 404)
        }
    }

    @Test("emulates a made-up model of fal")
    func fal() async throws {
        let model = "bytedance/seedream/v9/edit"
        let uri = try Fal.smallURI()
        try await RunningEmulator.with({ $0.models = Self.table }) { emulator async throws in
            func reply(_ changes: [String: JSONValue]) async throws -> Reply {
                let body: [String: JSONValue] = [
                    "prompt": "a hat", "image_urls": [uri], "image_size": ["width": 1000, "height": 1000],
                ]
                return try await emulator.run(.object(body.merging(changes) { $1 }), model: model)
            }
            #expect(try await reply(["num_images": 2, "output_format": "png"]).status == 200)
            #expect(await emulator.emulator.ledger.map(\.cost) == [1])
            for changes in [
                ["num_images": 3], ["image_urls": [uri, uri], "num_images": 2],
                ["image_size": ["width": 999, "height": 1000]], ["image_size": "auto_2K"],
            ] as [[String: JSONValue]] {
                #expect(try await reply(changes).status == 422, "\(changes)")
            }
            // The last two of three images are used.
            #expect(try await reply(["image_urls": ["data:", uri, uri]]).status == 200)
        }
    }

    @Test("emulates a made-up model of AIML")
    func aiml() async throws {
        let uri = try Fal.smallURI()
        try await RunningEmulator.with({ $0.models = Self.table }) { emulator async throws in
            func status(_ changes: [String: JSONValue]) async throws -> Int {
                try await emulator.aiml(AIML.least("bytedance/seedream-9-0", changes)).status
            }
            let size: JSONValue = ["width": 600, "height": 700]
            #expect(
                try await status(["image_size": size, "num_images": 2, "image_urls": [uri, uri]]) == 200)
            for changes in [
                ["image_size": ["width": 599, "height": 700]], ["image_size": "2K"], ["num_images": 3],
                ["image_urls": [uri, uri, uri]], ["seed": 7],
            ] as [[String: JSONValue]] {
                #expect(try await status(changes) == 400, "\(changes)")
            }
        }
    }

    @Test("emulates a made-up model of Apiframe, and lists it")
    func apiframe() async throws {
        try await RunningEmulator.with({ $0.models = Self.table }) { emulator async throws in
            for (size, side, status) in [("custom", 600, "COMPLETED"), ("custom", 701, "FAILED")] {
                let body = Apiframe.body(
                    ["size": .string(size), "width": .integer(side), "height": 700],
                    ["model": "seedream-9-mini"])
                let job = try await emulator.ended(try await emulator.generate(body))
                #expect(job["status"]?.string == status)
            }
            let models = try await emulator.apiframe("GET", "models", key: nil).json["models"]?.array
            let entry = try #require(models?.first { $0["id"] == "seedream-9-mini" })
            #expect(entry["label"] == "Seedream 9 Mini" && entry["costMin"] == 7)
            let document = try await emulator.apiframe("GET", "openapi.json", key: nil)
            #expect(document.text.contains("\"seedream-9-mini\""))
        }
    }

    // MARK: Retirement

    @Test("has no retired model, in the words of each provider, and keeps its other IDs")
    func retired() async throws {
        let ids: Set<String> = [
            Ark.seedream40, Fal.edit, AIML.edit, "seedream-4", "seedream-v4-text-to-image",
        ]
        try await RunningEmulator.with({ $0.ambiguities.retiredModels = ids }) { emulator async throws in
            let ark = try await emulator.ark(try Ark.body())
            #expect(ark.status == 404)
            #expect(try ark.json["error"]?["code"] == "InvalidEndpointOrModel.NotFound")
            #expect(try ark.json["error"]?["type"] == "NotFound")
            let words = "does not exist or you do not have access to it"
            #expect(try Ark.refusal(ark) == "The model or endpoint \(Ark.seedream40) \(words)")
            let other = Ark.least(["model": "doubao-seedream-4-0-250828"])
            #expect(try await emulator.ark(other).status == 200)

            for fal in [try await emulator.run(try Fal.body()), try await emulator.submit(try Fal.body())] {
                #expect(fal.status == 404)
                #expect(try fal.json == ["detail": "Application \"bytedance\" not found"])
            }
            let generate: JSONValue = ["prompt": "a hat"]
            #expect(try await emulator.run(generate, model: Fal.textToImage).status == 200)

            let aiml = try await emulator.aiml(try AIML.body())
            #expect(aiml.status == 400)
            let message = try #require(try aiml.json["message"]?.string)
            #expect(message.hasSuffix("received '\(AIML.edit)' at \"model\""))
            #expect(message.contains("Expected '\(AIML.textToImage)' | "))

            let apiframe = try await emulator.generate()
            #expect(apiframe.status == 400)
            #expect(try apiframe.json["details"]?.object?.keys.sorted() == ["model"])

            let router = try await emulator.oneRouter(OneRouter.least())
            #expect(router.status == 400)
            #expect(
                try router.json["error"]?["message"] == "seedream-v4-text-to-image is not a valid model ID")
            #expect(await emulator.emulator.ledger.count == 2)
        }
    }
}
#endif
