import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("AIML API: replies")
struct AIMLReplyTests {
    private let provider = AIMLProvider()

    private static let picture: JSONValue = [
        "url": "https://v3b.fal.media/files/b/1.png", "content_type": "image/png", "file_name": "1.png",
        "file_size": 1_033_237, "width": nil, "height": nil,
    ]
    /// The example from the provider's page.
    private static let example: JSONValue = [
        "images": [picture], "seed": 623_004_765, "data": [picture],
        "meta": ["usage": ["tokens_used": 63_000]],
    ]

    @Test("an image that appears twice is read once", arguments: [200, 201, 299])
    func once(_ status: Int) throws {
        let reply = HostReply.json(Self.example, status: status, ["x-inference-id": "inf-1"])
        let result = try #require(try provider.finished(reply))
        #expect(
            result.images == [
                GeneratedImage(
                    location: .url("https://v3b.fal.media/files/b/1.png"), contentType: "image/png",
                    byteCount: 1_033_237)
            ])
        #expect(result.seed == 623_004_765)
        #expect(result.requestID == "inf-1")
        #expect(result.usage.tokens == 63_000)
        #expect(result.usage.credits == nil)
        #expect(result.failures.isEmpty)
    }

    @Test(
        "either list suffices, and an empty list counts as missing",
        arguments: [
            #"{"data":[{"url":"https://a.test/1"}]}"#, #"{"images":[{"url":"https://a.test/1"}]}"#,
            #"{"data":[],"images":[{"url":"https://a.test/1"}]}"#,
            #"{"data":null,"images":[{"url":"https://a.test/1"}]}"#,
            #"{"data":[{"url":"","b64_json":null}],"images":[{"url":"https://a.test/1"}]}"#,
            #"{"data":[{"url":"https://a.test/1","b64_json":""}],"images":[{"url":"https://a.test/2"}]}"#,
        ])
    func eitherList(_ text: String) throws {
        let result = try #require(try provider.finished(HostReply.text(text)))
        #expect(result.images == [GeneratedImage(location: .url("https://a.test/1"))])
    }

    @Test("sizes are read if given, and an item without an image is reported")
    func items() throws {
        let result = try #require(
            try provider.finished(
                HostReply.json([
                    "data": [["url": "https://a.test/1", "width": 2048, "height": 1024.0], ["url": nil]]
                ])))
        #expect(result.images.map(\.size) == [PixelSize(width: 2048, height: 1024)])
        #expect(result.failures == ["image 2 of 2 has neither a URL nor an image"])
    }

    @Test("the cost is read in each of its forms")
    func usage() throws {
        func usage(_ usage: JSONValue, _ fields: [String: String] = [:]) throws -> Usage? {
            try provider.finished(
                HostReply.json(
                    ["data": [Self.picture], "meta": ["usage": usage]], fields))?.usage
        }
        #expect(try usage(["credits_used": 120_000])?.credits == 120_000)
        #expect(try usage(["usd_spent": 0.0315])?.usDollars == 0.0315)
        let headers = ["x-aimlapi-credits-used": "63000", "x-aimlapi-usd-spent": "0.0315"]
        let both = try usage(["tokens_used": 63_000], headers)
        #expect(both?.tokens == 63_000)
        #expect(both?.credits == 63_000)
        #expect(both?.usDollars == 0.0315)
        #expect(try usage(["credits_used": 1], headers)?.credits == 1)
        #expect(try usage(nil) == Usage())
    }

    @Test("an inline image is the file that it was decoded into")
    func inline() throws {
        var reply = HostReply.json(["data": [["url": "inline:0", "content_type": "image/png"]]])
        reply.inline = [InlinePart(path: "/tmp/part-0", byteCount: 9, contentType: "image/png")]
        let result = try #require(try provider.finished(reply))
        #expect(
            result.images == [GeneratedImage(location: .file("/tmp/part-0"), contentType: "image/png")])
    }

    private static func error(_ status: Int, _ message: String) -> String {
        JSONValue.object([
            "message": .string(message), "path": "/v1/images/generations", "requestId": "r-1",
            "statusCode": .integer(status), "timestamp": "2026-11-21T00:27:47.828Z",
        ]).text
    }

    @Test(
        "each documented error has its category and purchase",
        arguments: [
            ErrorRow(400, error(400, "Body validation error!\nInvalid url"), .validation, .notTaken),
            ErrorRow(401, error(401, "This request requires a valid API key."), .credentials, .notTaken),
            ErrorRow(403, error(403, "You've run out of credits."), .credits, .notTaken),
            ErrorRow(404, error(404, "Not Found"), .notFound, .notTaken),
            ErrorRow(408, error(408, "Request Timeout"), .timeout, .unknown),
            ErrorRow(413, error(413, "Payload Too Large"), .validation, .notTaken),
            ErrorRow(429, error(429, "Too Many Requests"), .rateLimit, .notTaken, isRetryable: true),
            ErrorRow(500, error(500, "Something wrong with the server."), .provider, .unknown),
            ErrorRow(502, error(502, "Something wrong with the server."), .provider, .unknown),
            ErrorRow(503, error(503, "Something wrong with the server."), .provider, .unknown),
            ErrorRow(504, error(504, "Generation timeout"), .timeout, .unknown),
            ErrorRow(
                400, error(400, "material flagged by a content checker."), .moderation, .notTaken),
            // The documented form of the code, and one with only the code.
            ErrorRow(401, #"{"message":"no key","statusCode":"401"}"#, .credentials, .notTaken),
            ErrorRow(403, #"{"statusCode":"403"}"#, .credits, .notTaken),
            // An error with a success status.
            ErrorRow(200, error(429, "Too Many Requests"), .rateLimit, .notTaken, isRetryable: true),
            ErrorRow(200, #"{"message":"x","statusCode":"500"}"#, .provider, .unknown),
            // Pages from a server in front of the provider.
            ErrorRow(502, "<html>Bad Gateway</html>", .provider, .unknown),
            ErrorRow(403, "error code: 1010", .badReply, .notTaken),
            ErrorRow(404, "<html>Not Found</html>", .badReply, .notTaken),
            ErrorRow(429, "", .rateLimit, .notTaken, isRetryable: true),
            ErrorRow(301, "", .badReply, .notTaken), ErrorRow(302, "", .badReply, .unknown),
        ])
    func errors(_ row: ErrorRow) throws {
        #expect(row.mismatches(try provider.refusal(row.reply)) == [])
        #expect(row.mismatches(provider.failure(row.reply, operation: .aiml(.generate))) == [])
    }

    @Test("an error has the provider's text on one line, its id, and the wait")
    func details() throws {
        let reply = HostReply.text(
            Self.error(429, "Too\nMany Requests"), status: 429, ["Retry-After": "7"])
        let error = try #require(try provider.refusal(reply))
        #expect(error.message == "Too Many Requests")
        #expect(error.requestID == "r-1")
        #expect(error.retryAfter == 7)
        #expect(error.description == "aiml.generate: 429: Too Many Requests (request r-1)")
    }

    @Test("an unreadable success may have been bought", arguments: HostReply.unreadable)
    func unreadable(_ text: String) throws {
        let error = try #require(try provider.refusal(HostReply.text(text, ["x-inference-id": "inf-1"])))
        #expect(error.category == .badReply)
        #expect(error.purchase == .unknown)
        #expect(error.status == 200)
        #expect(error.requestID == "inf-1")
    }
}
