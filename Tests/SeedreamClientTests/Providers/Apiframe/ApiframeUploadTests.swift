import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("Apiframe: uploads")
struct ApiframeUploadTests {
    private let provider = ApiframeProvider()
    private let context = RequestContext(endpoints: .standard(.apiframe))

    @Test("an image is one file in a form, sent byte for byte with a known length")
    func form() async throws {
        let caller = RecordingCaller(
            HostReply.json(
                ["id": "1", "url": "https://cdn2.test/uploads/1.jpg", "kind": "image"], status: 201))
        let url = try await provider.upload(
            SampleImage.prepared(2000, 1500), name: "01-do\"g\r\n.jpg", in: context, through: caller)
        #expect(url == "https://cdn2.test/uploads/1.jpg")
        let request = try #require(caller.requests.first)
        #expect(caller.requests.count == 1)
        #expect(request.url == "https://api.apiframe.ai/v2/uploads")
        #expect(request.method == .post)
        #expect(request.isKeyed)
        let type = try #require(request.fields[.contentType])
        let boundary = try #require(type.split(separator: "boundary=").last.map(String.init))
        #expect(type == "multipart/form-data; boundary=\(boundary)")
        #expect((1...70).contains(boundary.count))
        let expected =
            Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"01-dog.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
                    .utf8) + [0, 1, 2, 3, 4] + Array("\r\n--\(boundary)--\r\n".utf8)
        #expect(Self.bytes(request.body) == expected)
        #expect(request.body.length == expected.count)
    }

    @Test("every upload has a different boundary")
    func boundaries() async throws {
        let caller = RecordingCaller(HostReply.json(["url": "https://cdn2.test/1.jpg"], status: 201))
        for _ in 0..<2 {
            _ = try await provider.upload(
                SampleImage.prepared(8, 8), name: "a.jpg", in: context, through: caller)
        }
        let types = caller.requests.map { $0.fields[.contentType] }
        #expect(types.count == 2)
        #expect(types[0] != types[1])
    }

    @Test("accepts 25 000 000 bytes, and does not send one more")
    func size() async throws {
        let caller = RecordingCaller(HostReply.json(["url": "https://cdn2.test/1.jpg"], status: 201))
        _ = try await provider.upload(
            SampleImage.prepared(8, 8, bytes: 25_000_000), name: "a.jpg", in: context, through: caller)
        let error = await #expect(throws: ClientError.self) {
            try await provider.upload(
                SampleImage.prepared(8, 8, bytes: 25_000_001), name: "a.jpg", in: context, through: caller)
        }
        #expect(error?.category == .validation)
        #expect(error?.purchase == .notTaken)
        #expect(caller.requests.count == 1)
    }

    @Test(
        "a failed upload buys nothing",
        arguments: [
            (400, #"{"error":"Unsupported file type"}"#, ClientError.Category.validation),
            (401, #"{"error":"Invalid API key"}"#, .credentials),
            (502, #"{"error":"CDN failed"}"#, .provider),
            (503, "<html>", .provider), (201, "", .badReply), (201, "{}", .badReply),
            (201, #"{"url":""}"#, .badReply),
            (201, #"{"url":"ftp://x.test/1"}"#, .badReply), (200, "<html>", .badReply),
        ])
    func failures(_ status: Int, _ body: String, _ category: ClientError.Category) async {
        let caller = RecordingCaller(HostReply.text(body, status: status))
        let error = await #expect(throws: ClientError.self) {
            try await provider.upload(
                SampleImage.prepared(8, 8), name: "a.jpg", in: context, through: caller)
        }
        #expect(error?.category == category)
        #expect(error?.purchase == .notTaken)
        #expect(error?.operation == "apiframe.upload")
    }

    private static func bytes(_ body: RequestBody) -> [UInt8] {
        var reader = body.makeReader()
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { buffer.deallocate() }
        while case let count = reader.read(into: buffer), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
