#if Emulator
import SeedreamModel
import ImageCodecs
import Pixels
import SeedreamEmulator
import Testing

@Suite("emulated fal")
struct FalServerTests {
    @Test("runs an edit, and serves an image of the requested size")
    func run() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(try Fal.body(["num_images": 2]))
            #expect(reply.status == 200)
            #expect(reply.header("x-fal-request-id") != nil)
            #expect(reply.header("X-Fal-Billable-Units") == "2")
            let json = try reply.json
            #expect(json["seed"] == 7)
            #expect(json["images"]?.array?.count == 2)
            let image = try #require(json["images"]?[0])
            #expect(image["width"] == .null && image["height"] == .null && image["file_name"] == .null)
            #expect(image["content_type"] == "image/png")
            let file = try await emulator.call("GET", try #require(image["url"]?.string))
            #expect(file.status == 200)
            #expect(file.header("content-type") == "image/png")
            #expect(image["file_size"]?.integer == file.body.count)
            let probe = try Prober.probe(EncodedSource(file.body), limits: DecodeLimits())
            #expect(probe.size == PixelSize(width: 1280, height: 960))
        }
    }

    @Test("queues: 200 with short URLs, 202 while the job waits, 200 when it is completed, then the result")
    func queue() async throws {
        try await RunningEmulator.with({
            $0.queueTime = 0.1; $0.generationTime = 0.1
        }) { emulator in
            let submitted = try await emulator.submit(try Fal.body())
            #expect(submitted.status == 200)
            let handle = try submitted.json
            let id = try #require(handle["request_id"]?.string)
            #expect(handle["status"] == "IN_QUEUE")
            #expect(handle["queue_position"] == 0)
            #expect(handle["logs"] == .null)
            #expect(
                handle["response_url"]?.string
                    == "http://127.0.0.1:\(emulator.emulator.port)/fal/queue/fal-ai/bytedance/requests/\(id)")
            let early = try await emulator.call(
                "GET", try #require(handle["response_url"]?.string), headers: [Fal.key])
            #expect(early.status == 400)
            #expect(try early.json == ["detail": "Request is still in progress"])
            let done = try await emulator.completion(of: handle)
            #expect(done.status == 200)
            #expect(try done.json["status"] == "COMPLETED")
            #expect(try done.json["logs"]?.array?.isEmpty == false)
            let result = try await emulator.call(
                "GET", try #require(handle["response_url"]?.string), headers: [Fal.key])
            #expect(result.status == 200)
            #expect(try result.json["images"]?.array?.count == 1)
            let late = try await emulator.call(
                "PUT", try #require(handle["cancel_url"]?.string), headers: [Fal.key])
            #expect(late.status == 400)
            #expect(try late.json == ["status": "ALREADY_COMPLETED"])
        }
    }
}
#endif
