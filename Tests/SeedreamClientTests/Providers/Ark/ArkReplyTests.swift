import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("Ark: replies")
struct ArkReplyTests {
    private let provider = ArkProvider()

    private static let refused: JSONValue = [
        "error": [
            "code": "OutputImageSensitiveContentDetected", "message": "may contain sensitive information",
        ]
    ]

    @Test("images are read with their sizes, and a failed one is reported")
    func success() throws {
        let reply = HostReply.json(
            [
                "model": "seedream-4-0-250828", "created": 1_760_000_000,
                "data": [
                    ["url": "https://ark.test/1.jpeg", "size": "2048x2048"], Self.refused,
                    ["url": "https://ark.test/3.jpeg", "size": "odd"],
                ],
                "usage": ["generated_images": 2, "output_tokens": 32_768, "total_tokens": 32_768],
            ], ["X-Request-Id": "02-abc"])
        let result = try #require(try provider.finished(reply))
        #expect(
            result.images == [
                GeneratedImage(
                    location: .url("https://ark.test/1.jpeg"), size: PixelSize(width: 2048, height: 2048)),
                GeneratedImage(location: .url("https://ark.test/3.jpeg")),
            ])
        #expect(
            result.failures == [
                "image 2 of 3: OutputImageSensitiveContentDetected: may contain sensitive information"
            ])
        #expect(result.usage.tokens == 32_768)
        #expect(result.requestID == "02-abc")
    }

    @Test("an inline image is the file that it was decoded into")
    func inline() throws {
        var reply = HostReply.json(["data": [["b64_json": "inline:0", "size": "1024x1024"]]])
        reply.inline = [InlinePart(path: "/tmp/part-0", byteCount: 9, contentType: nil)]
        #expect(
            try provider.finished(reply)?.images == [
                GeneratedImage(location: .file("/tmp/part-0"), size: PixelSize(width: 1024, height: 1024))
            ])
    }

    @Test(
        "a set whose images all failed is an error, and bought only if the provider counts any",
        arguments: [
            (#","usage":{"generated_images":0,"total_tokens":0}"#, ClientError.Purchase.notTaken),
            (#","usage":{"generated_images":1}"#, .unknown), ("", .unknown),
        ])
    func nothingMade(_ usage: String, _ purchase: ClientError.Purchase) throws {
        let text = #"{"data":[\#(Self.refused.text),\#(Self.refused.text)]\#(usage)}"#
        let error = try #require(try provider.refusal(HostReply.text(text)))
        #expect(error.category == .moderation)
        #expect(error.code == "OutputImageSensitiveContentDetected")
        #expect(error.purchase == purchase)
        #expect(error.status == 200)
    }

    private static func error(_ code: String, param: String = "") -> String {
        JSONValue.object([
            "error": [
                "code": .string(code), "message": "words", "param": .string(param), "type": "BadRequest",
            ]
        ]).text
    }

    @Test(
        "each documented error has the meaning of its code",
        arguments: [
            ErrorRow(401, error("AuthenticationError"), .credentials, .notTaken, code: "AuthenticationError"),
            ErrorRow(404, error("ModelNotOpen"), .notFound, .notTaken, code: "ModelNotOpen"),
            ErrorRow(
                400, error("InvalidParameter", param: "size"), .validation, .notTaken,
                code: "InvalidParameter",
                field: "size"),
            ErrorRow(
                400, error("InvalidParameter.OversizeImage", param: "image"), .validation, .notTaken,
                code: "InvalidParameter.OversizeImage", field: "image"),
            ErrorRow(
                400, error("MissingParameter", param: "prompt"), .validation, .notTaken,
                code: "MissingParameter",
                field: "prompt"),
            ErrorRow(
                400, error("InputTextSensitiveContentDetected"), .moderation, .notTaken,
                code: "InputTextSensitiveContentDetected"),
            ErrorRow(
                400, error("InputImageSensitiveContentDetected.PolicyViolation"), .moderation, .notTaken,
                code: "InputImageSensitiveContentDetected.PolicyViolation"),
            ErrorRow(
                400, error("OutputImageSensitiveContentDetected"), .moderation, .notTaken,
                code: "OutputImageSensitiveContentDetected"),
            ErrorRow(
                429, error("ModelAccountIpmRateLimitExceeded"), .rateLimit, .notTaken,
                code: "ModelAccountIpmRateLimitExceeded", isRetryable: true),
            ErrorRow(
                429, error("ServerOverloaded"), .rateLimit, .notTaken, code: "ServerOverloaded",
                isRetryable: true),
            ErrorRow(429, error("QuotaExceeded"), .credits, .notTaken, code: "QuotaExceeded"),
            ErrorRow(429, error("SetLimitExceeded"), .credits, .notTaken, code: "SetLimitExceeded"),
            ErrorRow(403, error("AccountOverdueError"), .credits, .notTaken, code: "AccountOverdueError"),
            ErrorRow(500, error("InternalServiceError"), .provider, .unknown, code: "InternalServiceError"),
            ErrorRow(408, error("RequestTimeout"), .timeout, .unknown, code: "RequestTimeout"),
            // An undocumented code.
            ErrorRow(400, error("Other"), .validation, .notTaken, code: "Other"),
            ErrorRow(429, error("Other"), .rateLimit, .notTaken, code: "Other", isRetryable: true),
            ErrorRow(200, error("Other"), .provider, .unknown, code: "Other"),
            ErrorRow(400, #"{"error":"words"}"#, .validation, .notTaken),
            ErrorRow(503, "<html>unavailable</html>", .provider, .unknown),
            ErrorRow(504, "", .timeout, .unknown),
            ErrorRow(404, "<html>Not Found</html>", .badReply, .notTaken),
        ])
    func errors(_ row: ErrorRow) throws {
        #expect(row.mismatches(try provider.refusal(row.reply)) == [])
        #expect(row.mismatches(provider.failure(row.reply, operation: .ark(.generate))) == [])
    }

    @Test("an unreadable success may have been bought", arguments: HostReply.unreadable)
    func unreadable(_ text: String) throws {
        let error = try #require(try provider.refusal(HostReply.text(text, ["x-request-id": "02-abc"])))
        #expect(error.category == .badReply)
        #expect(error.purchase == .unknown)
        #expect(error.requestID == "02-abc")
    }
}
