#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

@Suite("emulated Apiframe: account, lists and catalogue")
struct ApiframeAccountTests {
    @Test("shows user, team and key")
    func me() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.apiframe("GET", "me")
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json.object?.keys.sorted() == ["apiKey", "team", "user"])
            #expect(json["user"]?.object?.keys.sorted() == ["email", "id", "role"])
            #expect(
                json["team"]?.object?.keys.sorted() == ["credits", "customerId", "id", "name", "plan"])
            #expect(json["apiKey"]?.object?.keys.sorted() == ["id", "name", "prefix"])
            #expect(json["apiKey"]?["prefix"] == "afk_0000")
            #expect(json["team"]?["credits"]?.integer ?? 0 > 0)
            // The same key is the same user, another key is another user.
            #expect(try await emulator.apiframe("GET", "me").json == json)
            let other = try await emulator.apiframe("GET", "me", key: "afk_other").json
            #expect(other["user"]?["id"] != json["user"]?["id"])
        }
    }

    @Test("lists pages of jobs, the newest first, without loss or repetition")
    func pages() async throws {
        try await RunningEmulator.with { emulator in
            var ids: [JSONValue] = []
            for _ in 0..<5 { ids.insert(try #require(try await emulator.generate().json["jobId"]), at: 0) }
            var found: [JSONValue] = []
            var query = "?limit=2"
            var pages = 0
            while true {
                let reply = try await emulator.apiframe("GET", "jobs\(query)")
                #expect(reply.status == 200)
                let json = try reply.json
                #expect(json.object?.keys.sorted() == ["hasMore", "jobs", "nextCursor"])
                found += json["jobs"]?.array?.compactMap { $0["id"] } ?? []
                pages += 1
                guard json["hasMore"] == true else {
                    #expect(json["nextCursor"] == .null)
                    break
                }
                query = "?limit=2&cursor=\(try #require(json["nextCursor"]?.string))"
                // New jobs shift no page.
                _ = try await emulator.generate()
            }
            #expect(found == ids)
            #expect(pages == 3)
            let first = try await emulator.apiframe("GET", "jobs?limit=1").json["jobs"]?[0]
            #expect(
                Set(try #require(first?.object).keys) == [
                    "id", "status", "model", "progress", "result", "error", "creditCost", "webhookStatus",
                    "expired", "createdAt", "completedAt",
                ])
        }
    }

    @Test("gives twenty jobs if no limit is requested")
    func standardLimit() async throws {
        try await RunningEmulator.with({ $0.queueTime = 60 }) { emulator in
            for _ in 0..<21 { _ = try await emulator.generate() }
            let json = try await emulator.apiframe("GET", "jobs").json
            #expect(json["jobs"]?.array?.count == 20)
            #expect(json["hasMore"] == true)
            #expect(try await emulator.apiframe("GET", "jobs?limit=100").json["jobs"]?.array?.count == 21)
        }
    }

    @Test("filters by status, model, id and owner, and names the models")
    func filters() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("apiframe.generate", .jobFails, prompt: "fail")])
            let made = try await emulator.generate()
            let failed = try await emulator.generate(
                Apiframe.body([:], ["prompt": "fail", "model": "seedream-4.5"]))
            let other = try await emulator.generate(key: "afk_other")
            for reply in [made, failed] { _ = try await emulator.ended(reply) }
            _ = try await emulator.ended(other, key: "afk_other")
            func ids(_ query: String) async throws -> [JSONValue] {
                let reply = try await emulator.apiframe("GET", "jobs?\(query)")
                return try #require(try reply.json["jobs"]?.array).compactMap { $0["id"] }
            }
            let id = (
                made: try #require(try made.json["jobId"]), failed: try #require(try failed.json["jobId"]),
                other: try #require(try other.json["jobId"])
            )
            #expect(try await ids("") == [id.failed, id.made])
            #expect(try await ids("scope=user") == [id.failed, id.made])
            #expect(try await ids("scope=team") == [id.other, id.failed, id.made])
            #expect(try await ids("status=COMPLETED") == [id.made])
            #expect(try await ids("status=FAILED") == [id.failed])
            #expect(try await ids("status=CANCELLED") == [])
            #expect(try await ids("model=seedream-4.5") == [id.failed])
            #expect(try await ids("search=\(id.made.string ?? "")") == [id.made])
            #expect(try await ids("search=\(id.other.string ?? "")") == [])
            let reply = try await emulator.apiframe("GET", "jobs?include_models=true&limit=1")
            #expect(try reply.json["models"] == ["seedream-4", "seedream-4.5"])
        }
    }

    @Test(
        "refuses a query that breaks the schema",
        arguments: [
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("status=DONE", "status"),
            ("scope=all", "scope"), ("search=42", "search"), ("include_models=1", "include_models"),
            ("cursor=here", "cursor"),
        ])
    func badQueries(_ query: String, _ field: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.apiframe("GET", "jobs?\(query)")
            #expect(reply.status == 400)
            #expect(try reply.json["details"]?.object?.keys.sorted() == [field])
        }
    }

    @Test("shows its catalogue without a key")
    func catalogue() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.apiframe("GET", "models?modality=image", key: nil)
            #expect(reply.status == 200)
            let models = try #require(try reply.json["models"]?.array)
            #expect(models.count == 6)
            let model = try #require(models.first { $0["id"] == "seedream-4" })
            #expect(model["modality"] == "image" && model["costMin"] == 3 && model["costMax"] == 3)
            #expect(try await emulator.apiframe("GET", "models", key: nil).json["models"]?.array?.count == 6)
            #expect(
                try await emulator.apiframe("GET", "models?modality=music", key: nil).json == ["models": []])
            let other = try await emulator.apiframe("GET", "models?modality=text", key: nil)
            #expect(other.status == 400)
            #expect(try other.json["details"]?.object?.keys.sorted() == ["modality"])
        }
    }

    @Test("registers assets, and refuses invalid ones")
    func assets() async throws {
        try await RunningEmulator.with { emulator in
            let made = try await emulator.apiframe(
                "POST", "assets/create", json: ["url": "https://a.test/1.png", "type": "image"])
            #expect(made.status == 201)
            #expect(try made.json.object?.keys.sorted() == ["assetId"])
            let refused = try await emulator.apiframe(
                "POST", "assets/create", json: ["url": "here", "type": "text"])
            #expect(refused.status == 400)
            #expect(try refused.json["details"]?.object?.keys.sorted() == ["type", "url"])
            #expect(try await emulator.apiframe("POST", "assets/create", json: [:]).status == 400)
        }
    }

    @Test("describes itself: each path in the document has a reply, and each reference resolves")
    func document() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.apiframe("GET", "openapi.json", key: nil)
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "application/json")
            let document = try reply.json
            let paths = try #require(document["paths"]?.object)
            for (path, methods) in paths {
                for method in try #require(methods.object).keys {
                    let target =
                        "apiframe" + path.replacing("{id}", with: "7a0c1b2d-0000-4000-8000-000000000000")
                    _ = try await emulator.call(method.uppercased(), target)
                    let operation = await emulator.emulator.requests.last?.operation
                    #expect(operation?.hasPrefix("apiframe.") == true, "\(method) \(path)")
                }
            }
            #expect(await Set(emulator.emulator.requests.compactMap(\.operation)).count == 8)
            func references(_ value: JSONValue) -> [String] {
                switch value {
                case .object(let members):
                    (members["$ref"]?.string.map { [$0] } ?? []) + members.values.flatMap(references)
                case .array(let elements): elements.flatMap(references)
                default: []
                }
            }
            for reference in references(document) {
                var place: JSONValue? = document
                for name in reference.split(separator: "/").dropFirst() { place = place?[String(name)] }
                #expect(place != nil, "\(reference)")
            }
        }
    }
}
#endif
