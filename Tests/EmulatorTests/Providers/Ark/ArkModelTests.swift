#if Emulator
import SeedreamEmulator
import SeedreamModel
import Testing

/// The models of Ark: what their rows in the table make of a request.
@Suite("emulated Ark: models")
struct ArkModelTests {
    private static let pro = "seedream-5-0-pro-260628"
    private static let flash = "seedream-5-0-flash-260915"
    private static let newest = "seedream-5-5-261028"
    private static let oldest = "seedream-3-0-t2i-250415"

    /// Returns a small request to a model.
    private func body(_ model: String, _ changes: [String: JSONValue] = [:]) -> JSONValue {
        Ark.least(["model": .string(model), "size": "2K"].merging(changes) { $1 })
    }

    // The largest size of 5.5 is not documented; 4096x4096 is the emulator's own bound.
    @Test(
        "makes the smallest and the largest size of each model, and refuses one past them",
        arguments: [
            ("seedream-4-0-250828", "1280x720", "1279x720", "4096x4096", "4097x4096"),
            ("seedream-4-5-251128", "2560x1440", "2559x1440", "4096x4096", "4097x4096"),
            ("seedream-5-0-lite-260128", "1920x1920", "1919x1920", "4096x4096", "4097x4096"),
            (pro, "960x960", "959x960", "2150x2150", "2151x2150"),
            (flash, "960x960", "959x960", "2150x2150", "2151x2150"),
            (newest, "960x960", "959x960", "4096x4096", "4097x4096"),
        ])
    func sizes(
        _ model: String, _ least: String, _ tooSmall: String, _ most: String, _ tooLarge: String
    ) async throws {
        try await RunningEmulator.with { emulator async throws in
            for size in [least, most] {
                let reply = try await emulator.ark(body(model, ["size": .string(size)]))
                #expect(try reply.json["data"]?[0]?["size"]?.string == size, "\(reply.text)")
            }
            for (size, word) in [(tooSmall, "at least"), (tooLarge, "at most")] {
                let reply = try await emulator.ark(body(model, ["size": .string(size)]))
                #expect(
                    try Ark.refusal(reply)?.hasPrefix(Ark.invalid("size", "image size must be \(word) "))
                        == true)
            }
            #expect(await emulator.emulator.ledger.count == 2)
        }
    }

    @Test(
        "accepts the tiers of each model and no other",
        arguments: [
            ("seedream-4-0-250828", ["1K", "2K", "4K"]), ("seedream-4-5-251128", ["2K", "4K"]),
            ("seedream-5-0-260128", ["2K", "3K", "4K"]), (pro, ["1K", "1.5K", "2K"]),
            (flash, ["1K", "1.5K", "2K"]), (newest, ["1K", "1.5K", "2K"]),
        ] as [(String, [String])])
    func tiers(_ model: String, _ tiers: [String]) async throws {
        let sides = ["1K": 1024, "1.5K": 1536, "2K": 2048, "3K": 3072, "4K": 4096]
        try await RunningEmulator.with { emulator async throws in
            for (tier, side) in sides {
                let reply = try await emulator.ark(body(model, ["size": .string(tier)]))
                if tiers.contains(tier) {
                    #expect(try reply.json["data"]?[0]?["size"]?.string == "\(side)x\(side)")
                } else {
                    #expect(
                        try Ark.refusal(reply)
                            == Ark.invalid("size", "must be \(tiers.joined(separator: ", ")) or WIDTHxHEIGHT")
                    )
                }
            }
        }
    }

    @Test(
        "refuses sets and streams of a model without them, even 'disabled', as live replies do",
        arguments: [pro, flash, newest, oldest])
    func sets(_ model: String) async throws {
        try await RunningEmulator.with { emulator async throws in
            func refusal(_ changes: [String: JSONValue]) async throws -> String? {
                try Ark.refusal(try await emulator.ark(body(model, changes)))
            }
            let field = "sequential_image_generation"
            for value in ["disabled", "auto"] as [JSONValue] {
                #expect(
                    try await refusal([field: value])
                        == Ark.invalid(
                            field, "the parameter `\(field)` is not supported by the current model"))
            }
            #expect(
                try await refusal(["stream": true])
                    == Ark.invalid("stream", "the parameter `stream` is not supported by the current model"))
            #expect(await emulator.emulator.ledger.isEmpty)
            #expect(try await refusal(["stream": false]) == nil)
            #expect(try await refusal([field: nil]) == nil)
        }
    }

    @Test(
        "accepts as many inputs as the row of the model says",
        arguments: [
            ("seedream-4-5-251128", 14), ("seedream-5-0-lite-260128", 14), (pro, 10), (flash, 10),
            (newest, 10),
        ])
    func inputs(_ model: String, _ maximum: Int) async throws {
        try await RunningEmulator.with { emulator async throws in
            let uri = JSONValue.string(TestImage.dataURI(try TestImage.png(15, 15)))
            for (count, isAccepted) in [(maximum, true), (maximum + 1, false)] {
                let images = [JSONValue](repeating: uri, count: count)
                let reply = try await emulator.ark(body(model, ["image": .array(images)]))
                #expect(reply.status == (isAccepted ? 200 : 400), "\(count)")
            }
        }
    }

    @Test("accepts inputs up to 16:1 and larger files where the row says so")
    func inputRules() async throws {
        try await RunningEmulator.with { emulator async throws in
            let wide = JSONValue.string(try Fal.dataURI("corrupt/ratio-3.5.jpg"))
            #expect(try await emulator.ark(body(Ark.seedream40, ["image": wide])).status == 400)
            #expect(try await emulator.ark(body("seedream-4-5-251128", ["image": wide])).status == 200)
            let large = TestImage.jpegURI(try TestImage.jpeg(bytes: 10_000_001))
            #expect(try await emulator.ark(body("seedream-4-5-251128", ["image": large])).status == 400)
            #expect(try await emulator.ark(body(Self.pro, ["image": large])).status == 200)
        }
    }

    @Test(
        "has the modes of prompt enhancement of each model; of one that states none, both",
        arguments: [
            ("seedream-4-0-250828", true), ("seedream-5-0-260128", false), (pro, true), (flash, true),
            (newest, false),
        ])
    func modes(_ model: String, _ hasFast: Bool) async throws {
        try await RunningEmulator.with { emulator async throws in
            for (mode, isAccepted) in [("standard", true), ("fast", hasFast), ("slow", false)] {
                let reply = try await emulator.ark(
                    body(model, ["optimize_prompt_options": ["mode": .string(mode)]]))
                #expect(reply.status == (isAccepted ? 200 : 400), "\(mode)")
            }
        }
    }

    @Test("reports the format of a result, and the inputs of a model with a fee for them")
    func members() async throws {
        try await RunningEmulator.with { emulator async throws in
            let uri = JSONValue.string(try Fal.dataURI())
            let reply = try await emulator.ark(
                body(Self.pro, ["image": [uri, uri], "output_format": "png"]))
            let item = try #require(try reply.json["data"]?[0])
            #expect(item.object.map { Set($0.keys) } == ["url", "size", "output_format"])
            #expect(item["output_format"] == "png")
            #expect(try reply.json["usage"]?["input_images"] == 2)
            let file = try await emulator.call("GET", try #require(item["url"]?.string))
            #expect(file.header("content-type") == "image/png")
            #expect(file.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            let lite = try await emulator.ark(body("seedream-5-0-260128", ["image": uri]))
            #expect(try lite.json["data"]?[0]?["output_format"] == "jpeg")
            #expect(try lite.json["usage"]?["input_images"] == nil)
        }
    }

    @Test("has a seed and a guidance scale in 3.0, and no inputs")
    func oldestModel() async throws {
        try await RunningEmulator.with { emulator async throws in
            func reply(_ changes: [String: JSONValue]) async throws -> Reply {
                let small: [String: JSONValue] = ["size": "512x512", "response_format": "b64_json"]
                return try await emulator.ark(body(Self.oldest, small.merging(changes) { $1 }))
            }
            func picture(_ seed: Int) async throws -> JSONValue? {
                try await reply(["seed": .integer(seed), "guidance_scale": 2.5]).json["data"]?[0]?["b64_json"]
            }
            let first = try await picture(7)
            #expect(first != nil)
            for size in ["511x512", "2048x2049"] {
                #expect(try await reply(["size": .string(size)]).status == 400)
            }
            #expect(try await picture(7) == first)
            #expect(try await picture(8) != first)
            for (field, value, why) in [
                ("seed", 0.5, "must be an integer"), ("guidance_scale", 10.5, "must be between 1 and 10"),
                ("guidance_scale", "high", "must be a number"),
                (
                    "image", "https://a.example/b.png",
                    "the parameter `image` is not supported by the current model"
                ),
            ] as [(String, JSONValue, String)] {
                #expect(
                    try Ark.refusal(try await reply([field: value])) == Ark.invalid(field, why))
            }
        }
    }
}
#endif
