#if Emulator
import Pixels
import SeedreamEmulator
import SeedreamModel
import Testing

/// The models of fal beyond Seedream 4.
@Suite("emulated fal: models")
struct FalModelTests {
    private static let pro = "bytedance/seedream/v5/pro/edit"
    private static let newest = "bytedance/seedream/v5.5/text-to-image"

    /// Returns a request with the fields that every model has.
    private func body(_ model: String, _ changes: [String: JSONValue] = [:]) throws -> JSONValue {
        var members: [String: JSONValue] = ["prompt": "a hat"]
        if model.hasSuffix("/edit") { members["image_urls"] = [try Fal.smallURI()] }
        return .object(members.merging(changes) { $1 })
    }

    private func pixels(_ width: Int, _ height: Int) -> JSONValue {
        ["width": .integer(width), "height": .integer(height)]
    }

    @Test(
        "makes the smallest and the largest size of each model, and refuses one past them",
        arguments: [
            ("fal-ai/bytedance/seedream/v4.5/edit", 1920, 4096),
            ("fal-ai/bytedance/seedream/v4.5/text-to-image", 1920, 4096), (pro, 960, 2150),
            ("bytedance/seedream/v5/pro/us/text-to-image", 960, 2150),
        ])
    func sizes(_ model: String, _ least: Int, _ most: Int) async throws {
        try await RunningEmulator.with({ $0.ambiguities.resultType = "image/jpeg" }) {
            emulator async throws in
            for side in [least, most] {
                let reply = try await emulator.run(
                    try body(model, ["image_size": pixels(side, side)]), model: model)
                #expect(reply.status == 200, "\(reply.text)")
                let picture = try #require(try await emulator.pictures(reply).first)
                #expect(try TestImage.size(picture).width == side)
            }
            for (side, type) in [(least - 1, "greater_than_equal"), (most + 1, "less_than_equal")] {
                let reply = try await emulator.run(
                    try body(model, ["image_size": pixels(side, side)]), model: model)
                #expect(reply.status == 422)
                #expect(try reply.json["detail"]?[0]?["loc"] == ["body", "image_size"])
                #expect(try reply.json["detail"]?[0]?["type"]?.string == type)
            }
        }
    }

    @Test(
        "scales sizes of 5.0 Lite up to its smallest area",
        arguments: ["fal-ai/bytedance/seedream/v5/lite/edit", "bytedance/seedream/v5/lite/text-to-image"])
    func enlarged(_ model: String) async throws {
        try await RunningEmulator.with({ $0.ambiguities.resultType = "image/jpeg" }) {
            emulator async throws in
            for size in [pixels(960, 960), "square_hd"] {
                let reply = try await emulator.run(try body(model, ["image_size": size]), model: model)
                let picture = try #require(try await emulator.pictures(reply).first)
                #expect(try TestImage.size(picture).area == 1920 * 1920)
            }
        }
    }

    @Test(
        "accepts the names of sizes that each model has",
        arguments: [
            ("fal-ai/bytedance/seedream/v4.5/edit", "auto_4K", 4096 * 4096, "auto"),
            ("fal-ai/bytedance/seedream/v5/lite/text-to-image", "auto_3K", 3072 * 3072, "auto_1K"),
            (pro, "auto_1K", 1024 * 1024, "square_hd"), (newest, "auto_1.5K", 1536 * 1536, "auto_4K"),
        ])
    func presets(_ model: String, _ name: String, _ area: Int, _ other: String) async throws {
        try await RunningEmulator.with({
            $0.ambiguities.automaticSize = .square; $0.ambiguities.resultType = "image/jpeg"
        }) { emulator async throws in
            let reply = try await emulator.run(
                try body(model, ["image_size": .string(name)]), model: model)
            let picture = try #require(try await emulator.pictures(reply).first)
            #expect(try TestImage.size(picture).area == area)
            let refused = try await emulator.run(
                try body(model, ["image_size": .string(other)]), model: model)
            #expect(try refused.json["detail"]?[0]?["type"] == "one_of")
        }
    }

