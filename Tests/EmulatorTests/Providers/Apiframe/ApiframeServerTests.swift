#if Emulator
import SeedreamModel
import Cryptography
import ImageCodecs
import Pixels
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated Apiframe")
struct ApiframeServerTests {
    @Test("makes a job: 202, then an image of the requested size, and three credits")
    func generate() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.generate()
            #expect(reply.status == 202)
            #expect(try reply.json["status"] == "QUEUED")
            #expect(try reply.json.object?.count == 2)
            let id = try #require(try reply.json["jobId"]?.string)
            let job = try await emulator.ended(reply)
            #expect(
                Set(try #require(job.object).keys) == [
                    "id", "status", "model", "progress", "input", "result", "error", "creditCost",
                    "webhookStatus", "expired", "createdAt", "completedAt",
                ])
            #expect(job["id"] == .string(id))
            #expect(job["status"] == "COMPLETED")
            #expect(job["model"] == "seedream-4")
            #expect(job["progress"] == 100)
            #expect(job["error"] == .null && job["webhookStatus"] == .null && job["expired"] == false)
            #expect(job["creditCost"] == 3)
            #expect(job["input"]?["prompt"] == "Replace the dog with a puppy")
            #expect(job["createdAt"]?.string?.hasSuffix("Z") == true)
            #expect(job["completedAt"]?.string?.hasSuffix("Z") == true)
            #expect(
                job["result"] == [
                    "images": [
                        .string(
                            "http://127.0.0.1:\(emulator.emulator.port)/apiframe/media/images/\(id)-1.png")
                    ]
                ])
            let file = try await emulator.picture(job)
            #expect(file.header("content-type") == "image/png")
            let probe = try Prober.probe(EncodedSource(file.body), limits: DecodeLimits())
            #expect(probe.size == PixelSize(width: 1024, height: 1024))
            let entry = try #require(await emulator.emulator.ledger.first)
            #expect(await emulator.emulator.ledger.count == 1)
            #expect(entry.state == .billed && entry.cost == 3 && entry.unit == "credits" && entry.images == 1)
            #expect(entry.requestID == id && entry.operation == "apiframe.generate")
        }
    }

    @Test("goes from QUEUED to PROCESSING, whose progress only grows, to COMPLETED")
    func progress() async throws {
        try await RunningEmulator.with({
            $0.queueTime = 0.2; $0.generationTime = 0.6
        }) { emulator in
            let id = try #require(try await emulator.generate().json["jobId"]?.string)
            var seen: [(status: String, progress: Int)] = []
            while seen.last?.status != "COMPLETED" {
                let job = try await emulator.apiframe("GET", "jobs/\(id)").json
                seen.append(
                    (try #require(job["status"]?.string), try #require(job["progress"]?.integer)))
                if seen.last?.status != "COMPLETED" {
                    #expect(job["result"] == .null && job["completedAt"] == .null)
                    #expect(job["creditCost"] == 3)
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(seen.first?.status == "QUEUED" && seen.first?.progress == 0)
            let running = seen.filter { $0.status == "PROCESSING" }.map(\.progress)
            #expect(running == running.sorted())
            #expect(running.contains { (1..<100).contains($0) })
        }
    }

    @Test(
        "refuses a request that breaks the schema, and names the field",
        arguments: [
            ([:], ["n": 2], "n", "Unrecognized key: \"n\""),
            (["max_images": 2], [:], "seedreamParams.max_images", "Unrecognized key: \"max_images\""),
            ([:], ["prompt": nil], "prompt", "Invalid input: expected string, received undefined"),
            ([:], ["prompt": ""], "prompt", "Too small: expected string to have >=1 characters"),
            ([:], ["prompt": 7], "prompt", "Invalid input: expected string, received number"),
            ([:], ["seedreamParams": []], "seedreamParams", "Invalid input: expected object, received array"),
            (["width": 511], [:], "seedreamParams.width", "Too small: expected number to be >=512"),
            (["height": 4097], [:], "seedreamParams.height", "Too big: expected number to be <=4096"),
            (["width": 600.5], [:], "seedreamParams.width", "Invalid input: expected int, received number"),
            (
                ["width": "600"], [:], "seedreamParams.width",
                "Invalid input: expected number, received string"
            ),
            (["size": 2], [:], "seedreamParams.size", "Invalid input: expected string, received number"),
            (["size": .null], [:], "seedreamParams.size", "Invalid input: expected string, received null"),
            (
                ["guidance_scale": 10.5], [:], "seedreamParams.guidance_scale",
                "Too big: expected number to be <=10"
            ),
            (
                ["enhance_prompt": "yes"], [:], "seedreamParams.enhance_prompt",
                "Invalid input: expected boolean, received string"
            ),
            (
                ["output_format": "gif"], [:], "seedreamParams.output_format",
                "Invalid option: expected one of \"jpg\"|\"png\""
            ),
            (["image_input": ["dog.png"]], [:], "seedreamParams.image_input.0", "Invalid URL"),
            (
                ["image_input": .array(Array(repeating: "https://a.test/1.png", count: 15))], [:],
                "seedreamParams.image_input", "Too big: expected array to have <=14 items"
            ),
            ([:], ["webhookUrl": "here"], "webhookUrl", "Invalid URL"),
            ([:], ["webhookEvents": []], "webhookEvents", "Too small: expected array to have >=1 items"),
            (
                [:], ["webhookEvents": ["done"]], "webhookEvents.0",
                "Invalid option: expected one of \"progress\"|\"completed\"|\"failed\""
            ),
        ] as [([String: JSONValue?], [String: JSONValue?], String, String)])
    func schema(
        _ parameters: [String: JSONValue?], _ changes: [String: JSONValue?], _ field: String,
        _ message: String
    ) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.generate(Apiframe.body(parameters, changes))
            #expect(reply.status == 400)
            #expect(try reply.json["error"]?.string != nil)
            #expect(try reply.json["details"] == [field: [.string(message)]])
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("accepts every field that the validator knows, at both ends of its range")
    func everyField() async throws {
        try await RunningEmulator.with { emulator in
            for side in [512, 4096] {
                let reply = try await emulator.generate(
                    Apiframe.body([
                        "image_input": ["https://a.test/1.png"], "aspect_ratio": "1:1", "size": "1K",
                        "width": .integer(side), "height": .integer(side), "enhance_prompt": false, "seed": 1,
                        "guidance_scale": .integer(side == 512 ? 1 : 10), "output_format": "png",
                        "resolution": "1K", "use_pre_llm": true,
                    ]))
                #expect(reply.status == 202, "\(reply.text)")
            }
        }
    }

    @Test("counts the prompt in UTF-16 code units, as JavaScript does: 2000 pass, 2001 do not")
    func promptLength() async throws {
        try await RunningEmulator.with { emulator in
            let whole = String(repeating: "🐶", count: 1000)
            #expect(try await emulator.generate(Apiframe.body([:], ["prompt": .string(whole)])).status == 202)
            let longer = try await emulator.generate(Apiframe.body([:], ["prompt": .string(whole + "!")]))
            #expect(longer.status == 400)
            #expect(
                try longer.json["details"]?["prompt"]
                    == ["Too big: expected string to have <=2000 characters"])
        }
    }

    @Test(
        "knows exactly six models",
        arguments: [
            "seedream-3", "seedream-3.1", "seedream-4", "seedream-4.5", "seedream-5-lite", "seedream-5-pro",
        ])
    func models(_ model: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.generate(Apiframe.body([:], ["model": .string(model)]))
            #expect(reply.status == 202)
            let other = try await emulator.generate(Apiframe.body([:], ["model": .string(model + "-edit")]))
            #expect(other.status == 400)
            #expect(try other.json["details"]?.object?.keys.sorted() == ["model"])
        }
    }

    @Test("refuses invalid JSON, and JSON that is not an object")
    func noObject() async throws {
        try await RunningEmulator.with { emulator in
            let broken = try await emulator.apiframe(
                "POST", "images/generate", body: Array("{\"prompt\":".utf8))
            #expect(broken.status == 400)
            #expect(try broken.json["error"]?.string != nil)
            let list = try await emulator.generate([])
            #expect(list.status == 400)
            #expect(try list.json["error"]?.string != nil)
        }
    }

    @Test("requires a key, and reports what is wrong with it")
    func keys() async throws {
        try await RunningEmulator.with({
            $0.keys = [Apiframe.key]
            $0.inactiveKeys = ["afk_off"]
        }) { emulator in
            for (key, status, error) in [
                (nil, 401, "API key is required"), ("", 401, "API key is required"),
                ("afk_other", 401, "Invalid API key"), ("afk_off", 403, "API key is inactive"),
            ] as [(String?, Int, String)] {
                for (method, path) in [
                    ("GET", "me"), ("GET", "jobs"), ("POST", "images/generate"), ("POST", "uploads"),
                    ("POST", "assets/create"), ("GET", "jobs/7a0c1b2d-0000-4000-8000-000000000000"),
                ] {
                    let reply = try await emulator.apiframe(method, path, key: key)
                    #expect(reply.status == status)
                    #expect(try reply.json == ["error": .string(error)])
                }
            }
            let old = try await emulator.apiframe("GET", "me", key: "v1-0123")
            #expect(old.status == 400)
            #expect(try old.json["error"]?.string?.hasPrefix("Your API key starts with 'v1'") == true)
            let bearer = try await emulator.apiframe(
                "GET", "me", key: nil, headers: [("Authorization", "Bearer \(Apiframe.key)")])
            #expect(bearer.status == 401)
        }
    }

    @Test("gives every reply of the API a separate id")
    func requestIDs() async throws {
        try await RunningEmulator.with { emulator in
            var ids: Set<String> = []
            let calls: [(String, String, String?)] = [
                ("GET", "me", Apiframe.key), ("GET", "me", nil), ("GET", "jobs", Apiframe.key),
                ("GET", "nothing", Apiframe.key), ("GET", "models", nil), ("GET", "openapi.json", nil),
                ("POST", "images/generate", Apiframe.key), ("DELETE", "jobs", Apiframe.key),
            ]
            for (method, path, key) in calls {
                let id = try await emulator.apiframe(method, path, key: key).header("x-request-id")
                ids.insert(try #require(id))
            }
            ids.insert(try #require(try await emulator.generate().header("x-request-id")))
            #expect(ids.count == calls.count + 1)
        }
    }

    @Test("has no job for an invalid UUID, for an unknown one, and for another account's")
    func unknownJobs() async throws {
        try await RunningEmulator.with { emulator in
            #expect(try await emulator.apiframe("GET", "jobs/42").status == 400)
            #expect(try await emulator.apiframe("GET", "jobs/42").json["error"]?.string != nil)
            let unknown = try await emulator.apiframe("GET", "jobs/7a0c1b2d-0000-4000-8000-000000000000")
            #expect(unknown.status == 404)
            #expect(try unknown.json.object?.keys.sorted() == ["error"])
            let id = try #require(try await emulator.generate().json["jobId"]?.string)
            #expect(try await emulator.apiframe("GET", "jobs/\(id)").status == 200)
            #expect(try await emulator.apiframe("GET", "jobs/\(id.uppercased())").status == 200)
            #expect(try await emulator.apiframe("GET", "jobs/\(id)", key: "afk_other").status == 404)
        }
    }

    // MARK: Images

    @Test(
        "resolves sizes: tiers keep their area, custom takes both sides",
        arguments: [
            (["size": "1K", "aspect_ratio": "1:1"], 1024, 1024),
            (["size": nil, "aspect_ratio": "1:1"], 2048, 2048),
            (["size": "1K", "aspect_ratio": "4:1"], 2048, 512),
            (["size": "1K", "aspect_ratio": nil], 1024, 1024),
            (["size": "custom", "width": 1024, "height": 1536], 1024, 1536),
            (["size": "custom", "width": 1100], 1100, 2048),
            (["size": "1K", "width": 600, "height": 700, "aspect_ratio": "1:1"], 1024, 1024),
        ] as [([String: JSONValue?], Int, Int)])
    func sizes(_ parameters: [String: JSONValue?], _ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with { emulator in
            let file = try await emulator.picture(try await emulator.job(parameters))
            let probe = try Prober.probe(EncodedSource(file.body), limits: DecodeLimits())
            #expect(probe.size == PixelSize(width: width, height: height))
        }
    }

    @Test("match_input_image takes the aspect ratio of the first image")
    func matchInput() async throws {
        try await RunningEmulator.with { emulator in
            let wide = try await emulator.upload(try Fixtures.bytes("formats/reference-64x48.png"))
            let job = try await emulator.job([
                "image_input": [try #require(try wide.json["url"]), "https://a.test/square.png"],
                "aspect_ratio": "match_input_image",
            ])
            let file = try await emulator.picture(job)
            let probe = try Prober.probe(EncodedSource(file.body), limits: DecodeLimits())
            #expect(abs(Double(probe.size.width) / Double(probe.size.height) - 4.0 / 3) < 0.01)
            #expect(probe.size.area <= 1024 * 1024 && probe.size.area > 1_040_000)
        }
    }

    @Test(
        "fails the job, not the request, for errors that only the model finds",
        arguments: [
            (["size": "8K"], "size must be 1K, 2K, 4K or custom, got 8K"),
            (
                ["size": "custom", "width": 1023, "height": 1024],
                "width must be between 1024 and 4096, got 1023"
            ),
            (
                ["aspect_ratio": "wide"],
                "aspect_ratio must be match_input_image or W:H from 1:16 to 16:1, got wide"
            ),
            (
                ["aspect_ratio": "17:1"],
                "aspect_ratio must be match_input_image or W:H from 1:16 to 16:1, got 17:1"
            ),
            (
                ["image_input": .array(Array(repeating: "https://a.test/1.png", count: 11))],
                "image_input takes at most 10 images, got 11"
            ),
            (["image_input": ["ftp://a.test/1.png"]], "Invalid url"),
        ] as [([String: JSONValue?], String)])
    func modelRefuses(_ parameters: [String: JSONValue?], _ words: String) async throws {
        try await RunningEmulator.with { emulator in
            let job = try await emulator.job(parameters)
            #expect(job["status"] == "FAILED")
            #expect(job["error"] == .string("Provider returned an error: \(words)"))
            #expect(job["result"] == .null && job["progress"] == 0 && job["creditCost"] == 0)
            #expect(job["completedAt"]?.string != nil && job["expired"] == false)
            #expect(await emulator.emulator.ledger.map(\.state) == [.released])
        }
    }

    @Test("fails the job for an input image that breaks the rules, although its upload was accepted")
    func badInputs() async throws {
        try await RunningEmulator.with { emulator in
            for (name, words) in [
                ("corrupt/truncated-scan.jpg", "Failed to load the image"),
                ("corrupt/ratio-3.5.jpg", "expected the aspect ratio to be between 0.33 and 3.00"),
            ] {
                let upload = try await emulator.upload(try Fixtures.bytes(name), type: "image/jpeg")
                #expect(upload.status == 201)
                let job = try await emulator.job(["image_input": [try #require(try upload.json["url"])]])
                #expect(job["status"] == "FAILED")
                #expect(job["error"]?.string?.hasPrefix("Provider returned an error: \(words)") == true)
            }
        }
    }

    @Test("accepts data URIs, or refuses them as invalid URLs, depending on the setting")
    func dataURIs() async throws {
        let uri = JSONValue.string(try Fal.dataURI("formats/reference-64x48.png", type: "image/png"))
        try await RunningEmulator.with { emulator in
            let job = try await emulator.job(["image_input": [uri]])
            #expect(job["status"] == "COMPLETED")
            let digest = SHA256Digest(try Fixtures.bytes("formats/reference-64x48.png")).hexadecimal
            #expect(await emulator.emulator.ledger.first?.inputs == [digest])
            #expect(job["input"]?["seedreamParams"]?["image_input"]?[0]?.string?.utf8.count ?? 0 < 600)
        }
        try await RunningEmulator.with({ $0.ambiguities.apiframeTakesDataURIs = false }) { emulator in
            let reply = try await emulator.generate(Apiframe.body(["image_input": [uri]]))
            #expect(reply.status == 400)
            #expect(try reply.json["details"] == ["seedreamParams.image_input.0": ["Invalid URL"]])
        }
    }

    @Test("makes the same image for the same seed, and a JPEG on request")
    func seeds() async throws {
        try await RunningEmulator.with { emulator in
            let first = try await emulator.picture(try await emulator.job(["seed": 41]))
            let second = try await emulator.picture(try await emulator.job(["seed": 41]))
            let third = try await emulator.picture(try await emulator.job(["seed": 42]))
            #expect(first.body == second.body)
            #expect(first.body != third.body)
            let job = try await emulator.job(["output_format": "jpg"])
            #expect(job["result"]?["images"]?[0]?.string?.hasSuffix("-1.jpg") == true)
            let photo = try await emulator.picture(job)
            #expect(photo.header("content-type") == "image/jpeg")
            #expect(try Prober.probe(EncodedSource(photo.body), limits: DecodeLimits()).format == .jpeg)
        }
        try await RunningEmulator.with({ $0.ambiguities.apiframeUnlistedFields = .ignored }) { emulator in
            let first = try await emulator.job(["output_format": "jpg"])
            #expect(first["result"]?["images"]?[0]?.string?.hasSuffix("-1.png") == true)
            let second = try await emulator.job([:])
            let pictures = (try await emulator.picture(first).body, try await emulator.picture(second).body)
            #expect(pictures.0 != pictures.1)
        }
    }

    @Test("gives the result as a bare URL with the setting")
    func resultAsText() async throws {
        try await RunningEmulator.with({ $0.ambiguities.apiframeResult = .string }) { emulator in
            let job = try await emulator.job()
            let url = try #require(job["result"]?.string)
            #expect(url.hasSuffix("-1.png"))
            #expect(try await emulator.call("GET", url).status == 200)
        }
    }

    @Test("reports a job as expired once its file is gone")
    func expired() async throws {
        try await RunningEmulator.with { emulator in
            let submitted = try await emulator.generate()
            let job = try await emulator.ended(submitted)
            #expect(job["expired"] == false)
            emulator.emulator.clock.advance(by: 86_401)
            let later = try await emulator.ended(submitted)
            #expect(later["status"] == "COMPLETED" && later["expired"] == true)
            #expect(later["result"] == job["result"])
            #expect(try await emulator.picture(later).status == 410)
        }
    }

    // MARK: Money

    @Test("replies with 402 and both numbers when the credits are used up")
    func credits() async throws {
        try await RunningEmulator.with({ $0.credits = 2 }) { emulator in
            #expect(try await emulator.apiframe("GET", "me").json["team"]?["credits"] == 6)
            #expect(try await emulator.generate().status == 202)
            #expect(try await emulator.apiframe("GET", "me").json["team"]?["credits"] == 3)
            #expect(try await emulator.generate().status == 202)
            let refused = try await emulator.generate()
            #expect(refused.status == 402)
            #expect(
                try refused.json == [
                    "error": "Insufficient credits", "creditsRequired": 3, "creditsAvailable": 0,
                ])
            #expect(await emulator.emulator.ledger.count == 2)
        }
    }

    @Test("refunds a failed job")
    func refund() async throws {
        try await RunningEmulator.with({ $0.credits = 1 }) { emulator in
            await emulator.emulator.setFaults([FaultRule("apiframe.generate", .moderated, count: 1)])
            let failed = try await emulator.ended(try await emulator.generate())
            #expect(failed["status"] == "FAILED")
            #expect(failed["error"] == "Provider returned an error: content policy violation")
            #expect(try await emulator.apiframe("GET", "me").json["team"]?["credits"] == 3)
            let made = try await emulator.ended(try await emulator.generate())
            #expect(made["status"] == "COMPLETED")
            #expect(try await emulator.apiframe("GET", "me").json["team"]?["credits"] == 0)
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .billed])
        }
    }

    @Test("lets jobs fail, hang and vanish under fault rules")
    func fates() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("apiframe.generate", .jobFails, prompt: "fail"),
                FaultRule("apiframe.generate", .jobHangs, prompt: "hang"),
                FaultRule("apiframe.generate", .jobVanishes, prompt: "vanish"),
            ])
            let failed = try await emulator.ended(
                try await emulator.generate(Apiframe.body([:], ["prompt": "fail"])))
            #expect(failed["error"] == "Provider returned an error: Internal server error")
            let hanging = try await emulator.generate(Apiframe.body([:], ["prompt": "hang"]))
            let vanished = try await emulator.generate(Apiframe.body([:], ["prompt": "vanish"]))
            #expect(hanging.status == 202 && vanished.status == 202)
            let gone = try #require(try vanished.json["jobId"]?.string)
            #expect(try await emulator.apiframe("GET", "jobs/\(gone)").status == 404)
            let id = try #require(try hanging.json["jobId"]?.string)
            // A later job is completed.
            #expect(try await emulator.job()["status"] == "COMPLETED")
            #expect(try await emulator.apiframe("GET", "jobs/\(id)").json["status"] == "PROCESSING")
            #expect(try await emulator.apiframe("GET", "jobs").json["jobs"]?.array?.count == 3)
        }
    }

    @Test("limits the rate with a Retry-After under a fault rule")
    func rateLimit() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("apiframe.generate", .status(429, retryAfter: nil, accepted: false), count: 1),
                FaultRule("apiframe.generate", .status(429, retryAfter: "7", accepted: false), skip: 1),
            ])
            for wanted in ["1", "7"] {
                let reply = try await emulator.generate()
                #expect(reply.status == 429)
                #expect(reply.header("Retry-After") == wanted)
                #expect(try reply.json.object?.keys.sorted() == ["error"])
                #expect(reply.header("x-request-id") != nil)
            }
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }
}
#endif
