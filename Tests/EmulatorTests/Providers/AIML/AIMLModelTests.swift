#if Emulator
import Pixels
import SeedreamEmulator
import SeedreamModel
import Testing

/// The models of AIML beyond Seedream 4.
@Suite("emulated AIML: models")
struct AIMLModelTests {
    private static let pro = "bytedance/dola-seedream-5-0-pro"

    private func pixels(_ side: Int) -> JSONValue { ["width": .integer(side), "height": .integer(side)] }

    @Test(
        "makes the shortest and the longest side of each model, and refuses one past them",
        arguments: [
            (AIML.textToImage, 1024, 4096), ("bytedance/seedream-4-5", 1440, 4096),
            ("bytedance/seedream-5-0-lite-preview", 1440, 4096), ("bytedance/seedream-5-0-pro", 1024, 2752),
            (pro, 1024, 2752),
        ])
    func sides(_ model: String, _ least: Int, _ most: Int) async throws {
        try await RunningEmulator.with({ $0.ambiguities.resultType = "image/jpeg" }) {
            emulator async throws in
            for side in [least, most] {
                let reply = try await emulator.aiml(AIML.least(model, ["image_size": pixels(side)]))
                let file = try await emulator.call(
                    "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
                #expect(try TestImage.size(file.body).width == side)
            }
            for (side, word) in [(least - 1, "greater"), (most + 1, "less")] {
                let reply = try await emulator.aiml(AIML.least(model, ["image_size": pixels(side)]))
                #expect(reply.status == 400)
                let message = try reply.json["message"]?.string
                #expect(message?.contains("Number must be \(word) than or equal to") == true)
            }
        }
    }

    @Test("makes 1.5K of 5.0 Pro and 2K of the others if no size is given")
    func defaultSizes() async throws {
        try await RunningEmulator.with { emulator async throws in
            for (model, side) in [(Self.pro, 1536), ("bytedance/seedream-4-5", 2048)] {
                let reply = try await emulator.aiml(AIML.least(model))
                let file = try await emulator.call(
                    "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
                #expect(try TestImage.size(file.body).width == side)
            }
        }
    }

    @Test(
        "refuses fields of Seedream 4 that a later model lacks, or ignores them with the setting",
        arguments: ["num_images", "sync_mode", "enable_safety_checker"])
    func lackingFields(_ field: String) async throws {
        let body = AIML.least(Self.pro, [field: field == "num_images" ? 2 : true])
        try await RunningEmulator.with { emulator async throws in
            let reply = try await emulator.aiml(body)
            #expect(reply.status == 400)
            #expect(
                try reply.json["message"]?.string?.hasSuffix("Unrecognized key(s) in object: '\(field)'")
                    == true)
        }
        try await RunningEmulator.with({ $0.ambiguities.aimlUnknownFields = .ignored }) {
            emulator async throws in
            let reply = try await emulator.aiml(body)
            #expect(try reply.json["data"]?.array?.count == 1)
            #expect(try reply.json["images"] == nil)
        }
    }

    @Test("states the usage in dollars for the models of the setting")
    func usage() async throws {
        try await RunningEmulator.with({ $0.ambiguities.aimlDollarModels = ["bytedance/seedream-4-5"] }) {
            emulator in
            let one = try await emulator.aiml(AIML.least("bytedance/seedream-4-5"))
            #expect(try one.json["meta"] == ["usage": ["usd_spent": 0.0315]])
            let other = try await emulator.aiml(AIML.least(Self.pro))
            #expect(try other.json["meta"] == ["usage": ["tokens_used": 63_000]])
        }
    }
}
#endif
