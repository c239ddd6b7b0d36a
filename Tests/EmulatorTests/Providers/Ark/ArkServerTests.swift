#if Emulator
import SeedreamModel
import Pixels
import SeedreamEmulator
import Testing
import TestSupport

@Suite("emulated Ark")
struct ArkServerTests {
    /// Returns the only member `error` of a reply, with its message cut before the request id,
    /// which must equal that in the header.
    private func error(_ reply: Reply, _ status: Int = 400) throws -> JSONValue {
        #expect(reply.status == status)
        let id = try #require(reply.header("x-request-id"))
        #expect(try reply.json.object.map { Array($0.keys) } == ["error"])
        var members = try #require(try reply.json["error"]?.object)
        let message = try #require(members["message"]?.string)
        #expect(message.hasSuffix(". Request id: \(id)"))
        members["message"] = .string(message.replacing(". Request id: \(id)", with: ""))
        return .object(members)
    }

    private func invalid(_ message: String, _ parameter: String, _ code: String = "InvalidParameter")
        -> JSONValue
    {
        [
            "code": .string(code), "message": .string(message), "param": .string(parameter),
            "type": "BadRequest",
        ]
    }

    private func size(_ reply: Reply, _ emulator: RunningEmulator) async throws -> PixelSize {
        #expect(reply.status == 200)
        let file = try await emulator.call("GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
        #expect(file.status == 200)
        return try TestImage.size(file.body)
    }

    @Test("edits: a JPEG at a URL, its size, the tokens")
    func edit() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(try Ark.body())
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json.object.map { Set($0.keys) } == ["model", "created", "data", "usage"])
            #expect(json["model"] == "seedream-4-0-250828")
            #expect((json["created"]?.integer ?? 0) > 1_700_000_000)
            #expect(
                json["usage"] == ["generated_images": 1, "output_tokens": 4800, "total_tokens": 4800])
            #expect(json["data"]?.array?.count == 1)
            let item = try #require(json["data"]?[0])
            #expect(item.object.map { Set($0.keys) } == ["url", "size"])
            #expect(item["size"] == "1280x960")
            let url = try #require(item["url"]?.string)
            #expect(url.hasPrefix("http://127.0.0.1:\(emulator.emulator.port)/ark/media/"))
            let file = try await emulator.call("GET", url)
            #expect(file.status == 200 && file.header("content-type") == "image/jpeg")
            #expect(try TestImage.size(file.body) == PixelSize(width: 1280, height: 960))

            let entry = try #require(await emulator.emulator.ledger.first)
            #expect(entry.state == .billed && entry.images == 1)
            #expect(entry.unit == "tokens" && entry.cost == 4800)
            #expect(entry.operation == "ark.generate" && entry.inputs.count == 1)
            #expect(entry.requestID == reply.header("x-request-id"))
            let records = await emulator.emulator.requests
            #expect(records.map(\.operation) == ["ark.generate", "ark.download"])
            #expect(records[0].inputs == ["640x427 image/jpeg 112525 bytes"])
        }
    }

    @Test("makes 2048x2048 with 16384 tokens if no size is given")
    func defaultSize() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(["model": .string(Ark.seedream40), "prompt": "a dog"])
            #expect(
                try reply.json["usage"]
                    == ["generated_images": 1, "output_tokens": 16384, "total_tokens": 16384])
            #expect(try await size(reply, emulator) == PixelSize(width: 2048, height: 2048))
        }
    }

    @Test("accepts one image as a string, and no image as text-to-image")
    func oneImage() async throws {
        try await RunningEmulator.with { emulator in
            let uri = JSONValue.string(try Fal.dataURI())
            #expect(try await emulator.ark(Ark.least(["image": uri])).status == 200)
            #expect(try await emulator.ark(Ark.least(["image": nil])).status == 200)
            #expect(await emulator.emulator.ledger.map(\.inputs.count) == [1, 0])
        }
    }

    @Test("gives base64 instead of a URL")
    func base64() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(Ark.least(["response_format": "b64_json"]))
            let item = try #require(try reply.json["data"]?[0])
            #expect(item.object.map { Set($0.keys) } == ["b64_json", "size"])
            #expect(item["b64_json"]?.string?.hasPrefix("/9j/") == true)
        }
    }

    @Test("marks its images unless the watermark is switched off")
    func watermark() async throws {
        try await RunningEmulator.with { emulator async throws in
            // Counts the bright pixels where the mark is; an image without inputs has none there.
            func whites(_ changes: [String: JSONValue]) async throws -> Int {
                let reply = try await emulator.ark(Ark.least(changes))
                let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
                let pixels = try DecodedPixels(try await emulator.call("GET", url).body)
                var count = 0
                for y in 600..<720 {
                    for x in 1100..<1280 where pixels.rgba[(y * pixels.size.width + x) * 4] > 230 {
                        count += 1
                    }
                }
                return count
            }
            #expect(try await whites([:]) > 500)
            #expect(try await whites(["watermark": true]) > 500)
            #expect(try await whites(["watermark": false]) == 0)
        }
    }

    @Test(
        "accepts each model by its ids, and sizes at both ends of its range",
        arguments: [
            ("seedream-4-0-250828", "1280x720", "4096x4096"),
            ("doubao-seedream-4-0-250828", "3840x240", "4096x4096"),
            ("seedream-4-5-251128", "2560x1440", "4096x4096"),
            ("seedream-5-0-260128", "1920x1920", "4096x4096"),
            ("seedream-5-0-lite-260128", "1920x1920", "4096x4096"),
            ("dola-seedream-5-0-pro-260628", "960x960", "2150x2150"),
        ])
    func models(_ model: String, _ smallest: String, _ largest: String) async throws {
        try await RunningEmulator.with { emulator in
            for size in [smallest, largest] {
                let reply = try await emulator.ark(
                    Ark.least(["model": .string(model), "size": .string(size)]))
                #expect(reply.status == 200)
                #expect(try reply.json["data"]?[0]?["size"]?.string == size)
                #expect(try reply.json["model"]?.string == model)
            }
        }
    }

    @Test(
        "refuses a size outside the model's range",
        arguments: [
            ("seedream-4-0-250828", "1280x719", "image size must be at least 921600 pixels"),
            ("seedream-4-0-250828", "4096x4097", "image size must be at most 16777216 pixels"),
            ("seedream-4-0-250828", "3841x240", "the aspect ratio must be between 1/16 and 16"),
            ("seedream-4-0-250828", "240x3841", "the aspect ratio must be between 1/16 and 16"),
            ("seedream-4-0-250828", "3K", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-0-250828", "2k", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-0-250828", "1:1", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-0-250828", "0x4096", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-0-250828", "+1280x720", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-0-250828", "1280x720x3", "must be 1K, 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-5-251128", "1K", "must be 2K, 4K or WIDTHxHEIGHT"),
            ("seedream-4-5-251128", "1919x1920", "image size must be at least 3686400 pixels"),
            ("seedream-5-0-260128", "1024x1024", "image size must be at least 3686400 pixels"),
            ("dola-seedream-5-0-pro-260628", "4K", "must be 1K, 1.5K, 2K or WIDTHxHEIGHT"),
            ("dola-seedream-5-0-pro-260628", "2151x2150", "image size must be at most 4624220 pixels"),
        ])
    func sizes(_ model: String, _ size: String, _ why: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(
                Ark.least(["model": .string(model), "size": .string(size)]))
            #expect(
                try error(reply)
                    == invalid("The parameter `size` specified in the request is not valid: \(why)", "size"))
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test(
        "gives 1K, 2K and 4K the aspect ratio of the first image, or a square, depending on the setting",
        arguments: [
            (Ambiguities.AutomaticSize.firstImage, "1K", "1253x836"), (.firstImage, "2K", "2507x1672"),
            (.firstImage, "4K", "5014x3345"), (.square, "1K", "1024x1024"),
        ])
    func tiers(_ automatic: Ambiguities.AutomaticSize, _ tier: String, _ made: String) async throws {
        try await RunningEmulator.with({ $0.ambiguities.automaticSize = automatic }) { emulator in
            let reply = try await emulator.ark(try Ark.body(["size": .string(tier)]))
            #expect(try reply.json["data"]?[0]?["size"]?.string == made)
        }
    }

    @Test(
        "refuses a model that is not activated",
        arguments: ["seedream-4", "doubao-dola-seedream-5-0-pro-260628", "ep-20260101000000-abcde"])
    func notOpen(_ model: String) async throws {
        try await RunningEmulator.with { emulator in
            let error = try error(try await emulator.ark(Ark.least(["model": .string(model)])), 404)
            #expect(error["code"] == "ModelNotOpen")
            #expect(
                error["message"]?.string
                    == "Your account has not activated the model \(model). Please activate the model service in the Ark Console"
            )
        }
    }

    @Test(
        "refuses values that the fields do not allow",
        arguments: [
            ("model", 4, "must be a string"), ("prompt", [], "must be a string"),
            ("image", 1, "must be a string or an array of strings"),
            ("image", [], "must be a string or an array of strings"),
            ("image", ["https://a.example/b.png", 1], "must be a string or an array of strings"),
            ("size", 2048, "must be a string"),
            ("sequential_image_generation", true, "must be 'disabled' or 'auto'"),
            ("sequential_image_generation_options", 3, "must be an object"),
            ("response_format", "base64", "must be 'url' or 'b64_json'"),
            ("watermark", "no", "must be a boolean"), ("stream", 1, "must be a boolean"),
            ("optimize_prompt_options", "fast", "must be an object"),
        ] as [(String, JSONValue, String)])
    func refused(_ field: String, _ value: JSONValue, _ why: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(try Ark.body([field: .some(value)]))
            #expect(
                try error(reply)
                    == invalid(
                        "The parameter `\(field)` specified in the request is not valid: \(why)", field))
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("refuses a body without model or prompt, and one that is not a JSON object")
    func missing() async throws {
        try await RunningEmulator.with { emulator in
            for (field, body) in [
                ("model", ["prompt": "a dog"]), ("prompt", ["model": .string(Ark.seedream40)]),
            ] as [(String, JSONValue)] {
                #expect(
                    try error(try await emulator.ark(body))
                        == invalid(
                            "The request failed because it is missing `\(field)` parameter", field,
                            "MissingParameter"))
            }
            #expect(try error(try await emulator.ark([]))["param"] == "body")
            let text = try await emulator.call(
                "POST", "ark/api/v3/images/generations", headers: [Ark.key], body: Array("a=b".utf8))
            #expect(try error(text)["param"] == "body")
        }
    }

    @Test("supports only JPEG and the fast mode on 4.0, only PNG and the standard mode on 5.0")
    func modelFields() async throws {
        try await RunningEmulator.with { emulator async throws in
            func type(_ changes: [String: JSONValue]) async throws -> String? {
                let reply = try await emulator.ark(Ark.least(["size": "2K"].merging(changes) { $1 }))
                guard reply.status == 200 else { return try error(reply)["message"]?.string }
                let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
                return try await emulator.call("HEAD", url).header("content-type")
            }
            #expect(try await type(["output_format": "png"]) == "image/jpeg")
            #expect(try await type(["model": "seedream-5-0-260128", "output_format": "png"]) == "image/png")
            #expect(try await type(["model": "seedream-5-0-260128"]) == "image/jpeg")
            #expect(
                try await type(["model": "seedream-5-0-260128", "output_format": "webp"])
                    == "The parameter `output_format` specified in the request is not valid: must be 'png' or 'jpeg'"
            )
            for mode in ["standard", "fast"] as [JSONValue] {
                #expect(try await type(["optimize_prompt_options": ["mode": mode]]) == "image/jpeg")
            }
            #expect(
                try await type([
                    "model": "seedream-4-5-251128", "optimize_prompt_options": ["mode": "fast"],
                ])
                    == "The parameter `optimize_prompt_options.mode` specified in the request is not valid: must be 'standard'"
            )
        }
    }

    @Test("ignores unknown fields, including those of 3.x, or refuses them, depending on the setting")
    func unknownFields() async throws {
        let body = Ark.least(["seed": 7, "guidance_scale": 2.5])
        try await RunningEmulator.with { emulator async throws in
            #expect(try await emulator.ark(body).status == 200)
        }
        try await RunningEmulator.with({ $0.ambiguities.arkUnknownFields = .refused }) {
            emulator async throws in
            #expect(
                try error(try await emulator.ark(body))
                    == invalid(
                        "The parameter `guidance_scale` specified in the request is not valid: unknown field",
                        "guidance_scale"))
            #expect(try await emulator.ark(try Ark.body()).status == 200)
        }
    }

    @Test("accepts the number of images that the setting states", arguments: [10, 14])
    func inputs(_ maximum: Int) async throws {
        try await RunningEmulator.with({ $0.ambiguities.arkMaximumInputs = maximum }) { emulator in
            let uri = JSONValue.string(TestImage.dataURI(try TestImage.png(15, 15)))
            func images(_ count: Int, _ model: String = Ark.seedream40) async throws -> Reply {
                try await emulator.ark(
                    Ark.least([
                        "image": .array([JSONValue](repeating: uri, count: count)), "model": .string(model),
                    ]))
            }
            #expect(try await images(maximum).status == 200)
            #expect(
                try error(try await images(maximum + 1))
                    == invalid(
                        "The parameter `image` specified in the request is not valid: at most \(maximum) images are supported, got \(maximum + 1)",
                        "image"))
            #expect(try await images(11, "dola-seedream-5-0-pro-260628").status == 400)
        }
    }

    // MARK: Image sets

    @Test("makes a set, and counts all its images")
    func set() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(Ark.set(3))
            #expect(try reply.json["data"]?.array?.count == 3)
            #expect(
                try reply.json["usage"]
                    == ["generated_images": 3, "output_tokens": 10_800, "total_tokens": 10_800])
            let disabled = try await emulator.ark(Ark.set(3, ["sequential_image_generation": "disabled"]))
            #expect(try disabled.json["data"]?.array?.count == 1)
            #expect(await emulator.emulator.ledger.map(\.images) == [3, 1])
        }
    }

    @Test("accepts up to 15 input and output images together")
    func total() async throws {
        try await RunningEmulator.with { emulator in
            let field = "sequential_image_generation_options.max_images"
            let uri = JSONValue.string(TestImage.dataURI(try TestImage.png(15, 15)))
            func refusal(_ maximum: JSONValue, inputs: Int = 0) async throws -> String? {
                var body: [String: JSONValue] = [
                    "sequential_image_generation_options": ["max_images": maximum]
                ]
                if inputs > 0 { body["image"] = .array([JSONValue](repeating: uri, count: inputs)) }
                let reply = try await emulator.ark(Ark.set(1, body))
                return reply.status == 200 ? nil : try error(reply)["message"]?.string
            }
            let prefix = "The parameter `\(field)` specified in the request is not valid: "
            #expect(try await refusal(0) == prefix + "must be between 1 and 15")
            #expect(try await refusal(16) == prefix + "must be between 1 and 15")
            #expect(try await refusal("3") == prefix + "must be an integer")
            #expect(
                try await refusal(6, inputs: 10) == prefix
                    + "input images and generated images together must be at most 15")
            #expect(try await refusal(5, inputs: 10) == nil)
            // Without a number, the limit is what the inputs leave.
            #expect(try await refusal(nil, inputs: 9) == nil)
            #expect(await emulator.emulator.ledger.map(\.images) == [5, 6])
        }
    }

    @Test("continues a set after an image with refused content, and bills the others")
    func moderatedItem() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .moderated)])
            let reply = try await emulator.ark(Ark.set(3))
            #expect(reply.status == 200)
            let data = try #require(try reply.json["data"]?.array)
            #expect(data.map { $0["url"] != nil } == [true, false, true])
            #expect(data[1]["error"]?["code"] == "OutputImageSensitiveContentDetected")
            #expect(try reply.json["usage"]?["generated_images"] == 2)
            #expect(await emulator.emulator.ledger.map(\.images) == [2])
            #expect(await emulator.emulator.ledger.first?.cost == 7200)
        }
    }

    @Test("ends a set at an image with an internal error, and bills those before it")
    func failedItem() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .jobFails)])
            let reply = try await emulator.ark(Ark.set(3))
            #expect(reply.status == 200)
            let data = try #require(try reply.json["data"]?.array)
            #expect(data.count == 2 && data[0]["url"] != nil)
            #expect(data[1]["error"]?["code"] == "InternalServiceError")
            #expect(await emulator.emulator.ledger.map(\.images) == [1])
        }
    }

    @Test("fails as a whole, and bills nothing, if the only image fails")
    func fates() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("ark.generate", .jobFails, count: 1),
                FaultRule("ark.generate", .moderated, skip: 1),
            ])
            let failed = try error(try await emulator.ark(Ark.least()), 500)
            #expect(failed["code"] == "InternalServiceError" && failed["type"] == "InternalServerError")
            #expect(
                try error(try await emulator.ark(Ark.least(["stream": true])))
                    == invalid(
                        "The request failed because the output image may contain sensitive information", "",
                        "OutputImageSensitiveContentDetected"))
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .released])
        }
    }

    @Test("may never reply, and can still be stopped", arguments: [false, true])
    func hangs(_ isStream: Bool) async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .jobHangs)])
            await #expect(throws: (any Error).self) {
                try await emulator.call(
                    "POST", "ark/api/v3/images/generations", headers: [Ark.key],
                    json: Ark.least(["stream": .bool(isStream)]), seconds: 3)
            }
            #expect(await emulator.emulator.ledger.map(\.state) == [.accepted])
        }
    }

    // MARK: Streams

    /// Returns the name and data of each event, with `[DONE]` at the end if it was sent.
    private func events(_ reply: Reply) throws -> [(name: String, data: JSONValue)] {
        #expect(reply.status == 200)
        #expect(reply.header("content-type") == "text/event-stream")
        return try reply.text.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n")
            guard lines.count == 2 else { return (String(block), .null) }
            let data = try JSONValue(parsing: lines[1].dropFirst("data: ".count).utf8)
            let name = String(lines[0].dropFirst("event: ".count))
            #expect(data["type"]?.string == name)
            #expect(data["model"]?.string == Ark.seedream40)
            #expect((data["created"]?.integer ?? 0) > 1_700_000_000)
            return (name, data)
        }
    }

    @Test("streams each image, then the usage, then [DONE]")
    func stream() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(Ark.set(2, ["stream": true]))
            let events = try events(reply)
            #expect(
                events.map(\.name) == [
                    "image_generation.partial_succeeded", "image_generation.partial_succeeded",
                    "image_generation.completed", "data: [DONE]",
                ])
            #expect(events[0].data["image_index"] == 0 && events[1].data["image_index"] == 1)
            #expect(events[1].data["size"] == "1280x720")
            let file = try await emulator.call("GET", try #require(events[1].data["url"]?.string))
            #expect(try TestImage.size(file.body) == PixelSize(width: 1280, height: 720))
            #expect(
                events[2].data["usage"]
                    == ["generated_images": 2, "output_tokens": 7200, "total_tokens": 7200])
            #expect(await emulator.emulator.ledger.map(\.images) == [2])
            #expect(await emulator.emulator.ledger.map(\.state) == [.billed])
        }
    }

    @Test("streams one image as base64")
    func streamBase64() async throws {
        try await RunningEmulator.with { emulator in
            let events = try events(
                try await emulator.ark(Ark.least(["stream": true, "response_format": "b64_json"])))
            #expect(events.count == 3)
            #expect(events[0].data["b64_json"]?.string?.hasPrefix("/9j/") == true)
            #expect(events[0].data["url"] == nil)
        }
    }

    @Test("streams an image with refused content as a partial failure")
    func streamModerated() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .moderated)])
            let events = try events(try await emulator.ark(Ark.set(3, ["stream": true])))
            #expect(
                events.map(\.name) == [
                    "image_generation.partial_succeeded", "image_generation.partial_failed",
                    "image_generation.partial_succeeded", "image_generation.completed", "data: [DONE]",
                ])
            #expect(events[1].data["image_index"] == 1)
            #expect(events[1].data["error"]?["code"] == "OutputImageSensitiveContentDetected")
            #expect(events[3].data["usage"]?["generated_images"] == 2)
        }
    }

    @Test("ends a stream with an error, and bills the images before it")
    func streamFailed() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .jobFails)])
            let events = try events(try await emulator.ark(Ark.set(3, ["stream": true])))
            #expect(events.map(\.name) == ["image_generation.partial_succeeded", "error"])
            #expect(events[1].data["error"]?["code"] == "InternalServiceError")
            #expect(await emulator.emulator.ledger.map(\.images) == [1])
        }
    }

    @Test("refuses a stream with plain JSON")
    func streamRefused() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(Ark.least(["stream": true, "size": "512x512"]))
            #expect(reply.header("content-type") == "application/json")
            #expect(try error(reply)["param"] == "size")
        }
    }

    // MARK: Errors

    @Test("refuses a missing key, one of another scheme and an unknown one")
    func keys() async throws {
        try await RunningEmulator.with({ $0.keys = ["right"] }) { emulator in
            for headers in [[], [("Authorization", "right")], [("Authorization", "Bearer wrong")]] {
                #expect(
                    try error(try await emulator.ark(Ark.least(), headers: headers), 401)
                        == [
                            "code": "AuthenticationError", "param": "", "type": "Unauthorized",
                            "message": "the API key or AK/SK in the request is missing or invalid",
                        ])
            }
            let right = try await emulator.ark(Ark.least(), headers: [("Authorization", "Bearer right")])
            #expect(right.status == 200)
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test("is overdue when the credits are gone; a set returns the credits for images it did not make")
    func credits() async throws {
        try await RunningEmulator.with({ $0.credits = 3 }) { emulator in
            await emulator.emulator.setFaults([FaultRule("ark.generate", .moderated, count: 1)])
            #expect(try await emulator.ark(Ark.set(3)).status == 200)
            #expect(try await emulator.ark(Ark.least()).status == 200)
            let error = try error(try await emulator.ark(Ark.least()), 403)
            #expect(error["code"] == "AccountOverdueError")
            #expect(await emulator.emulator.ledger.map(\.images) == [2, 1])
        }
    }

    @Test(
        "fails in its own form",
        arguments: [
            (400, "InvalidParameter", "BadRequest"), (404, "NotFound", "Not Found"),
            (413, "RequestEntityTooLarge", ""),
            (429, "ModelAccountIpmRateLimitExceeded", "TooManyRequests"),
            (500, "InternalServiceError", "InternalServerError"),
            (503, "ServiceUnavailable", "InternalServerError"),
        ])
    func failures(_ status: Int, _ code: String, _ type: String) async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("ark.*", .status(status, retryAfter: nil, accepted: false))
            ])
            let error = try error(try await emulator.ark(Ark.least()), status)
            #expect(error["code"]?.string == code && error["type"]?.string == type)
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("has no other paths")
    func paths() async throws {
        try await RunningEmulator.with { emulator in
            for (method, path) in [("GET", "api/v3/images/generations"), ("POST", "api/v3/images/edits")] {
                let reply = try await emulator.call(method, "ark/\(path)", headers: [Ark.key])
                #expect(try error(reply, 404)["code"] == "NotFound")
            }
        }
    }

    // MARK: Images

    @Test("refuses images whose sides, area, aspect ratio or bytes break a rule, and bills nothing")
    func images() async throws {
        try await RunningEmulator.with { emulator async throws in
            func refusal(_ reference: String) async throws -> JSONValue {
                try error(try await emulator.ark(Ark.least(["image": .string(reference)])))
            }
            func field(_ why: String) -> JSONValue {
                invalid(
                    "The parameter `image` specified in the request is not valid: image 1: \(why)", "image")
            }
            #expect(
                try await refusal(TestImage.dataURI(try TestImage.png(14, 20)))
                    == field("Image too small: 14x20, sides must be at least 15 px"))
            #expect(
                try await refusal(
                    TestImage.dataURI(try TestImage.jpeg(claiming: 6001, 6000), type: "image/jpeg"))
                    == invalid(
                        "Image exceeds the maximum allowed total pixels. Current dimensions: 6001x6000 = 36006000 pixels. Maximum allowed: 36000000 pixels",
                        "image"))
            #expect(
                try await refusal(try Fal.dataURI("corrupt/ratio-3.5.jpg"))
                    == invalid(
                        "expected the aspect ratio to be between 0.33 and 3.00, but received image with aspect ratio: 3.50 instead",
                        "image"))
            #expect(
                try await refusal(
                    TestImage.dataURI(try TestImage.jpeg(bytes: 10_000_001), type: "image/jpeg"))
                    == invalid(
                        "The request failed because the size of the input image (11 MB) exceeds the limit (10 MB)",
                        "image", "InvalidParameter.OversizeImage"))
            #expect(
                try await refusal(try Fal.dataURI(type: "image/JPEG"))
                    == field("The data URI says image/JPEG, the bytes are JPEG"))
            #expect(try await refusal("dog.png") == field("Invalid url"))
            #expect(
                try await refusal(try Fal.dataURI("formats/single.heic", type: "image/heic"))
                    == field("Unsupported image format: HEIC"))
            #expect(await emulator.emulator.ledger.allSatisfy { $0.state == .released })
        }
    }

    @Test("accepts images at the bounds, in every format of the model that this build reads")
    func formats() async throws {
        try await RunningEmulator.with { emulator in
            let paths = [
                ("corrupt/ratio-3.jpg", "image/jpeg"), ("webp/lossy.webp", "image/webp"),
                ("formats/rgb24.bmp", "image/bmp"), ("formats/rgb-strips.tiff", "image/tiff"),
                ("formats/plain.gif", "image/gif"),
            ].filter { path in Fixtures.readableRows.contains { $0.path == path.0 } }
            for (path, type) in paths {
                let reply = try await emulator.ark(
                    Ark.least(["image": .string(try Fal.dataURI(path, type: type))]))
                #expect(reply.status == 200, "\(path)")
            }
            let largest = try TestImage.jpeg(bytes: 10_000_000)
            let reply = try await emulator.ark(
                Ark.least(["image": .string(TestImage.dataURI(largest, type: "image/jpeg"))]))
            #expect(reply.status == 200)
            if Fixtures.readableRows.contains(where: { $0.path == "formats/single.heic" }) {
                let pro = try await emulator.ark(
                    Ark.least([
                        "model": "dola-seedream-5-0-pro-260628",
                        "image": .string(try Fal.dataURI("formats/single.heic", type: "image/heic")),
                    ]))
                #expect(pro.status == 200)
            }
        }
    }

    @Test("accepts a larger aspect ratio with the setting")
    func aspectRatio() async throws {
        try await RunningEmulator.with({ $0.ambiguities.maximumAspectRatio = 16 }) { emulator in
            let reply = try await emulator.ark(
                Ark.least(["image": .string(try Fal.dataURI("corrupt/ratio-3.5.jpg"))]))
            #expect(reply.status == 200)
        }
    }

    @Test("deletes its images after their lifetime")
    func lifetime() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.ark(Ark.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            emulator.emulator.clock.advance(by: 86_399)
            #expect(try await emulator.call("GET", url).status == 200)
            emulator.emulator.clock.advance(by: 2)
            #expect(try await emulator.call("GET", url).status == 410)
        }
    }

    @Test("accepts its own results as inputs")
    func chain() async throws {
        try await RunningEmulator.with({ $0.ambiguities.remoteImages = .refused }) { emulator in
            let made = try await emulator.ark(Ark.least())
            let url = try #require(try made.json["data"]?[0]?["url"])
            #expect(try await emulator.ark(Ark.least(["image": [url]])).status == 200)
            #expect(
                await emulator.emulator.requests.last?.inputs.first?.hasPrefix("1280x720 image/jpeg") == true)
            let gone = try await emulator.ark(Ark.least(["image": .string((url.string ?? "") + "x")]))
            #expect(try error(gone)["param"] == "image")
        }
    }

    @Test(
        "replies under each of its host names, with images under a name that does not resolve",
        arguments: [
            "ark.ap-southeast.bytepluses.com", "ark.eu-west.bytepluses.com", "ark.cn-beijing.volces.com",
        ])
    func names(_ host: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "api/v3/images/generations", headers: [Ark.key, ("Host", host)], json: Ark.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            #expect(url.hasPrefix("https://ark-results.invalid/results/"))
        }
    }
}
#endif