    @Test("ignores fields that a model lacks, or refuses them with the setting")
    func lackingFields() async throws {
        let changes: [String: JSONValue] = ["max_images": 9, "seed": "x", "enhance_prompt_mode": "slow"]
        try await RunningEmulator.with { emulator async throws in
            let body = try body(Self.pro, changes)
            #expect(try await emulator.run(body, model: Self.pro).status == 200)
            // The same fields of a model that has them are checked.
            let other = try await emulator.run(body)
            #expect(try other.json["detail"]?.array?.count == 3)
        }
        try await RunningEmulator.with({ $0.ambiguities.falUnknownFields = .refused }) {
            emulator async throws in
            let reply = try await emulator.run(try body(Self.pro, changes), model: Self.pro)
            #expect(reply.status == 422)
            let details = try #require(try reply.json["detail"]?.array)
            #expect(
                details.map { $0["loc"] } == [
                    ["body", "enhance_prompt_mode"], ["body", "max_images"], ["body", "seed"],
                ])
            #expect(details.allSatisfy { $0["type"] == "extra_forbidden" })
            // Seedream 4 has all of its fields, and no others.
            #expect(try await emulator.run(try Fal.body()).status == 200)
            #expect(try await emulator.run(try Fal.body(["watermark": true])).status == 422)
        }
    }

    @Test("makes JPEGs, or PNGs on request, with the models that have the field")
    func formats() async throws {
        try await RunningEmulator.with { emulator async throws in
            for (format, type) in [(nil, "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png")]
                as [(JSONValue?, String)]
            {
                let changes = format.map { ["output_format": $0] } ?? [:]
                let reply = try await emulator.run(try body(Self.pro, changes), model: Self.pro)
                #expect(try reply.json["images"]?[0]?["content_type"]?.string == type)
            }
            let refused = try await emulator.run(
                try body(Self.pro, ["output_format": "webp"]), model: Self.pro)
            #expect(try refused.json["detail"]?[0]?["ctx"] == ["expected": "'jpeg' or 'png'"])
            // Seedream 4 ignores it.
            let reply = try await emulator.run(try Fal.body(["output_format": "jpeg"]))
            #expect(try reply.json["images"]?[0]?["content_type"] == "image/png")
        }
    }

    @Test("makes transparent pixels with 5.5, and refuses a transparent JPEG")
    func transparent() async throws {
        try await RunningEmulator.with { emulator async throws in
            let changes: [String: JSONValue] = ["background": "transparent", "image_size": "auto_1K"]
            let reply = try await emulator.run(try body(Self.newest, changes), model: Self.newest)
            let picture = try #require(try await emulator.pictures(reply).first)
            #expect(try TestImage.transparentPixels(picture) > 1000)
            let refused = try await emulator.run(
                try body(Self.newest, changes.merging(["output_format": "jpeg"]) { $1 }),
                model: Self.newest)
            #expect(refused.status == 422)
            #expect(try refused.json["detail"]?[0]?["loc"] == ["body", "background"])
        }
    }

    @Test("bounds inputs and outputs together only where the row does")
    func total() async throws {
        let uris = JSONValue.array([JSONValue](repeating: try Fal.smallURI(), count: 10))
        try await RunningEmulator.with { emulator async throws in
            for (model, status) in [("fal-ai/bytedance/seedream/v4.5/edit", 422), (Self.pro, 200)] {
                let reply = try await emulator.run(
                    try body(model, ["image_urls": uris, "num_images": 6]), model: model)
                #expect(reply.status == status)
            }
        }
    }

    @Test("bills by the row: a price for each range of areas, and a fee for inputs after the first")
    func prices() async throws {
        try await RunningEmulator.with { emulator async throws in
            let uri = try Fal.smallURI()
            for side in [1024, 2048] {
                let changes: [String: JSONValue] = [
                    "image_urls": [uri, uri, uri], "image_size": pixels(side, side),
                ]
                #expect(try await emulator.run(try body(Self.pro, changes), model: Self.pro).status == 200)
            }
            let costs = await emulator.emulator.ledger.map(\.cost)
            #expect(abs(costs[0] - 0.0765) < 1e-9 && abs(costs[1] - 0.144) < 1e-9)
        }
    }

    @Test("finds a job under the owner and alias of its model")
    func roots() async throws {
        try await RunningEmulator.with { emulator async throws in
            let handle = try await emulator.call(
                "POST", "fal/queue/\(Self.pro)", headers: [Fal.key], json: try body(Self.pro)
            ).json
            let url = try #require(handle["status_url"]?.string)
            #expect(url.contains("/fal/queue/bytedance/seedream/requests/"))
            #expect(try await emulator.completion(of: handle).json["status"] == "COMPLETED")
            #expect(try await emulator.follow(handle, "response_url").status == 200)
            let elsewhere = url.replacing("bytedance/seedream/requests", with: "fal-ai/bytedance/requests")
            #expect(try await emulator.call("GET", elsewhere, headers: [Fal.key]).status == 404)
        }
    }
}
#endif
