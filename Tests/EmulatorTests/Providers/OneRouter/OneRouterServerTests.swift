#if Emulator
import SeedreamModel
import Pixels
import SeedreamEmulator
import Testing
import TestSupport

@Suite("emulated OneRouter")
struct OneRouterServerTests {
    /// Returns the only member `error` of a reply.
    private func error(_ reply: Reply, _ status: Int) throws -> JSONValue {
        #expect(reply.status == status)
        #expect(try reply.json.object.map { Array($0.keys) } == ["error"])
        return try reply.json["error"] ?? nil
    }

    private func invalid(_ message: String, _ parameter: String?) -> JSONValue {
        [
            "code": 400, "message": .string(message), "type": "invalid_request_error",
            "param": parameter.map { .string($0) } ?? nil,
        ]
    }

    private func picture(_ reply: Reply, _ emulator: RunningEmulator) async throws -> Reply {
        #expect(reply.status == 200)
        let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
        return try await emulator.call("GET", url, headers: [("User-Agent", "SeedreamKit-tests")])
    }

    @Test("edits: images at URLs, empty strings for missing values, no usage")
    func edit() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.oneRouter(try OneRouter.body(["n": 2]), path: "edits")
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json.object.map { Set($0.keys) } == ["created", "data"])
            #expect((json["created"]?.integer ?? 0) > 1_700_000_000)
            #expect(json["data"]?.array?.count == 2)
            #expect(json["data"]?[0]?["b64_json"] == "" && json["data"]?[0]?["revised_prompt"] == "")
            let url = try #require(json["data"]?[0]?["url"]?.string)
            #expect(url.hasPrefix("http://127.0.0.1:\(emulator.emulator.port)/onerouter/media/images/"))
            let file = try await picture(reply, emulator)
            #expect(file.status == 200 && file.header("content-type") == "image/png")
            #expect(try TestImage.size(file.body) == PixelSize(width: 1024, height: 1024))

            let entry = try #require(await emulator.emulator.ledger.first)
            #expect(entry.state == .billed && entry.images == 2 && entry.operation == "onerouter.edit")
            #expect(entry.inputs.count == 1)
            let records = await emulator.emulator.requests
            #expect(records.map(\.operation) == ["onerouter.edit", "onerouter.download"])
            #expect(records[0].inputs == ["640x427 image/jpeg 112525 bytes"])
        }
    }

    @Test("gives base64 with an empty URL")
    func base64() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.oneRouter(OneRouter.least(["output_format": "b64_json"]))
            #expect(try reply.json["data"]?[0]?["url"] == "")
            #expect(try reply.json["data"]?[0]?["b64_json"]?.string?.hasPrefix("iVBOR") == true)
            #expect(await emulator.emulator.ledger.map(\.operation) == ["onerouter.generate"])
        }
    }

    @Test("accepts the key bare or after Bearer, and in no other way")
    func keys() async throws {
        try await RunningEmulator.with({ $0.keys = ["sk-fake"] }) { emulator in
            for header in [OneRouter.bare, OneRouter.bearer] {
                #expect(try await emulator.oneRouter(OneRouter.least(), headers: [header]).status == 200)
            }
            for headers in [
                [], [("Authorization", "Key sk-fake")], [("Authorization", "sk-other")],
                [("Authorization", "Bearer")],
            ] {
                let error = try error(try await emulator.oneRouter(OneRouter.least(), headers: headers), 401)
                #expect(error["code"] == 401 && error["param"] == .null)
            }
            #expect(await emulator.emulator.ledger.count == 2)
        }
    }

    @Test(
        "gives the automatic sizes the aspect ratio of the first image, or a square, by the setting",
        arguments: [(Ambiguities.AutomaticSize.firstImage, 2507, 1672), (.square, 2048, 2048)])
    func automaticSize(_ automatic: Ambiguities.AutomaticSize, _ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with({
            $0.ambiguities.automaticSize = automatic; $0.ambiguities.resultType = "image/jpeg"
        }) { emulator in
            // `auto` is the default.
            let reply = try await emulator.oneRouter(try OneRouter.body(["size": nil]), path: "edits")
            let size = try TestImage.size(try await picture(reply, emulator).body)
            #expect(size == PixelSize(width: width, height: height))
        }
    }

    @Test(
        "prefers image_size over size, or not, depending on the setting",
        arguments: [(true, 1300, 1000), (false, 1024, 1024)])
    func imageSize(_ wins: Bool, _ width: Int, _ height: Int) async throws {
        let size: JSONValue = ["width": 1300, "height": 1000]
        try await RunningEmulator.with({ $0.ambiguities.onerouterImageSizeWins = wins }) { emulator in
            let both = try await emulator.oneRouter(OneRouter.least(["image_size": size]))
            #expect(
                try TestImage.size(try await picture(both, emulator).body)
                    == PixelSize(width: width, height: height))
            let alone = try await emulator.oneRouter([
                "model": "m", "prompt": "a dog", "image_size": size,
            ])
            #expect(
                try TestImage.size(try await picture(alone, emulator).body)
                    == PixelSize(width: 1300, height: 1000))
        }
    }

    @Test(
        "scales up sizes below 960x960",
        arguments: [(960, 960, 960, 960), (959, 960, 960, 962), (100, 100, 960, 960)])
    func small(_ width: Int, _ height: Int, _ madeWidth: Int, _ madeHeight: Int) async throws {
        try await RunningEmulator.with { emulator in
            let size: JSONValue = ["width": .integer(width), "height": .integer(height)]
            let reply = try await emulator.oneRouter(OneRouter.least(["image_size": size]))
            #expect(
                try TestImage.size(try await picture(reply, emulator).body)
                    == PixelSize(width: madeWidth, height: madeHeight))
        }
    }

    @Test("uses the last ten images, and names a bad one by its position among all")
    func lastTen() async throws {
        try await RunningEmulator.with { emulator in
            let good = JSONValue.string(TestImage.dataURI(try TestImage.png(15, 16)))
            let eleven = [JSONValue]([.string("not a url")] + [JSONValue](repeating: good, count: 10))
            let reply = try await emulator.oneRouter(
                try OneRouter.body(["image_urls": .array(eleven)]), path: "edits")
            #expect(reply.status == 200)
            #expect(await emulator.emulator.ledger.first?.inputs.count == 10)
            let bad = try await emulator.oneRouter(
                try OneRouter.body(["image_urls": .array(eleven.reversed())]), path: "edits")
            #expect(try error(bad, 400) == invalid("image_urls[10]: Invalid url", "image_urls"))
            #expect(await emulator.emulator.ledger.map(\.state) == [.billed, .released])
        }
    }

    @Test(
        "refuses values that the documented fields do not allow",
        arguments: [
            ("model", nil, "model is required"), ("model", 4, "model must be a string"),
            ("model", "", "model is required"), ("prompt", nil, "prompt is required"),
            ("prompt", [], "prompt must be a string"), ("image_urls", nil, "image_urls is required"),
            ("image_urls", [], "image_urls must be an array with at least one URL"),
            ("image_urls", "https://a.example/b.png", "image_urls must be an array with at least one URL"),
            ("image_urls", [1], "image_urls must be an array of strings"),
            (
                "size", "2K",
                "size must be one of square_hd, square, portrait_4_3, portrait_16_9, landscape_4_3, landscape_16_9, auto, auto_2K, auto_4K"
            ),
            (
                "image_size", ["width": 1000], "image_size must have a positive integer width and height"
            ),
            (
                "image_size", ["width": 1000, "height": 0],
                "image_size must have a positive integer width and height"
            ),
            (
                "image_size", ["width": 4096, "height": 4097],
                "image_size must have at most 4096x4096 pixels"
            ),
            ("seed", 1.5, "seed must be an integer"),
            ("enable_safety_checker", "no", "enable_safety_checker must be a boolean"),
            ("enhance_prompt_mode", "slow", "enhance_prompt_mode must be one of standard, fast"),
            ("n", 0, "n must be at least 1"), ("n", "2", "n must be an integer"),
            ("output_format", "png", "output_format must be one of url, b64_json"),
        ] as [(String, JSONValue, String)])
    func refused(_ field: String, _ value: JSONValue, _ message: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.oneRouter(
                try OneRouter.body([field: .some(value)]), path: "edits")
            #expect(try error(reply, 400) == invalid(message, field))
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("accepts JSON only, also for edits")
    func multipart() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "onerouter/v1/images/edits",
                headers: [OneRouter.bearer, ("Content-Type", "multipart/form-data; boundary=b")],
                body: Array("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na\r\n--b--".utf8))
            #expect(try error(reply, 400) == invalid("The request body must be JSON", nil))
            let list = try await emulator.oneRouter([])
            #expect(try error(list, 400) == invalid("The request body must be a JSON object", nil))
        }
    }

    @Test("accepts only the models of the setting, if it lists any")
    func models() async throws {
        try await RunningEmulator.with({ $0.ambiguities.onerouterModels = ["seedream-v4-text-to-image"] }) {
            emulator in
            #expect(try await emulator.oneRouter(OneRouter.least()).status == 200)
            let reply = try await emulator.oneRouter(OneRouter.least(["model": "google/nano-banana"]))
            #expect(
                try error(reply, 400) == invalid("google/nano-banana is not a valid model ID", "model"))
        }
    }

    @Test(
        "ignores unknown fields, including images of generations, or refuses them, depending on the setting")
    func unknownFields() async throws {
        let body = OneRouter.least(["image_urls": ["nonsense"]])
        try await RunningEmulator.with { emulator async throws in
            #expect(try await emulator.oneRouter(body).status == 200)
        }
        try await RunningEmulator.with({ $0.ambiguities.onerouterUnknownFields = .refused }) {
            emulator async throws in
            #expect(
                try error(try await emulator.oneRouter(body), 400)
                    == invalid("Unknown field: image_urls", "image_urls"))
            #expect(try await emulator.oneRouter(OneRouter.least()).status == 200)
        }
    }

    @Test("runs out of credits with 402")
    func credits() async throws {
        try await RunningEmulator.with({ $0.credits = 1 }) { emulator in
            #expect(try await emulator.oneRouter(OneRouter.least()).status == 200)
            let error = try error(try await emulator.oneRouter(OneRouter.least()), 402)
            #expect(error["code"] == 402)
            #expect(error["message"] == "Your account or API key has insufficient credits")
            #expect(await emulator.emulator.ledger.count == 1)
        }
    }

    @Test(
        "hides errors that concern neither the request nor credits behind 200, depending on the setting",
        arguments: [400, 401, 402, 404, 413, 403, 408, 422, 429, 500, 502, 503, 504], [true, false])
    func errors(_ code: Int, _ hides: Bool) async throws {
        let isPlain = [400, 401, 402, 404, 413].contains(code)
        try await RunningEmulator.with({ $0.ambiguities.onerouterErrorsWith200 = hides }) { emulator in
            await emulator.emulator.setFaults([
                FaultRule("onerouter.*", .status(code, retryAfter: nil, accepted: false))
            ])
            let reply = try await emulator.oneRouter(OneRouter.least())
            #expect(try error(reply, hides && !isPlain ? 200 : code)["code"]?.integer == code)
        }
    }

    @Test("fails and refuses content with status 200, and bills nothing")
    func fates() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("onerouter.generate", .jobFails, count: 1),
                FaultRule("onerouter.edit", .moderated),
            ])
            #expect(try error(try await emulator.oneRouter(OneRouter.least()), 200)["code"] == 502)
            let moderated = try error(
                try await emulator.oneRouter(try OneRouter.body(), path: "edits"), 200)
            #expect(moderated["code"] == 422 && moderated["type"] == "content_policy_violation")
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .released])
        }
    }

    @Test("may never reply, and can still be stopped")
    func hangs() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("onerouter.generate", .jobHangs)])
            await #expect(throws: (any Error).self) {
                try await emulator.call(
                    "POST", "onerouter/v1/images/generations", headers: [OneRouter.bearer],
                    json: OneRouter.least(), seconds: 3)
            }
            #expect(await emulator.emulator.ledger.map(\.state) == [.accepted])
        }
    }

    @Test("refuses images whose sides, aspect ratio or format break a rule")
    func images() async throws {
        try await RunningEmulator.with { emulator in
            for (bytes, type, message) in [
                (
                    try TestImage.png(15, 14), "image/png",
                    "Image too small: 15x14, sides must be at least 15 px"
                ),
                (
                    try Fixtures.bytes("corrupt/ratio-1-3.5.jpg"), "image/jpeg",
                    "expected the aspect ratio to be between 0.33 and 3.00, but received image with aspect ratio: 0.29 instead"
                ),
                (
                    try Fixtures.bytes("formats/single.heic"), "image/heic",
                    "Unsupported image format: HEIC"
                ),
            ] {
                let body = try OneRouter.body([
                    "image_urls": [.string(TestImage.dataURI(bytes, type: type))]
                ])
                let reply = try await emulator.oneRouter(body, path: "edits")
                #expect(try error(reply, 400) == invalid("image_urls[0]: \(message)", "image_urls"))
            }
        }
    }

    @Test("refuses images to the default user agents of urllib and Go, depending on the setting")
    func agents() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.oneRouter(OneRouter.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            for agent in ["Python-urllib/3.12", "Go-http-client/1.1"] {
                let refused = try await emulator.call("GET", url, headers: [("User-Agent", agent)])
                #expect(refused.status == 403 && refused.text == "error code: 1010")
            }
            #expect(try await emulator.call("HEAD", url).status == 200)
            #expect(try await emulator.call("GET", url + "x").status == 404)
        }
        try await RunningEmulator.with({ $0.ambiguities.onerouterRejectsDefaultAgents = false }) {
            emulator in
            let reply = try await emulator.oneRouter(OneRouter.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            let taken = try await emulator.call("GET", url, headers: [("User-Agent", "Python-urllib/3.12")])
            #expect(taken.status == 200)
        }
    }

    @Test("has no other paths")
    func paths() async throws {
        try await RunningEmulator.with { emulator in
            for (method, path) in [
                ("GET", "v1/images/edits"), ("POST", "v1/images/variations"), ("GET", "v1/images/tasks/1"),
            ] {
                let reply = try await emulator.call(method, "onerouter/\(path)", headers: [OneRouter.bearer])
                #expect(try error(reply, 404)["code"] == 404)
            }
        }
    }

    @Test("replies under its host name, with images under that of its media host")
    func name() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "v1/images/generations", headers: [OneRouter.bare, ("Host", "image.onerouter.pro")],
                json: OneRouter.least())
            let url = try #require(try reply.json["data"]?[0]?["url"]?.string)
            #expect(url.hasPrefix("https://media.onerouter.pro/images/"))
        }
    }
}
#endif
