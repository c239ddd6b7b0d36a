#if Emulator
import SeedreamModel
import SeedreamEmulator
import TestSupport
import Testing

/// The shapes of the replies that fal_client 1.0.3 received when its requests were captured.
/// Members that only a document states are marked with `?`.
@Suite("emulated fal: captured shapes of replies")
struct FalShapeTests {
    private static let output: Shape = """
        {"images": [{"url": "string", "content_type": "string", "file_name": "null", "file_size": "integer",
                     "width": "null", "height": "null"}],
         "seed": "integer"}
        """
    private static let submitted: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "queue_position": "integer", "logs": "null", "metrics": {}}
        """
    private static let queued: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "queue_position": "integer"}
        """
    private static let running: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "logs": "null"}
        """
    private static let runningWithLogs: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string",
         "logs": [{"message": "string", "level": "string", "source": "string", "timestamp": "string"}]}
        """
    private static let completed: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "logs": "null", "metrics": {"inference_time": "number"}}
        """
    private static let completedWithLogs: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "metrics": {"inference_time": "number"},
         "logs": [{"message": "string", "level": "string", "source": "string", "timestamp": "string"}]}
        """
    private static let failed: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "logs": "null", "metrics": {"inference_time": "number"},
         "error": "string", "error_type": "string"}
        """
    private static let failedWithLogs: Shape = """
        {"status": "string", "request_id": "string", "response_url": "string", "status_url": "string",
         "cancel_url": "string", "metrics": {"inference_time": "number"},
         "logs": [{"message": "string", "level": "string", "source": "string", "timestamp": "string"}],
         "error": "string", "error_type": "string"}
        """
    private static let word: Shape = #"{"status": "string"}"#
    private static let requestError: Shape = #"{"detail": "string", "error_type": "string"}"#
    private static let missingField: Shape = """
        {"detail": [{"loc": ["string"], "msg": "string", "type": "string",
                     "input": {"prompt": "string", "image_size": {"width": "integer", "height": "integer"},
                               "num_images": "integer", "max_images": "integer", "seed": "integer",
                               "enable_safety_checker": "boolean", "enhance_prompt_mode": "string",
                               "sync_mode": "boolean"}}]}
        """
    private static let policy: Shape = """
        {"detail": [{"loc": ["string"], "msg": "string", "type": "string", "url": "string",
                     "input": "string"}]}
        """
    private static let tooSmall: Shape = """
        {"detail": [{"loc": ["string", "integer"], "msg": "string", "type": "string",
                     "ctx": {"min_height": "integer", "min_width": "integer"}, "url?": "string", "input?": "string"}]}
        """
    private static let download: Shape = """
        {"detail": [{"loc": ["string", "integer"], "msg": "string", "type": "string", "input": "string",
                     "url?": "string"}]}
        """
    private static let internalError: Shape = """
        {"detail": [{"loc": ["string"], "msg": "string", "type": "string", "url?": "string"}]}
        """
    private static let token: Shape = """
        {"token": "string", "token_type": "string", "base_url": "string", "created_at": "string",
         "expires_at": "string"}
        """
    private static let uploaded: Shape = #"{"access_url": "string", "uploaded": "boolean"}"#
    private static let initiated: Shape = #"{"upload_url": "string", "file_url": "string"}"#
    private static let detail: Shape = #"{"detail": "string"}"#
    private static let multipart: Shape = #"{"access_url": "string", "uploadId": "string"}"#
    /// The result of uploading a part: fal_client reads only the header, fal-js this body.
    private static let part: Shape = #"{"partNumber?": "integer", "etag?": "string"}"#
    private static let completedUpload: Shape = #"{"access_url": "string"}"#
    private static let webhook: Shape = """
        {"request_id": "string", "gateway_request_id": "string", "status": "string",
         "payload": {"images": [{"url": "string", "content_type": "string", "file_name": "null",
                                 "file_size": "integer", "width": "null", "height": "null"}],
                     "seed": "integer"}}
        """
    private static let failedWebhook: Shape = """
        {"request_id": "string", "gateway_request_id": "string", "status": "string", "error": "string",
         "payload": {"detail": [{"loc": ["string"], "msg": "string", "type": "string", "url": "string",
                                 "input": "string"}]}}
        """

    private func check(
        _ reply: Reply, _ status: Int, _ shape: Shape, headers: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(reply.status == status, sourceLocation: sourceLocation)
        #expect(shape.differences(of: try reply.json) == [], sourceLocation: sourceLocation)
        for name in headers {
            #expect(reply.header(name) != nil, "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test("distinguish a wrong shape from a right one")
    func differences() {
        let shape: Shape = #"{"a": "integer|null", "b?": "string", "c": [{"d": "boolean"}, "string"]}"#
        #expect(shape.differences(of: ["a": 1, "c": []]) == [])
        #expect(shape.differences(of: ["a": nil, "b": "x", "c": [["d": true], "y"]]) == [])
        #expect(shape.differences(of: ["a": "1", "c": []]) == ["$.a: expected integer|null, found \"1\""])
        #expect(shape.differences(of: ["a": 1]) == ["$.c: missing"])
        #expect(shape.differences(of: ["a": 1, "c": [], "e": 0]) == ["$.e: unknown"])
        #expect(shape.differences(of: ["a": 1, "c": [["d": 2]]]).count == 1)
        #expect(shape.differences(of: []).count == 1)
    }

    @Test("are those of a run, its errors, and a stream")
    func run() async throws {
        try await RunningEmulator.with({ $0.ambiguities.remoteImages = .refused }) { emulator in
            try check(
                try await emulator.run(try Fal.body(["num_images": 2])), 200, Self.output,
                headers: ["x-fal-request-id", "X-Fal-Billable-Units"])
            let errors = ["x-fal-request-id", "X-Fal-Error-Type"]
            try check(
                try await emulator.run(try Fal.body(["image_urls": .none])), 422, Self.missingField,
                headers: errors)
            try check(
                try await emulator.run(
                    try Fal.body(["image_urls": [TestImage.jpegURI(try TestImage.jpeg(14, 14))]])), 422,
                Self.tooSmall, headers: errors)
            try check(
                try await emulator.run(try Fal.body(["image_urls": ["https://a.test/1.png"]])), 422,
                Self.download, headers: errors)
            await emulator.emulator.setFaults([
                FaultRule("fal.run", .moderated, prompt: "policy"),
                FaultRule("fal.run", .jobFails, prompt: "fails"),
                FaultRule("fal.run", .status(503, retryAfter: nil, accepted: false), prompt: "refused"),
                FaultRule("fal.run", .status(429, retryAfter: nil, accepted: false), prompt: "many"),
            ])
            try check(
                try await emulator.run(try Fal.body(["prompt": "policy"])), 422, Self.policy, headers: errors)
            try check(
                try await emulator.run(try Fal.body(["prompt": "fails"])), 500, Self.internalError,
                headers: errors)
            try check(
                try await emulator.run(try Fal.body(["prompt": "refused"])), 503, Self.requestError,
                headers: errors)
            try check(
                try await emulator.run(try Fal.body(["prompt": "many"])), 429, Self.requestError,
                headers: ["x-fal-request-id", "X-Fal-needs-retry"])
            let stream = try await emulator.run(try Fal.body(), model: Fal.edit + "/stream")
            #expect(stream.status == 200)
            #expect(stream.header("content-type") == "text/event-stream")
            let event = try #require(stream.text.split(separator: "\n\n").first)
            #expect(event.hasPrefix("data: "))
            #expect(Self.output.differences(of: try JSONValue(parsing: event.dropFirst(6).utf8)) == [])
        }
    }

    @Test("are those of the queue, from the submission to the result")
    func queue() async throws {
        try await RunningEmulator.with({
            $0.queueTime = 0.3; $0.generationTime = 0.3
        }) { emulator in
            let handle = try await emulator.submit(try Fal.body())
            try check(handle, 200, Self.submitted, headers: ["x-fal-request-id"])
            let url = try #require(try handle.json["status_url"]?.string)
            for logs in ["true", "false", "0", "1"] {
                let reply = try await emulator.call("GET", "\(url)?logs=\(logs)", headers: [Fal.key])
                try check(reply, 202, Self.queued, headers: ["x-fal-request-id"])
            }
            var reply = try await emulator.call("GET", url, headers: [Fal.key])
            while try reply.json["status"] == "IN_QUEUE" {
                reply = try await emulator.call("GET", url, headers: [Fal.key])
            }
            try check(reply, 202, Self.running)
            for (logs, shape) in [
                ("1", Self.runningWithLogs), ("true", Self.runningWithLogs), ("0", Self.running),
                ("false", Self.running),
            ] {
                try check(
                    try await emulator.call("GET", "\(url)?logs=\(logs)", headers: [Fal.key]), 202, shape)
            }
            try check(try await emulator.completion(of: try handle.json), 200, Self.completedWithLogs)
            try check(
                try await emulator.call("GET", "\(url)?logs=false", headers: [Fal.key]), 200, Self.completed)
            try check(
                try await emulator.call(
                    "GET", try #require(try handle.json["response_url"]?.string), headers: [Fal.key]), 200,
                Self.output, headers: ["x-fal-request-id"])
            try check(
                try await emulator.call(
                    "PUT", try #require(try handle.json["cancel_url"]?.string), headers: [Fal.key]), 400,
                Self.word)
        }
    }

    @Test("are those of jobs that fail, are cancelled, or do not exist")
    func failures() async throws {
        try await RunningEmulator.with({ $0.generationTime = 0.5 }) { emulator in
            await emulator.emulator.setFaults([FaultRule("fal.submit", .moderated, prompt: "policy")])
            let moderated = try await emulator.submit(try Fal.body(["prompt": "policy"])).json
            try check(try await emulator.completion(of: moderated), 200, Self.failedWithLogs)
            try check(
                try await emulator.call("GET", moderated["status_url"]?.string ?? "", headers: [Fal.key]),
                200,
                Self.failed)
            try check(
                try await emulator.call("GET", moderated["response_url"]?.string ?? "", headers: [Fal.key]),
                422, Self.policy, headers: ["x-fal-request-id", "X-Fal-Error-Type"])

            let slow = try await emulator.submit(try Fal.body()).json
            let url = try #require(slow["status_url"]?.string)
            while try await emulator.call("GET", url, headers: [Fal.key]).json["status"] == "IN_QUEUE" {}
            try check(
                try await emulator.call("PUT", slow["cancel_url"]?.string ?? "", headers: [Fal.key]), 202,
                Self.word)
            try check(try await emulator.call("GET", url, headers: [Fal.key]), 200, Self.failed)
            try check(
                try await emulator.call("GET", slow["response_url"]?.string ?? "", headers: [Fal.key]), 499,
                Self.requestError, headers: ["x-fal-request-id", "X-Fal-Error-Type"])

            let late = try await emulator.submit(
                try Fal.body(), headers: [("X-Fal-Request-Timeout", "0.11")])
            try check(late, 200, Self.submitted)
            try check(
                try await emulator.call(
                    "GET", "fal/queue/fal-ai/bytedance/requests/00000000-0000-0000-0000-000000000000/status",
                    headers: [Fal.key]), 404, Self.word)
        }
    }

    @Test("are those of tokens and uploads")
    func uploads() async throws {
        try await RunningEmulator.with { emulator in
            let bytes = try Fixtures.bytes("formats/reference-64x48.png")
            let token = try await emulator.call(
                "POST", "fal/rest/storage/auth/token?storage_type=fal-cdn-v3", headers: [Fal.key], json: [:])
            try check(token, 200, Self.token)
            let bearer = ("Authorization", "Bearer \(try token.json["token"]?.string ?? "")")
            try check(
                try await emulator.call(
                    "POST", "fal/cdn/files/upload",
                    headers: [bearer, ("Content-Type", "image/png"), ("X-Fal-File-Name", "dog.png")],
                    body: bytes), 200, Self.uploaded)
            let file: JSONValue = ["file_name": "dog.png", "content_type": "image/png"]
            try check(
                try await emulator.call(
                    "POST", "fal/rest/storage/upload/initiate?storage_type=gcs", headers: [Fal.key],
                    json: file),
                400, Self.detail)
            let initiated = try await emulator.call(
                "POST", "fal/rest/storage/upload/initiate?storage_type=fal-cdn-v3", headers: [Fal.key],
                json: file)
            try check(initiated, 200, Self.initiated)
            let put = try await emulator.call(
                "PUT", try initiated.json["upload_url"]?.string ?? "",
                headers: [("Content-Type", "image/png")],
                body: bytes)
            #expect(put.status == 200 && put.body.isEmpty)
            let multipart = try await emulator.call(
                "POST", "fal/cdn/files/upload/multipart",
                headers: [bearer, ("Content-Type", "image/png"), ("X-Fal-File-Name", "big.png")])
            try check(multipart, 200, Self.multipart)
            let address =
                "\(try multipart.json["access_url"]?.string ?? "")/multipart/\(try multipart.json["uploadId"]?.string ?? "")"
            let part = try await emulator.call("PUT", "\(address)/1", headers: [bearer], body: bytes)
            try check(part, 200, Self.part, headers: ["ETag"])
            try check(
                try await emulator.call(
                    "POST", "\(address)/complete", headers: [bearer],
                    json: ["parts": [["partNumber": 1, "etag": .string(part.header("ETag") ?? "")]]]), 200,
                Self.completedUpload)
            let realtime = try await emulator.call(
                "POST", "fal/rest/tokens/", headers: [Fal.key], json: ["allowed_apps": ["bytedance"]])
            #expect(realtime.status == 201)
            #expect(try realtime.json.string != nil)
        }
    }

    @Test("are those of webhooks")
    func webhooks() async throws {
        let receiver = try WebhookReceiver()
        defer { receiver.stop() }
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("fal.submit", .moderated, prompt: "policy")])
            _ = try await emulator.submit(try Fal.body(), query: Fal.webhook(receiver))
            let made = try #require(try await receiver.wait(for: 1).first)
            #expect(Self.webhook.differences(of: try JSONValue(parsing: made.body)) == [])
            _ = try await emulator.submit(try Fal.body(["prompt": "policy"]), query: Fal.webhook(receiver))
            let failed = try #require(try await receiver.wait(for: 2).last)
            #expect(Self.failedWebhook.differences(of: try JSONValue(parsing: failed.body)) == [])
        }
    }
}
#endif
