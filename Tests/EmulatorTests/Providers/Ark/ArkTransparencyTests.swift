#if Emulator
import SeedreamEmulator
import SeedreamModel
import Testing

/// Transparent backgrounds and layers.
@Suite("emulated Ark: transparency")
struct ArkTransparencyTests {
    private static let pro = "seedream-5-0-pro-260628"
    private static let newest = "seedream-5-5-261028"

    /// Returns a request for a transparent background.
    private func body(_ model: String, _ changes: [String: JSONValue] = [:]) -> JSONValue {
        Ark.least(
            ["model": .string(model), "size": "960x960", "background": "transparent"].merging(changes) { $1 })
    }

    private func cutout() throws -> JSONValue {
        .string(try Fal.dataURI("formats/rgba.png", type: "image/png"))
    }

    private func opaque() throws -> JSONValue {
        .string(try Fal.dataURI(Fal.small, type: "image/png"))
    }

    private func file(_ reply: Reply, _ emulator: RunningEmulator, _ index: Int = 0) async throws -> Reply {
        try await emulator.call("GET", try #require(try reply.json["data"]?[index]?["url"]?.string))
    }

    @Test("makes transparent pixels from a cut-out, and from text where the model can")
    func transparent() async throws {
        try await RunningEmulator.with { emulator async throws in
            for body in [
                body(Self.pro, ["image": try cutout(), "output_format": "png"]),
                body(Self.newest, ["output_format": "png"]), body(Self.newest),
                body(Self.newest, ["image": [try opaque(), try opaque()]]),
            ] {
                let reply = try await emulator.ark(body)
                #expect(reply.status == 200, "\(reply.text)")
                let file = try await file(reply, emulator)
                #expect(file.header("content-type") == "image/png")
                let count = try TestImage.transparentPixels(file.body)
                #expect(count > 1000 && count < 960 * 960)
            }
        }
    }

    @Test("makes opaque pixels for the other backgrounds", arguments: ["opaque", "auto"] as [JSONValue])
    func others(_ background: JSONValue) async throws {
        try await RunningEmulator.with { emulator async throws in
            let reply = try await emulator.ark(
                body(
                    Self.pro, ["image": try opaque(), "output_format": "png", "background": background]))
            let file = try await file(reply, emulator)
            #expect(file.header("content-type") == "image/png")
            #expect(try TestImage.transparentPixels(file.body) == 0)
        }
    }

    @Test("refuses a transparent JPEG, and for 5.0 Pro anything but one PNG with an alpha channel")
    func refused() async throws {
        let format = "a transparent background requires output_format 'png'"
        let rule = "a transparent background requires exactly one image, a PNG with alpha"
        let alpha = "a transparent background requires a PNG image with an alpha channel"
        try await RunningEmulator.with { emulator async throws in
            let jpeg = JSONValue.string(try Fal.dataURI())
            for (body, why) in [
                (body(Self.newest, ["output_format": "jpeg"]), format),
                (body(Self.pro, ["image": try cutout()]), format),
                (body(Self.pro, ["image": try cutout(), "output_format": "jpeg"]), format),
                (body(Self.pro, ["output_format": "png"]), rule + ", got 0"),
                (
                    body(Self.pro, ["image": [try cutout(), try cutout()], "output_format": "png"]),
                    rule + ", got 2"
                ),
                (body(Self.pro, ["image": try opaque(), "output_format": "png"]), alpha),
                (body(Self.pro, ["image": jpeg, "output_format": "png"]), alpha),
                (
                    body(Self.pro, ["background": "blue"]),
                    "must be 'transparent' or 'opaque' or 'auto'"
                ),
            ] {
                let reply = try await emulator.ark(body)
                #expect(reply.status == 400)
                #expect(try Ark.refusal(reply) == Ark.invalid("background", why))
            }
            #expect(await emulator.emulator.ledger.allSatisfy { $0.state == .released })
        }
    }

    @Test("ignores the field of a model that lacks it")
    func lacking() async throws {
        try await RunningEmulator.with { emulator async throws in
            let reply = try await emulator.ark(Ark.least(["background": "transparent"]))
            #expect(try await file(reply, emulator).header("content-type") == "image/jpeg")
        }
    }

    @Test("gives an opaque JPEG instead with the setting")
    func ignored() async throws {
        try await RunningEmulator.with({ $0.ambiguities.transparencyIgnored = true }) {
            emulator async throws in
            let reply = try await emulator.ark(body(Self.newest, ["output_format": "png"]))
            #expect(try reply.json["data"]?[0]?["output_format"] == "jpeg")
            let file = try await file(reply, emulator)
            #expect(file.header("content-type") == "image/jpeg")
            #expect(file.body.starts(with: [0xFF, 0xD8]))
        }
    }

    // MARK: Layers

    /// Returns a request that splits an image.
    private func split(_ changes: [String: JSONValue] = [:]) throws -> JSONValue {
        let members: [String: JSONValue] = [
            "model": .string(Self.pro), "image": try opaque(), "layer_decomposition": true,
        ]
        return .object(members.merging(changes) { $1 })
    }

    @Test("splits an image into a base image and transparent layers with their boxes")
    func layers() async throws {
        try await RunningEmulator.with { emulator async throws in
            let reply = try await emulator.ark(try split(["size": "1000x1000"]))
            #expect(reply.status == 200, "\(reply.text)")
            let data = try #require(try reply.json["data"]?.array)
            #expect(data.map { $0["z_index"] } == [0, 1, 2, 3])
            #expect(
                data[0]["bounding_box"]
                    == ["absolute": [0, 0, 1000, 1000], "normalized": [0, 0, 1000, 1000]])
            #expect(
                data[1]["bounding_box"]
                    == ["absolute": [100, 150, 550, 900], "normalized": [100, 150, 550, 900]])
            #expect(data.map { $0["size"] } == ["1000x1000", "450x750", "450x350", "600x250"])
            #expect(data.map { $0["output_format"] } == ["jpeg", "png", "png", "png"])
            for (index, item) in data.enumerated() {
                #expect(item["name"]?.string?.isEmpty == false)
                #expect(item["description"]?.string?.isEmpty == false)
                let file = try await file(reply, emulator, index)
                #expect(try (TestImage.transparentPixels(file.body) > 0) == (index > 0))
            }
            #expect(try reply.json["usage"]?["generated_images"] == 4)
            #expect(await emulator.emulator.ledger.map(\.images) == [4])
        }
    }

    @Test("gives layers the size of the image with `auto` or no size, enlarged to the smallest legal one")
    func automaticSize() async throws {
        try await RunningEmulator.with { emulator async throws in
            for changes in [[:], ["size": "auto"]] as [[String: JSONValue]] {
                let reply = try await emulator.ark(try split(changes))
                #expect(try reply.json["data"]?[0]?["size"] == "1110x832")
            }
            // Only layers have this size.
            let other = try await emulator.ark(Ark.least(["model": .string(Self.pro), "size": "auto"]))
            #expect(
                try Ark.refusal(other) == Ark.invalid("size", "must be 1K, 1.5K, 2K or WIDTHxHEIGHT"))
        }
    }

    @Test("refuses layers of no image or several, and with a background")
    func refusedLayers() async throws {
        try await RunningEmulator.with { emulator async throws in
            for (changes, field, why) in [
                (["image": nil], "image", "layer_decomposition requires exactly one image, got 0"),
                (
                    ["image": [try opaque(), try opaque()]], "image",
                    "layer_decomposition requires exactly one image, got 2"
                ),
                (["background": "opaque"], "background", "it cannot be combined with layer_decomposition"),
                (["layer_decomposition": 1], "layer_decomposition", "must be a boolean"),
            ] as [([String: JSONValue], String, String)] {
                let reply = try await emulator.ark(try split(changes))
                #expect(try Ark.refusal(reply) == Ark.invalid(field, why))
            }
            // Without layers, a prompt is required.
            let reply = try await emulator.ark(try split(["layer_decomposition": false]))
            #expect(
                try Ark.refusal(reply)
                    == "The request failed because it is missing `prompt` parameter")
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("fails as a whole if a layer fails, and bills nothing")
    func failedLayers() async throws {
        try await RunningEmulator.with { emulator async throws in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .moderated)])
            #expect(try await emulator.ark(try split()).status == 400)
            #expect(await emulator.emulator.ledger.map(\.state) == [.released])
        }
    }
}
#endif
