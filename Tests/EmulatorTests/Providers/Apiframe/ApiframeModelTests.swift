#if Emulator
import Pixels
import SeedreamEmulator
import SeedreamModel
import Testing

/// The models of Apiframe beyond Seedream 4.
@Suite("emulated Apiframe: models")
struct ApiframeModelTests {
    /// Submits a job of a model and waits for it to end.
    private func job(
        _ model: String, _ parameters: [String: JSONValue?], _ emulator: RunningEmulator
    ) async throws -> JSONValue {
        let body = Apiframe.body(parameters, ["model": .string(model)])
        return try await emulator.ended(try await emulator.generate(body))
    }

    @Test(
        "makes sides within the range of the model, and fails one past it that the validator accepts",
        arguments: [
            ("seedream-4", 1024), ("seedream-4.5", 512), ("seedream-5-lite", 512), ("seedream-5-pro", 512),
        ])
    func sides(_ model: String, _ least: Int) async throws {
        try await RunningEmulator.with { emulator async throws in
            for side in [least, 4096] {
                let made = try await job(
                    model,
                    [
                        "size": "custom", "width": .integer(side), "height": 1024,
                        "output_format": "jpg",
                    ], emulator)
                #expect(try TestImage.size(try await emulator.picture(made).body).width == side)
            }
            if least > 512 {
                let failed = try await job(
                    model, ["size": "custom", "width": .integer(least - 1), "height": 1024], emulator)
                #expect(
                    failed["error"]?.string?.hasSuffix(
                        "width must be between \(least) and 4096, got \(least - 1)") == true)
            }
        }
    }

    @Test("makes every tier of a model that states none, and three of Seedream 4")
    func tiers() async throws {
        try await RunningEmulator.with { emulator async throws in
            for (model, tier, isMade) in [
                ("seedream-5-pro", "1.5K", true), ("seedream-5-lite", "3K", true),
                ("seedream-5-pro", "8K", false), ("seedream-4", "3K", false),
            ] {
                let ended = try await job(
                    model, ["size": .string(tier), "output_format": "jpg"], emulator)
                #expect(ended["status"]?.string == (isMade ? "COMPLETED" : "FAILED"))
            }
        }
    }

    @Test("accepts 14 inputs of a later model, and of Seedream 4 as many as the setting says")
    func inputs() async throws {
        let images = JSONValue.array([JSONValue](repeating: "https://a.test/1.png", count: 14))
        try await RunningEmulator.with { emulator async throws in
            #expect(
                try await job("seedream-4.5", ["image_input": images], emulator)["status"] == "COMPLETED")
            #expect(try await job("seedream-4", ["image_input": images], emulator)["status"] == "FAILED")
        }
        try await RunningEmulator.with({ $0.ambiguities.apiframeMaximumInputs = 14 }) {
            emulator async throws in
            #expect(try await job("seedream-4", ["image_input": images], emulator)["status"] == "COMPLETED")
        }
    }

    @Test("makes JPEGs with models that have the field, also if the setting ignores it for the others")
    func formats() async throws {
        try await RunningEmulator.with({ $0.ambiguities.apiframeUnlistedFields = .ignored }) {
            emulator async throws in
            for (model, suffix) in [("seedream-5-pro", ".jpg"), ("seedream-4", ".png")] {
                let made = try await job(model, ["output_format": "jpg"], emulator)
                #expect(made["result"]?["images"]?[0]?.string?.hasSuffix(suffix) == true)
            }
        }
    }
}
#endif
