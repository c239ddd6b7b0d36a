import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("OneRouter: replies")
struct OneRouterReplyTests {
    private let provider = OneRouterProvider()

    @Test("an empty string is neither a URL nor an error")
    func success() throws {
        let result = try #require(
            try provider.finished(
                HostReply.json([
                    "created": 1_760_000_000, "error": nil,
                    "data": [
                        ["url": "https://media.test/1.png", "b64_json": "", "revised_prompt": ""],
                        ["url": "", "b64_json": ""],
                    ],
                ])))
        #expect(result.images == [GeneratedImage(location: .url("https://media.test/1.png"))])
        #expect(result.failures == ["image 2 of 2 has neither a URL nor an image"])
        #expect(result.usage == Usage())
    }

    @Test("an inline image is the file that it was decoded into")
    func inline() throws {
        var reply = HostReply.json(["data": [["url": "", "b64_json": "inline:0"]]])
        reply.inline = [InlinePart(path: "/tmp/part-0", byteCount: 9, contentType: nil)]
        #expect(try provider.finished(reply)?.images == [GeneratedImage(location: .file("/tmp/part-0"))])
    }

    private static func error(
        _ code: JSONValue, _ type: String, param: JSONValue = nil, data: JSONValue? = nil
    )
        -> String
    {
        var body: [String: JSONValue] = [
            "error": ["code": code, "message": "words", "type": .string(type), "param": param]
        ]
        body["data"] = data
        return JSONValue.object(body).text
    }

    @Test(
        "each documented error has its category and purchase, with any status",
        arguments: [
            ErrorRow(
                400, error(400, "invalid_request_error", param: "image_urls"), .validation, .notTaken,
                code: "invalid_request_error", field: "image_urls"),
            ErrorRow(
                401, error(401, "authentication_error"), .credentials, .notTaken, code: "authentication_error"
            ),
            ErrorRow(
                402, error(402, "insufficient_credits"), .credits, .notTaken, code: "insufficient_credits"),
            ErrorRow(200, error(402, ""), .credits, .notTaken, code: "402"),
            ErrorRow(200, error("402", ""), .credits, .notTaken, code: "402"),
            ErrorRow(200, error(401, "", param: ""), .credentials, .notTaken, code: "401"),
            ErrorRow(200, error(403, ""), .moderation, .notTaken, code: "403"),
            ErrorRow(403, error(403, ""), .moderation, .notTaken, code: "403"),
            ErrorRow(
                200, error(422, "content_policy_violation"), .moderation, .notTaken,
                code: "content_policy_violation"),
            ErrorRow(
                422, error(422, "content_policy_violation"), .moderation, .notTaken,
                code: "content_policy_violation"),
            ErrorRow(422, error(422, "other"), .validation, .notTaken, code: "other"),
            ErrorRow(200, error(404, ""), .notFound, .notTaken, code: "404"),
            ErrorRow(200, error(408, ""), .timeout, .unknown, code: "408"),
            ErrorRow(408, error(408, ""), .timeout, .unknown, code: "408"),
            ErrorRow(200, error(429, ""), .rateLimit, .notTaken, code: "429", isRetryable: true),
            ErrorRow(429, error(429, ""), .rateLimit, .notTaken, code: "429", isRetryable: true),
            ErrorRow(200, error(500, ""), .provider, .unknown, code: "500"),
            ErrorRow(200, error(502, ""), .provider, .unknown, code: "502"),
            ErrorRow(503, error(503, ""), .provider, .unknown, code: "503"),
            // Errors with less than the documented content.
            ErrorRow(200, error(nil, ""), .provider, .unknown),
            ErrorRow(200, error(7, ""), .provider, .unknown, code: "7"),
            ErrorRow(200, error("model_down", ""), .provider, .unknown, code: "model_down"),
            ErrorRow(
                200, error("content_policy_violation", ""), .moderation, .unknown,
                code: "content_policy_violation"),
            ErrorRow(200, #"{"error":"words"}"#, .provider, .unknown),
            // The error counts, not the data beside it.
            ErrorRow(
                200, error(402, "", data: [["url": "https://media.test/1.png"]]), .credits, .notTaken,
                code: "402"),
            // Pages of Cloudflare in front of the provider, and others.
            ErrorRow(403, "error code: 1010", .badReply, .notTaken),
            ErrorRow(502, "<html>Bad Gateway</html>", .provider, .unknown),
            ErrorRow(401, "", .credentials, .notTaken),
        ])
    func errors(_ row: ErrorRow) throws {
        #expect(row.mismatches(try provider.refusal(row.reply)) == [])
        #expect(row.mismatches(provider.failure(row.reply, operation: .onerouter(.edit))) == [])
    }

    @Test("a task, as newer models return, is not an image, and may have been bought")
    func task() throws {
        let error = try #require(
            try provider.refusal(
                HostReply.json([
                    "code": 200, "message": "success",
                    "data": ["task_id": "t-1", "status": "created", "urls": ["query": "https://x.test"]],
                ])))
        #expect(error.category == .badReply)
        #expect(error.purchase == .unknown)
        #expect(error.requestID == "t-1")
    }

    @Test("an unreadable success may have been bought", arguments: HostReply.unreadable)
    func unreadable(_ text: String) throws {
        let error = try #require(try provider.refusal(HostReply.text(text)))
        #expect(error.category == .badReply)
        #expect(error.purchase == .unknown)
        #expect(error.operation == "onerouter.edit")
    }
}
