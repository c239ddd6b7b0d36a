#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

@Suite("emulated fal: schema and errors")
struct FalSchemaTests {
    @Test("requires a key in its scheme for everything that is paid for or kept")
    func keys() async throws {
        try await RunningEmulator.with({ $0.keys = ["fake-id:fake-secret"] }) { emulator in
            let handle = try await emulator.submit(try Fal.body()).json
            let id = try #require(handle["request_id"]?.string)
            let requests = "fal/queue/fal-ai/bytedance/requests/\(id)"
            let calls: [(String, String)] = [
                ("POST", "fal/run/\(Fal.edit)"), ("POST", "fal/run/\(Fal.edit)/stream"),
                ("POST", "fal/queue/\(Fal.edit)"), ("GET", requests), ("GET", "\(requests)/status"),
                ("GET", "\(requests)/status/stream"), ("PUT", "\(requests)/cancel"),
                ("POST", "fal/rest/storage/auth/token?storage_type=fal-cdn-v3"),
                ("POST", "fal/rest/storage/upload/initiate?storage_type=fal-cdn-v3"),
                ("POST", "fal/rest/storage/upload/initiate-multipart?storage_type=fal-cdn-v3"),
                ("POST", "fal/rest/tokens/"), ("POST", "fal/cdn/files/upload"),
                ("POST", "fal/cdn/files/upload/multipart"),
            ]
            let credentials: [[(String, String)]] = [
                [], [("Authorization", "Key other")], [("Authorization", "Bearer fake-id:fake-secret")],
                [("Authorization", "Key ")], [("Authorization", "fake-id:fake-secret")],
                [("X-API-Key", "fake-id:fake-secret")],
            ]
            for (method, path) in calls {
                for headers in credentials {
                    let reply = try await emulator.call(method, path, headers: headers)
                    #expect(reply.status == 401, "\(method) \(path)")
                    #expect(try reply.json == ["detail": "invalid key credentials"])
                }
            }
            #expect(await emulator.emulator.ledger.count == 1)
            // The case of the scheme does not matter.
            let lower = try await emulator.call(
                "GET", "\(requests)/status", headers: [("authorization", "key fake-id:fake-secret")])
            #expect(lower.status < 300)
        }
    }

    @Test(
        "has no other application",
        arguments: ["fal-ai/nothing", "fal-ai/nothing/v4/edit", "workflows/me/flow/step"])
    func unknownApplication(_ path: String) async throws {
        try await RunningEmulator.with { emulator in
            let alias = path.split(separator: "/")[1]
            for host in ["run", "queue"] {
                let reply = try await emulator.call(
                    "POST", "fal/\(host)/\(path)", headers: [Fal.key], json: try Fal.body())
                #expect(reply.status == 404)
                #expect(try reply.json == ["detail": "Application \"\(alias)\" not found"])
            }
            #expect(await emulator.emulator.ledger.isEmpty)
        }
    }

    @Test("does not find an unknown request, or one of another application")
    func unknownRequest() async throws {
        try await RunningEmulator.with { emulator in
            let handle = try await emulator.submit(try Fal.body()).json
            let known = try #require(handle["request_id"]?.string)
            for place in [
                "fal-ai/bytedance/requests/00000000-0000-0000-0000-000000000000",
                "fal-ai/flux/requests/\(known)", "workflows/me/flow/requests/\(known)",
            ] {
                for (method, path) in [
                    ("GET", ""), ("GET", "/status"), ("PUT", "/cancel"), ("GET", "/response"),
                ] {
                    let reply = try await emulator.call(
                        method, "fal/queue/\(place)\(path)", headers: [Fal.key])
                    #expect(reply.status == 404)
                    // A path outside the queue gets another reply.
                    if !place.hasPrefix("workflows/") {
                        #expect(try reply.json == ["status": "NOT_FOUND"])
                    }
                }
            }
            // Requests are only found directly below the application.
            let long = try await emulator.call(
                "GET", "fal/queue/\(Fal.edit)/requests/\(known)/status", headers: [Fal.key])
            #expect(long.status == 404)
        }
    }

