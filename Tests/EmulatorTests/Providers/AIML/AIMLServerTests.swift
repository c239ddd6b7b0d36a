#if Emulator
import SeedreamModel
import ImageCodecs
import Pixels
import SeedreamEmulator
import Testing
import TestSupport

@Suite("emulated AIML")
struct AIMLServerTests {
    /// Returns the message of an error whose other members are those of the provider's errors.
    private func message(_ reply: Reply, _ status: Int = 400) throws -> String? {
        #expect(reply.status == status)
        let json = try reply.json
        #expect(
            json.object.map { Set($0.keys) }
                == ["message", "path", "requestId", "statusCode", "timestamp"])
        #expect(json["statusCode"]?.integer == status)
        return json["message"]?.string
    }

    private func validation(_ issues: String...) -> String {
        (["Body validation error!"] + issues).joined(separator: "\n")
    }

    @Test("edits: reproducible images, the seed, the usage, and a file on fal's CDN")
    func edit() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.aiml(try AIML.body(["num_images": 2]))
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json["seed"] == 7)
            #expect(json["images"]?.array?.count == 2)
            #expect(json["images"] == json["data"])
            #expect(json["meta"] == ["usage": ["tokens_used": 126_000]])
            #expect(reply.header("x-aimlapi-credits-used") == "126000")
            #expect(reply.header("x-aimlapi-usd-spent") == "0.063")
            let image = try #require(json["images"]?[0])
            #expect(image["width"] == .null && image["height"] == .null)
            #expect(image["content_type"] == "image/png")
            let url = try #require(image["url"]?.string)
            #expect(
                url.hasPrefix("http://127.0.0.1:\(emulator.emulator.port)/fal/cdn/files/b/0a1a1a1a/"))
            #expect(image["file_name"]?.string == url.split(separator: "/").last.map(String.init))
            let file = try await emulator.call("GET", url)
            #expect(file.status == 200 && file.header("content-type") == "image/png")
            #expect(image["file_size"]?.integer == file.body.count)
            #expect(try TestImage.size(file.body) == PixelSize(width: 1024, height: 1024))

            let entries = await emulator.emulator.ledger
            #expect(entries.count == 1)
            let entry = try #require(entries.first)
            #expect(entry.state == .billed && entry.images == 2 && entry.unit == "USD")
            #expect(abs(entry.cost - 0.063) < 1e-9)
            #expect(entry.operation == "aiml.generate" && entry.model == AIML.edit)
            #expect(entry.inputs.count == 1)
            #expect(entry.requestID == reply.header("x-inference-id"))
            let record = try #require(await emulator.emulator.requests.first)
            #expect(record.operation == "aiml.generate" && record.requestID == entry.requestID)
            #expect(record.inputs == ["640x427 image/jpeg 112525 bytes"])
        }
    }

    @Test("serves its files even if fal is not emulated")
    func withoutFal() async throws {
        try await RunningEmulator.with({ $0.providers = [.aiml] }) { emulator in
            let reply = try await emulator.aiml(AIML.least())
            let file = try await emulator.call(
                "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
            #expect(file.status == 200)
            #expect(try TestImage.size(file.body) == PixelSize(width: 1024, height: 1024))
        }
    }

    @Test("gives a data URI as the URL with sync_mode")
    func inline() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.aiml(AIML.least(AIML.textToImage, ["sync_mode": true]))
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            #expect(url.hasPrefix("data:image/png;base64,iVBOR"))
        }
    }

    @Test(
        "accepts each preset, and scales up sizes below 960x960",
        arguments: [
            ("square_hd", 1024, 1024), ("square", 960, 960), ("portrait_4_3", 832, 1110),
            ("portrait_16_9", 720, 1280), ("landscape_4_3", 1110, 832), ("landscape_16_9", 1280, 720),
        ])
    func presets(_ name: String, _ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.aiml(
                AIML.least(AIML.textToImage, ["image_size": .string(name)]))
            let file = try await emulator.call(
                "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
            #expect(try TestImage.size(file.body) == PixelSize(width: width, height: height))
        }
    }

    @Test("makes a custom size as requested", arguments: [(1024, 1025), (1024, 4096)])
    func pixels(_ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with({ $0.ambiguities.resultType = "image/jpeg" }) { emulator in
            let size: JSONValue = ["width": .integer(width), "height": .integer(height)]
            let reply = try await emulator.aiml(AIML.least(AIML.textToImage, ["image_size": size]))
            let file = try await emulator.call(
                "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
            #expect(file.header("content-type") == "image/jpeg")
            #expect(try TestImage.size(file.body) == PixelSize(width: width, height: height))
        }
    }

    @Test(
        "refuses values that the schema does not allow",
        arguments: [
            ("prompt", 5, #"Expected string, received number at "prompt""#),
            ("prompt", nil, #"Expected string, received null at "prompt""#),
            (
                "prompt", .string(String(repeating: "a", count: 4001)),
                #"String must contain at most 4000 character(s) at "prompt""#
            ),
            ("image_urls", [], #"Array must contain at least 1 element(s) at "image_urls""#),
            ("image_urls", "https://a.example/b.png", #"Expected array, received string at "image_urls""#),
            ("image_urls", [true], #"Expected string, received boolean at "image_urls[0]""#),
            (
                "image_urls", .array([JSONValue](repeating: "https://a.example/b.png", count: 11)),
                #"Array must contain at most 10 element(s) at "image_urls""#
            ),
            (
                "image_size", "auto",
                #"Invalid enum value. Expected 'square_hd' | 'square' | 'portrait_4_3' | 'portrait_16_9' | 'landscape_4_3' | 'landscape_16_9', received 'auto' at "image_size""#
            ),
            ("image_size", 2048, #"Expected object, received number at "image_size""#),
            (
                "image_size", ["width": 1280, "height": 720],
                #"Number must be greater than or equal to 1024 at "image_size.height""#
            ),
            (
                "image_size", ["width": 1023, "height": 1024],
                #"Number must be greater than or equal to 1024 at "image_size.width""#
            ),
            (
                "image_size", ["width": 4097, "height": 1024],
                #"Number must be less than or equal to 4096 at "image_size.width""#
            ),
            ("image_size", ["width": 1024], #"Required at "image_size.height""#),
            (
                "image_size", ["width": 1024, "height": 1024.5],
                #"Expected integer, received float at "image_size.height""#
            ),
            ("num_images", 0, #"Number must be greater than or equal to 1 at "num_images""#),
            ("num_images", 5, #"Number must be less than or equal to 4 at "num_images""#),
            ("num_images", "2", #"Expected number, received string at "num_images""#),
            ("seed", 0, #"Number must be greater than or equal to 1 at "seed""#),
            ("seed", 1.5, #"Expected integer, received float at "seed""#),
            ("sync_mode", "true", #"Expected boolean, received string at "sync_mode""#),
            ("enable_safety_checker", 1, #"Expected boolean, received number at "enable_safety_checker""#),
            ("max_images", 2, "Unrecognized key(s) in object: 'max_images'"),
        ] as [(String, JSONValue, String)])
    func refused(_ field: String, _ value: JSONValue, _ issue: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.aiml(try AIML.body([field: .some(value)]))
            #expect(try message(reply) == validation(issue))
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("names every violation and the missing fields")
    func missing() async throws {
        try await RunningEmulator.with { emulator in
            let both = try await emulator.aiml(["model": .string(AIML.edit)])
            #expect(
                try message(both) == validation(#"Required at "prompt""#, #"Required at "image_urls""#))
            let model = try await emulator.aiml(["prompt": "a dog"])
            #expect(try message(model) == validation(#"Required at "model""#))
            let list = try await emulator.aiml([])
            #expect(try message(list) == validation("Expected object, received array"))
            let text = try await emulator.call(
                "POST", "aiml/v1/images/generations", headers: [AIML.key], body: Array("{".utf8))
            #expect(try message(text) == validation("Unexpected token in JSON"))
            let unknown = try await emulator.aiml(AIML.least("bytedance/seedream-2.0"))
            let words = try #require(try message(unknown))
            #expect(
                words.hasPrefix("Body validation error!\nInvalid enum value. Expected 'bytedance/seedream-v4")
            )
            #expect(words.hasSuffix(#", received 'bytedance/seedream-2.0' at "model""#))
        }
    }

    @Test("accepts values at their bounds")
    func bounds() async throws {
        try await RunningEmulator.with { emulator in
            let picture = TestImage.dataURI(try TestImage.png(15, 15))
            let ten = try await emulator.aiml(
                try AIML.body([
                    "prompt": .string(String(repeating: "a", count: 4000)), "seed": 1,
                    "image_urls": .array([JSONValue](repeating: .string(picture), count: 10)),
                ]))
            #expect(ten.status == 200)
            let four = try await emulator.aiml(AIML.least(AIML.textToImage, ["num_images": 4]))
            #expect(try four.json["data"]?.array?.count == 4)
            // The default of num_images is 1, and the seed is random.
            let one = try await emulator.aiml(AIML.least())
            #expect(try one.json["data"]?.array?.count == 1)
            #expect((try one.json["seed"]?.integer ?? 0) >= 1)
        }
    }

    @Test("has no images in text-to-image: the field is unknown, and ignored or refused by the setting")
    func unknownFields() async throws {
        let body = AIML.least(AIML.textToImage, ["image_urls": ["https://a.example/b.png"], "n": 2])
        try await RunningEmulator.with { emulator async throws in
            #expect(
                try message(try await emulator.aiml(body))
                    == validation("Unrecognized key(s) in object: 'image_urls', 'n'"))
        }
        try await RunningEmulator.with({ $0.ambiguities.aimlUnknownFields = .ignored }) {
            emulator async throws in
            #expect(try await emulator.aiml(body).status == 200)
            #expect(await emulator.emulator.requests.first?.inputs == [])
        }
    }

    @Test("gives a status as a number or as text, depending on the setting")
    func statusCode() async throws {
        try await RunningEmulator.with({ $0.ambiguities.aimlStatusCode = .string }) { emulator in
            let reply = try await emulator.aiml(["model": .string(AIML.edit)])
            #expect(reply.status == 400)
            #expect(try reply.json["statusCode"] == "400")
            #expect(try reply.json["path"] == "/v1/images/generations")
            let elsewhere = try await emulator.call("GET", "aiml/v2/nothing", headers: [AIML.key])
            #expect(elsewhere.status == 404)
            #expect(try elsewhere.json["path"] == "/v2/nothing")
            #expect(try elsewhere.json["statusCode"] == "404")
            #expect(
                try await emulator.call("GET", "aiml/v1/images/generations", headers: [AIML.key]).status
                    == 404
            )
        }
    }

    @Test("replies with 201 and another form of the usage, depending on the settings")
    func success() async throws {
        try await RunningEmulator.with({
            $0.ambiguities.aimlSuccess = 201; $0.ambiguities.aimlUsageField = "credits_used"
        }) { emulator in
            let reply = try await emulator.aiml(AIML.least())
            #expect(reply.status == 201)
            #expect(try reply.json["meta"] == ["usage": ["credits_used": 63_000]])
        }
    }

    @Test("refuses a missing key, one of another scheme and an unknown one")
    func keys() async throws {
        try await RunningEmulator.with({ $0.keys = ["right"] }) { emulator in
            for headers in [[], [("Authorization", "Key right")], [("Authorization", "Bearer wrong")]] {
                #expect(
                    try message(try await emulator.aiml(AIML.least(), headers: headers), 401)
                        == "This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys"
                )
            }
            let right = try await emulator.aiml(AIML.least(), headers: [("Authorization", "bearer right")])
            #expect(right.status == 200)
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test("runs out of credits, which failures return")
    func credits() async throws {
        try await RunningEmulator.with({ $0.credits = 3 }) { emulator async throws in
            await emulator.emulator.setFaults([FaultRule("aiml.generate", .jobFails, count: 1)])
            let three = AIML.least(AIML.textToImage, ["num_images": 3])
            #expect(
                try message(try await emulator.aiml(three), 500)
                    == "Something wrong with the server. Please try again later.")
            #expect(try await emulator.aiml(three).status == 200)
            #expect(
                try message(try await emulator.aiml(AIML.least()), 403)
                    == "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/"
            )
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .billed])
        }
    }

    @Test(
        "fails in its own form",
        arguments: [
            (400, "Body validation error!"), (404, "Not Found"), (408, "Request Timeout"),
            (429, "Too Many Requests"),
            (500, "Something wrong with the server. Please try again later."),
            (502, "Something wrong with the server. Please try again later."),
            (503, "Something wrong with the server. Please try again later."), (504, "Generation timeout"),
        ])
    func failures(_ status: Int, _ text: String) async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("aiml.generate", .status(status, retryAfter: "2", accepted: false))
            ])
            let reply = try await emulator.aiml(AIML.least())
            #expect(try message(reply, status) == text)
            #expect(reply.header("retry-after") == "2")
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("refuses a body above the limit")
    func tooLarge() async throws {
        try await RunningEmulator.with({ $0.maximumBody = 2000 }) { emulator in
            let reply = try await emulator.aiml(
                AIML.least(
                    AIML.textToImage, ["seed": 1, "prompt": .string(String(repeating: "a", count: 2500))]))
            #expect(try message(reply, 413) == "Payload Too Large")
        }
    }

    @Test("refuses content, and bills nothing")
    func moderated() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("*.generate", .moderated, prompt: "dog")])
            let reply = try await emulator.aiml(AIML.least())
            #expect(
                try message(reply)
                    == "The content could not be processed because it contained material flagged by a content checker."
            )
            #expect(await emulator.emulator.ledger.map(\.state) == [.released])
            #expect(try reply.json["requestId"]?.string == reply.header("x-inference-id"))
        }
    }

    @Test("may never reply, and can still be stopped")
    func hangs() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("aiml.generate", .jobHangs)])
            await #expect(throws: (any Error).self) {
                try await emulator.call(
                    "POST", "aiml/v1/images/generations", headers: [AIML.key], json: AIML.least(), seconds: 3)
            }
            #expect(await emulator.emulator.ledger.map(\.state) == [.accepted])
        }
    }

    @Test(
        "echoes a valid client request id",
        arguments: [
            ("a-1._:Z", true), (String(repeating: "a", count: 128), true),
            (String(repeating: "a", count: 129), false), ("a b", false), ("a/b", false),
        ])
    func clientRequestID(_ id: String, _ isTaken: Bool) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.aiml(
                ["model": .string(AIML.edit)], headers: [AIML.key, ("X-Client-Request-Id", id)])
            #expect(reply.header("x-client-request-id") == (isTaken ? id : nil))
        }
    }

    @Test(
        "refuses invalid image references, and bills nothing",
        arguments: [
            ("dog.png", "Body validation error!\nInvalid url at \"image_urls[1]\""),
            ("data:image/png;base64,****", "Invalid data URI: the base64 cannot be decoded"),
        ])
    func references(_ reference: String, _ text: String) async throws {
        try await RunningEmulator.with { emulator in
            let good = JSONValue.string(try Fal.dataURI())
            let reply = try await emulator.aiml(
                try AIML.body(["image_urls": [good, .string(reference)]]))
            #expect(try message(reply) == text)
            #expect(await emulator.emulator.ledger.map(\.state) == [.released])
        }
    }

    @Test("refuses images whose sides, area, aspect ratio or bytes break a rule")
    func images() async throws {
        try await RunningEmulator.with { emulator async throws in
            func refusal(_ bytes: [UInt8], _ type: String = "image/jpeg") async throws -> String? {
                let uri = TestImage.dataURI(bytes, type: type)
                return try message(
                    try await emulator.aiml(try AIML.body(["image_urls": [.string(uri)]])))
            }
            #expect(
                try await refusal(try TestImage.png(14, 15), "image/png")
                    == "Image too small: 14x15, sides must be at least 15 px")
            #expect(
                try await refusal(try TestImage.jpeg(claiming: 6001, 6000))
                    == "Image exceeds the maximum allowed total pixels. Current dimensions: 6001x6000 = 36006000 pixels. Maximum allowed: 36000000 pixels."
            )
            #expect(
                try await refusal(try Fixtures.bytes("corrupt/ratio-3.5.jpg"))
                    == "expected the aspect ratio to be between 0.33 and 3.00, but received image with aspect ratio: 3.50 instead"
            )
            #expect(
                try await refusal(try Fixtures.bytes("formats/rgb24.bmp"), "image/bmp")
                    == "Unsupported image format: BMP")
            #expect(
                try await refusal(try TestImage.png(20, 20))
                    == "The data URI says image/jpeg, the bytes are PNG")
            #expect(try await refusal(try Fixtures.bytes("corrupt/truncated-scan.jpg")) != nil)
        }
    }

    @Test("replaces foreign URLs with a placeholder, or refuses them, depending on the setting")
    func remote() async throws {
        let body = try AIML.body(["image_urls": ["https://a.example/b.png"]])
        try await RunningEmulator.with { emulator async throws in
            #expect(try await emulator.aiml(body).status == 200)
        }
        try await RunningEmulator.with({ $0.ambiguities.remoteImages = .refused }) { emulator async throws in
            #expect(
                try message(try await emulator.aiml(body))
                    == "Failed to download the file. Please check if the URL is accessible and try again: https://a.example/b.png"
            )
        }
    }

    @Test("serves the sibling models with their own fields and the documented reply")
    func siblings() async throws {
        try await RunningEmulator.with { emulator in
            let model = "bytedance/seedream-4-5"
            let reply = try await emulator.aiml(
                AIML.least(
                    model,
                    [
                        "image_urls": [.string(try Fal.dataURI())], "watermark": true, "seed": 0,
                        "image_size": ["width": 1440],
                    ]))
            #expect(reply.status == 200)
            #expect(try reply.json["images"] == nil)
            #expect(try reply.json["data"]?[0]?["b64_json"] == .null)
            let file = try await emulator.call(
                "GET", try #require(try reply.json["data"]?[0]?["url"]?.string))
            #expect(try TestImage.size(file.body) == PixelSize(width: 1440, height: 2048))
            #expect(file.header("content-type") == "image/jpeg")

            let pro = try await emulator.aiml(
                AIML.least(
                    "bytedance/seedream-5-0-pro", ["image_size": "1.5K", "response_format": "b64_json"]))
            #expect(try pro.json["meta"] == ["usage": ["usd_spent": 0.0315]])
            #expect(try pro.json["data"]?[0]?["url"] == .null)
            #expect(try pro.json["data"]?[0]?["b64_json"]?.string?.hasPrefix("/9j/") == true)

            for (field, value, issue) in [
                (
                    "image_size", ["width": 1439],
                    #"Number must be greater than or equal to 1440 at "image_size.width""#
                ),
                (
                    "image_size", "1.5K",
                    #"Invalid enum value. Expected '2K' | '4K', received '1.5K' at "image_size""#
                ),
                (
                    "response_format", "png",
                    #"Invalid enum value. Expected 'url' | 'b64_json', received 'png' at "response_format""#
                ),
                ("watermark", 1, #"Expected boolean, received number at "watermark""#),
                ("num_images", 2, "Unrecognized key(s) in object: 'num_images'"),
                (
                    "image_urls", .array([JSONValue](repeating: "https://a.example/b.png", count: 15)),
                    #"Array must contain at most 14 element(s) at "image_urls""#
                ),
            ] as [(String, JSONValue, String)] {
                #expect(
                    try message(try await emulator.aiml(AIML.least(model, [field: value])))
                        == validation(issue))
            }
        }
    }

    @Test("replies under its host name, with images under that of fal's CDN")
    func name() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "v1/images/generations", headers: [AIML.key, ("Host", "api.aimlapi.com")],
                json: AIML.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            #expect(url.hasPrefix("https://v3b.fal.media/files/b/0a1a1a1a/"))
            let file = try await emulator.call(
                "GET", String(url.dropFirst("https://v3b.fal.media/".count)),
                headers: [("Host", "v3b.fal.media")])
            #expect(file.status == 200 && file.header("content-type") == "image/png")
        }
    }
}
#endif
