import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("Apiframe: jobs")
struct ApiframeJobTests {
    private let provider = ApiframeProvider()

    private static func job(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": "7a0c0000-0000-4000-8000-000000000000", "status": "COMPLETED", "model": "seedream-4",
            "progress": 100, "input": [:], "result": ["images": ["https://cdn2.test/7a0c-1.png"]],
            "error": nil,
            "creditCost": 3, "webhookStatus": nil, "expired": false,
            "createdAt": "2026-05-01T00:00:00.000Z", "completedAt": "2026-05-01T00:00:40.000Z",
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// Returns a phase as text, because phases hold errors and results.
    private func phase(_ changes: [String: JSONValue?]) throws -> String {
        switch try provider.status(in: HostReply.json(Self.job(changes))).phase {
        case .queued(let position): "queued \(position.map { "\($0)" } ?? "-")"
        case .running(let progress): "running \(progress.map { "\($0)" } ?? "-")"
        case .completed(let result): "completed \(result?.images.count ?? 0)"
        case .failed(let error): "failed \(error.category.rawValue) \(error.purchase.rawValue)"
        case .cancelled: "cancelled"
        case .other(let word): "other \(word)"
        }
    }

    @Test(
        "an accepted job, new or replayed, is polled by its id",
        arguments: [(202, "QUEUED"), (202, "COMPLETED"), (200, "PROCESSING")])
    func accepted(_ status: Int, _ word: String) throws {
        let draft = try provider.draft(SampleImage.request())
        let context = RequestContext(endpoints: .behind("http://127.0.0.1:9/apiframe/", .apiframe))
        let reply = try provider.submitReply(
            HostReply.json(["jobId": "a b/c", "status": .string(word)], status: status), to: draft,
            in: context)
        guard case .accepted(let ticket) = reply else {
            Issue.record("expected an accepted job")
            return
        }
        #expect(ticket == JobTicket(requestID: "a b/c", model: "seedream-4"))
        let request = try #require(provider.statusRequest(for: ticket, withLogs: false, in: context))
        #expect(request.url == "http://127.0.0.1:9/apiframe/v2/jobs/a%20b%2Fc")
        #expect(request.method == .get)
        #expect(request.isKeyed)
        #expect(provider.resultRequest(for: ticket, in: context) == nil)
        #expect(provider.cancelRequest(for: ticket, in: context) == nil)
    }

    @Test("each status has its phase")
    func phases() throws {
        #expect(try phase(["status": "QUEUED"]) == "queued -")
        #expect(try phase(["status": "PROCESSING", "progress": 42]) == "running 0.42")
        #expect(try phase(["status": "PROCESSING", "progress": 0]) == "running 0.0")
        #expect(try phase(["status": "PROCESSING", "progress": 250]) == "running 1.0")
        #expect(try phase(["status": "PROCESSING", "progress": -1]) == "running 0.0")
        #expect(try phase(["status": "PROCESSING", "progress": nil as JSONValue?]) == "running -")
        #expect(try phase(["status": "PROCESSING", "progress": .some(nil)]) == "running -")
        #expect(try phase([:]) == "completed 1")
        #expect(try phase(["status": "CANCELLED"]) == "cancelled")
        #expect(try phase(["status": "PAUSED"]) == "other PAUSED")
        #expect(try phase(["expired": true]) == "failed result taken")
    }

    @Test("a failed job is refunded, and states the reason")
    func failed() throws {
        func failed(_ text: JSONValue) throws -> String {
            try phase(["status": "FAILED", "result": .some(nil), "error": text])
        }
        #expect(
            try failed("Provider returned an error: content policy violation")
                == "failed moderation not-taken")
        #expect(
            try failed("Provider returned an error: Internal server error") == "failed provider not-taken")
        #expect(try failed("Job timed out") == "failed timeout not-taken")
        #expect(try failed(nil) == "failed provider not-taken")
    }

    @Test(
        "a completed job without images stays without images", arguments: [["images": []], []] as [JSONValue])
    func empty(_ result: JSONValue) throws {
        #expect(try phase(["result": .some(result)]) == "failed provider taken")
    }

    @Test("the result is read in every form, with its cost")
    func result() throws {
        for result: JSONValue in [
            ["https://cdn2.test/1.png"], [["image_url": "https://cdn2.test/1.png"]],
            ["image_url": "https://cdn2.test/1.png"], ["image_url": ["url": "https://cdn2.test/1.png"]],
            ["output": ["https://cdn2.test/1.png"]], "HTTPS://cdn2.test/1.png", " https://cdn2.test/1.png\n",
            ["images": ["https://cdn2.test/1.png"]], "https://cdn2.test/1.png",
            ["images": [["url": "https://cdn2.test/1.png"]]],
        ] {
            let reply = HostReply.json(Self.job(["result": result]), ["x-request-id": "r-1"])
            let made = try provider.result(in: reply)
            #expect(made.images == [GeneratedImage(location: .url("https://cdn2.test/1.png"))])
            #expect(made.usage.credits == 3)
            #expect(made.requestID == "r-1")
        }
    }

    @Test(
        "a completed job without a URL is a bad reply, and was bought",
        arguments: [nil, "", "file:///etc/passwd", ["images": [""]], 7] as [JSONValue])
    func noResult(_ result: JSONValue) {
        let error = #expect(throws: ClientError.self) {
            try provider.status(in: HostReply.json(Self.job(["result": .some(result)])))
        }
        #expect(error?.category == .badReply)
        #expect(error?.purchase == .taken)
        let again = #expect(throws: ClientError.self) {
            try provider.result(in: HostReply.json(Self.job(["status": "QUEUED"])))
        }
        #expect(again?.purchase == .taken)
    }

    @Test(
        "an error about an accepted job does not undo the purchase",
        arguments: [
            (400, ClientError.Category.validation), (401, .credentials), (403, .credentials),
            (404, .notFound),
            (429, .rateLimit), (500, .provider), (503, .provider),
        ])
    func jobErrors(_ status: Int, _ category: ClientError.Category) {
        let reply = HostReply.json(["error": "words"], status: status)
        let error = #expect(throws: ClientError.self) { try provider.status(in: reply) }
        #expect(error?.category == category)
        #expect(error?.purchase == .taken)
        #expect(error?.operation == "apiframe.job")
        #expect(error?.message == "words")
    }

    @Test("an unreadable status does not undo the purchase", arguments: HostReply.unreadable)
    func unreadableJob(_ text: String) {
        let error = #expect(throws: ClientError.self) { try provider.status(in: HostReply.text(text)) }
        #expect(error?.category == .badReply)
        #expect(error?.purchase == .taken)
    }

    @Test(
        "each documented refusal has its category and purchase",
        arguments: [
            ErrorRow(
                400,
                #"{"error":"Validation failed","details":{"seedreamParams.width":["Too small"],"prompt":["Required"]}}"#,
                .validation, .notTaken, field: "prompt"),
            ErrorRow(400, #"{"error":"Request body is not valid JSON"}"#, .validation, .notTaken),
            ErrorRow(400, #"{"error":"Your API key starts with 'v1'"}"#, .credentials, .notTaken),
            ErrorRow(400, #"{"error":"content policy violation"}"#, .moderation, .notTaken),
            ErrorRow(401, #"{"error":"API key is required"}"#, .credentials, .notTaken),
            ErrorRow(
                402, #"{"error":"Insufficient credits","creditsRequired":3,"creditsAvailable":0}"#, .credits,
                .notTaken),
            ErrorRow(403, #"{"error":"API key is inactive"}"#, .credentials, .notTaken),
            ErrorRow(404, #"{"error":"Not found"}"#, .notFound, .notTaken),
            ErrorRow(
                409, #"{"error":"used with a different body"}"#, .validation, .notTaken,
                field: "Idempotency-Key"),
            ErrorRow(429, #"{"error":"Too many requests"}"#, .rateLimit, .notTaken, isRetryable: true),
            ErrorRow(408, #"{"error":"Request timeout"}"#, .timeout, .unknown, isRetryable: true),
            ErrorRow(500, #"{"error":"x"}"#, .provider, .unknown, isRetryable: true),
            ErrorRow(501, #"{"error":"x"}"#, .provider, .unknown),
            ErrorRow(502, "<html>Bad Gateway</html>", .provider, .unknown, isRetryable: true),
            ErrorRow(503, #"{"error":"No available capacity"}"#, .provider, .unknown, isRetryable: true),
            ErrorRow(504, "", .timeout, .unknown, isRetryable: true),
            ErrorRow(404, "<html>Not Found</html>", .badReply, .notTaken),
        ])
    func refusals(_ row: ErrorRow) throws {
        #expect(row.mismatches(try provider.refusal(row.reply)) == [])
    }

    @Test("a refusal has its details, its numbers and the wait")
    func details() throws {
        let invalid = try #require(
            try provider.refusal(
                HostReply.json(
                    [
                        "error": "Validation failed",
                        "details": ["seedreamParams.width": ["Too small", "Odd"], "prompt": "Required"],
                    ], status: 400)))
        #expect(
            invalid.message == "Validation failed: prompt: Required; seedreamParams.width: Too small, Odd")
        let poor = try #require(
            try provider.refusal(
                HostReply.json(
                    ["error": "Insufficient credits", "creditsRequired": 3, "creditsAvailable": 0.5],
                    status: 402)))
        #expect(poor.message == "Insufficient credits (3 needed, 0.5 left)")
        let busy = try #require(
            try provider.refusal(
                HostReply.json(
                    ["error": "Too many requests"], status: 429, ["Retry-After": "2", "x-request-id": "r-1"]))
        )
        #expect(busy.retryAfter == 2)
        #expect(busy.requestID == "r-1")
    }

    @Test(
        "an unreadable acceptance may have been bought, and may be sent again with its key",
        arguments: HostReply.unreadable)
    func unreadable(_ text: String) throws {
        let error = try #require(try provider.refusal(HostReply.text(text, status: 202)))
        #expect(error.category == .badReply)
        #expect(error.purchase == .unknown)
        #expect(error.isRetryable)
        #expect(error.status == 202)
    }
}