    @Test(
        "refuses a violation of the schema with its position, type and context", arguments: FalViolation.all)
    func violation(_ violation: FalViolation) async throws {
        try await RunningEmulator.with { emulator in
            let body = try Fal.body(violation.changes)
            for reply in [try await emulator.run(body), try await emulator.result(of: body)] {
                #expect(reply.status == 422)
                let details = try #require(try reply.json["detail"]?.array)
                #expect(details.count == 1)
                let detail = try #require(details.first)
                #expect(detail["loc"] == .array(violation.location))
                #expect(detail["type"] == .string(violation.type))
                #expect(detail["ctx"] == violation.context)
                #expect(detail["msg"]?.string?.isEmpty == false)
                #expect(reply.header("X-Fal-Error-Type") == violation.type)
                #expect(reply.header("x-fal-request-id") != nil)
            }
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .released])
        }
    }

    @Test("collects violations, the first of which names the error")
    func several() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["prompt": .none, "image_urls": .none, "num_images": 9, "seed": "x"]))
            #expect(reply.status == 422)
            #expect(
                try reply.json["detail"]?.array?.map { $0["loc"] } == [
                    ["body", "prompt"], ["body", "image_urls"], ["body", "num_images"], ["body", "seed"],
                ])
            #expect(reply.header("X-Fal-Error-Type") == "missing")
        }
    }

    @Test("accepts null for optional fields, and ignores unknown ones")
    func optional() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run([
                "prompt": "a hat", "image_urls": [try Fal.smallURI()], "image_size": "square_hd",
                "num_images": nil, "max_images": nil, "seed": nil, "sync_mode": nil,
                "enable_safety_checker": nil, "enhance_prompt_mode": nil, "watermark": true, "n": 4,
            ])
            #expect(reply.status == 200)
            #expect(try reply.json["images"]?.array?.count == 1)
            #expect(try reply.json["seed"]?.integer != nil)
        }
    }

    @Test("refuses invalid JSON at once, also in the queue, and other JSON than objects as a violation")
    func noJSON() async throws {
        try await RunningEmulator.with { emulator in
            for host in ["run", "queue"] {
                let reply = try await emulator.call(
                    "POST", "fal/\(host)/\(Fal.edit)", headers: [Fal.key], body: Array("{\"prompt\":".utf8))
                #expect(reply.status == 422)
                #expect(try reply.json["detail"]?[0]?["type"] == "json_invalid")
                #expect(try reply.json["detail"]?[0]?["loc"]?[1]?.integer != nil)
            }
            #expect(await emulator.emulator.ledger.isEmpty)
            let list = try await emulator.run([])
            #expect(list.status == 422)
            #expect(try list.json["detail"]?[0]?["loc"] == ["body"])
        }
    }

    @Test("accepts image_url in the queue; the edit then fails without image_urls")
    func singular() async throws {
        try await RunningEmulator.with { emulator in
            let handle = try await emulator.submit([
                "prompt": "a hat", "image_url": try Fal.smallURI(),
            ])
            #expect(handle.status == 200)
            let done = try await emulator.completion(of: try handle.json)
            #expect(try done.json["error_type"] == "missing")
            let result = try await emulator.follow(try handle.json, "response_url")
            #expect(result.status == 422)
            #expect(try result.json["detail"]?[0]?["loc"] == ["body", "image_urls"])
        }
    }

    @Test("needs no images for text-to-image, and limits its size to 960x960...4096x4096")
    func textToImage() async throws {
        try await RunningEmulator.with { emulator in
            func run(_ width: Int, _ height: Int) async throws -> Reply {
                try await emulator.run(
                    [
                        "prompt": "a hat",
                        "image_size": ["width": .integer(width), "height": .integer(height)],
                    ],
                    model: Fal.textToImage)
            }
            #expect(try await run(960, 960).status == 200)
            #expect(try await run(4096, 4096).status == 200)
            let small = try await run(960, 959)
            #expect(small.status == 422)
            #expect(try small.json["detail"]?[0]?["ctx"] == ["ge": 921_600])
            #expect(try await run(4096, 4097).status == 422)
        }
    }

    @Test(
        "takes 512 for a missing side",
        arguments: [("width", 1800, 200), ("height", 1800, 200), ("width", 8192, 200), ("width", 1799, 422)])
    func defaultSide(_ name: String, _ value: Int, _ status: Int) async throws {
        try await RunningEmulator.with { emulator in
            let size = JSONValue.object([name: .integer(value)])
            let body: JSONValue = ["prompt": "a hat", "image_size": size]
            let reply = try await emulator.run(body, model: Fal.textToImage)
            #expect(reply.status == status)
        }
    }

    @Test(
        "counts inputs and possible outputs together: 15 pass, 16 do not",
        arguments: [
            (10, 5, 1, true), (10, 1, 5, true), (9, 2, 3, true), (9, 6, 1, true), (10, 6, 1, false),
            (10, 2, 3, false), (4, 4, 3, false),
        ])
    func total(_ inputs: Int, _ generations: Int, _ each: Int, _ passes: Bool) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body([
                    "image_urls": .array(Array(repeating: try Fal.smallURI(), count: inputs)),
                    "num_images": .integer(generations), "max_images": .integer(each),
                ]))
            #expect(reply.status == (passes ? 200 : 422))
            if passes {
                let count = try #require(try reply.json["images"]?.array?.count)
                #expect((generations...generations * each).contains(count))
            } else {
                #expect(try reply.json["detail"]?[0]?["ctx"] == ["le": 15])
            }
        }
    }

    @Test("accepts no more work than the credits pay for")
    func credits() async throws {
        try await RunningEmulator.with({ $0.credits = 3 }) { emulator in
            #expect(try await emulator.run(try Fal.body(["num_images": 2])).status == 200)
            let refused = try await emulator.run(try Fal.body(["num_images": 2]))
            #expect(refused.status == 403)
            #expect(try refused.json.object?.keys.sorted() == ["detail"])
            #expect(try await emulator.submit(try Fal.body(["num_images": 2])).status == 403)
            // A failure costs nothing.
            #expect(try await emulator.run(try Fal.body(["image_urls": []])).status == 422)
            #expect(try await emulator.run(try Fal.body()).status == 200)
            #expect(try await emulator.run(try Fal.body()).status == 403)
            let ledger = await emulator.emulator.ledger
            #expect(ledger.map(\.state) == [.billed, .released, .billed])
            #expect(ledger.map(\.images) == [2, 0, 1])
            #expect(abs(ledger[0].cost - 0.06) < 1e-9 && ledger[0].unit == "USD")
        }
    }

    @Test("refuses a synchronous run beyond the account's concurrency limit")
    func concurrency() async throws {
        try await RunningEmulator.with({
            $0.generationTime = 1; $0.concurrentRuns = 2
        }) { emulator in
            let body = try Fal.body(["image_urls": [try Fal.smallURI()]])
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<3 { group.addTask { try await emulator.run(body) } }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.map(\.status).sorted() == [200, 200, 429])
            let refused = try #require(replies.first { $0.status == 429 })
            #expect(try refused.json["error_type"] == "concurrent_requests_limit")
            #expect(refused.header("X-Fal-needs-retry") == "1")
            #expect(try await emulator.run(body).status == 200)
        }
    }
}
#endif
