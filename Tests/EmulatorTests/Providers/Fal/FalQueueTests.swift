#if Emulator
import SeedreamModel
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated fal: queue")
struct FalQueueTests {
    /// Returns a small body, so that only waiting takes time.
    private static func body(_ prompt: JSONValue = "a hat") throws -> JSONValue {
        try Fal.body(["prompt": prompt, "image_urls": [try Fal.smallURI()]])
    }

    /// One job at a time, which runs until it is cancelled, so that nothing depends on the
    /// machine's speed.
    private static let oneLongJob: @Sendable (inout EmulatorConfiguration) -> Void = {
        $0.concurrentJobs = 1
        $0.queueTime = 0
        $0.generationTime = 600
    }

    /// Waits until a job has left the queue.
    private func running(_ handle: JSONValue, _ emulator: RunningEmulator) async throws {
        try await eventually("the job leaves the queue") {
            try await emulator.follow(handle, "status_url").json["status"] != "IN_QUEUE"
        }
    }

    private func position(_ handle: JSONValue, _ emulator: RunningEmulator) async throws -> Int? {
        try await emulator.follow(handle, "status_url").json["queue_position"]?.integer
    }

    @Test("gives each waiting job its position, and processes one after the other")
    func positions() async throws {
        try await RunningEmulator.with(Self.oneLongJob) { emulator in
            let first = try await emulator.submit(try Self.body()).json
            #expect(first["queue_position"] == 0)
            try await running(first, emulator)
            var others: [JSONValue] = []
            for place in 0..<3 {
                let handle = try await emulator.submit(try Self.body()).json
                #expect(handle["queue_position"] == .integer(place))
                // They enter one after the other.
                try await eventually("the job has position \(place)") {
                    try await position(handle, emulator) == place
                }
                others.append(handle)
            }
            #expect(try await position(first, emulator) == nil)
            for (place, handle) in others.enumerated() {
                #expect(try await position(handle, emulator) == place)
            }
            _ = try await emulator.follow(first, "cancel_url", method: "PUT")
            try await running(others[0], emulator)
            #expect(try await position(others[1], emulator) == 0)
            #expect(try await position(others[2], emulator) == 1)
            for handle in others.dropLast() {
                _ = try await emulator.follow(handle, "cancel_url", method: "PUT")
            }
            try await running(others[2], emulator)
        }
    }

    @Test("finds a job only under owner and alias")
    func shortRoot() async throws {
        try await RunningEmulator.with { emulator in
            var handle = try await emulator.submit(try Self.body()).json
            for name in ["status_url", "response_url"] {
                let url = try #require(handle[name]?.string)
                #expect(url.contains("/fal-ai/bytedance/requests/"))
                guard case .object(var members) = handle else { return }
                members[name] = .string(url.replacing("/bytedance/", with: "/bytedance/seedream/v4/edit/"))
                handle = .object(members)
                #expect(try await emulator.follow(handle, name).status == 404)
            }
        }
    }

    @Test("lets all other jobs go before one of low priority")
    func priority() async throws {
        try await RunningEmulator.with(Self.oneLongJob) { emulator in
            let first = try await emulator.submit(try Self.body()).json
            try await running(first, emulator)
            let low = try await emulator.submit(
                try Self.body(), headers: [("X-Fal-Queue-Priority", "low")]
            ).json
            try await eventually("the job is the first") { try await position(low, emulator) == 0 }
            let normal = try await emulator.submit(
                try Self.body(), headers: [("X-Fal-Queue-Priority", "normal")]
            ).json
            #expect(normal["queue_position"] == 0)
            try await eventually("another job goes before it") { try await position(low, emulator) == 1 }
            _ = try await emulator.follow(first, "cancel_url", method: "PUT")
            try await running(normal, emulator)
            #expect(try await position(low, emulator) == 0)
            _ = try await emulator.follow(normal, "cancel_url", method: "PUT")
            try await running(low, emulator)
        }
    }

    @Test("refuses a submission if the queue is longer than the client allows")
    func maximumLength() async throws {
        try await RunningEmulator.with({
            $0.concurrentJobs = 1; $0.generationTime = 30
        }) { emulator in
            try await running(try await emulator.submit(try Self.body()).json, emulator)
            for _ in 0..<2 { _ = try await emulator.submit(try Self.body()) }
            let refused = try await emulator.submit(try Self.body(), query: "?fal_max_queue_length=1")
            #expect(refused.status == 429)
            #expect(refused.header("X-Fal-needs-retry") == "1")
            #expect(await emulator.emulator.ledger.count == 3)
            #expect(
                try await emulator.submit(try Self.body(), query: "?fal_max_queue_length=2").status == 200)
        }
    }

    @Test(
        "drops a job that has waited longer than the client allows",
        arguments: ["X-Fal-Request-Timeout", "X-Fal-Request-Start-Timeout"])
    func startTimeout(_ header: String) async throws {
        try await RunningEmulator.with({
            $0.concurrentJobs = 1; $0.generationTime = 30
        }) { emulator in
            try await running(try await emulator.submit(try Self.body()).json, emulator)
            let late = try await emulator.submit(try Self.body(), headers: [(header, "0.2")]).json
            let done = try await emulator.completion(of: late)
            #expect(try done.json["error_type"] == "startup_timeout")
            let result = try await emulator.follow(late, "response_url")
            #expect(result.status == 504)
            #expect(result.header("X-Fal-Request-Timeout-Type") == "user")
            #expect(result.header("X-Fal-Error-Type") == "startup_timeout")
            #expect(try result.json == ["detail": "Request timed out", "error_type": "startup_timeout"])
            #expect(await emulator.emulator.ledger.map(\.state) == [.accepted, .released])
        }
    }

    @Test("does not drop a job that has started in time")
    func startedInTime() async throws {
        try await RunningEmulator.with({ $0.generationTime = 1.2 }) { emulator in
            let handle = try await emulator.submit(
                try Self.body(), headers: [("X-Fal-Request-Timeout", "1")]
            ).json
            #expect(try await emulator.completion(of: handle).json["error"] == nil)
            for value in ["0.1", "0", "soon"] {
                let refused = try await emulator.submit(
                    try Self.body(), headers: [("X-Fal-Request-Start-Timeout", value)])
                #expect(refused.status == 400)
                #expect(try refused.json["error_type"] == "bad_request")
            }
        }
    }

    @Test("cancels a waiting job and a running one, once each, and bills neither")
    func cancel() async throws {
        try await RunningEmulator.with({
            $0.concurrentJobs = 1; $0.generationTime = 30
        }) { emulator in
            let first = try await emulator.submit(try Self.body()).json
            try await running(first, emulator)
            let second = try await emulator.submit(try Self.body()).json
            for handle in [second, first] {
                let reply = try await emulator.follow(handle, "cancel_url", method: "PUT")
                #expect(reply.status == 202)
                #expect(try reply.json == ["status": "CANCELLATION_REQUESTED"])
                let again = try await emulator.follow(handle, "cancel_url", method: "PUT")
                #expect(again.status == 400)
                #expect(try again.json == ["status": "ALREADY_COMPLETED"])
                let status = try await emulator.follow(handle, "status_url")
                #expect(status.status == 200)
                #expect(try status.json["status"] == "COMPLETED")
                #expect(try status.json["error_type"] == "client_cancelled")
                let result = try await emulator.follow(handle, "response_url")
                #expect(result.status == 499)
                #expect(result.header("X-Fal-Error-Type") == "client_cancelled")
                #expect(try result.json["error_type"] == "client_cancelled")
            }
            let ledger = await emulator.emulator.ledger
            #expect(ledger.map(\.state) == [.released, .released])
            #expect(ledger.map(\.cost) == [0, 0])
            // The slot is free again.
            let third = try await emulator.submit(try Self.body()).json
            try await running(third, emulator)
        }
    }

    @Test("cancels with 200 and success with the setting")
    func cancelGivesSuccess() async throws {
        try await RunningEmulator.with({
            $0.queueTime = 30
            $0.ambiguities.falCancelGivesSuccess = true
        }) { emulator in
            let handle = try await emulator.submit(try Self.body()).json
            let reply = try await emulator.follow(handle, "cancel_url", method: "PUT")
            #expect(reply.status == 200)
            #expect(try reply.json == ["success": true])
        }
    }

    @Test("streams each status once, and ends after COMPLETED")
    func statusStream() async throws {
        try await RunningEmulator.with({
            $0.queueTime = 0.2; $0.generationTime = 0.2
        }) { emulator in
            let handle = try await emulator.submit(try Self.body()).json
            let reply = try await emulator.follow(handle, "status_url", query: "/stream?logs=1")
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "text/event-stream")
            let events = reply.text.split(separator: "\n\n")
            #expect(events.allSatisfy { $0.hasPrefix("data: ") })
            let values = try events.map { try JSONValue(parsing: $0.dropFirst(6).utf8) }
            #expect(values.map { $0["status"]?.string } == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"])
            #expect(values[1]["logs"]?[0]?["message"]?.string != nil)
            // A completed job is reported at once.
            let late = try await emulator.follow(handle, "status_url", query: "/stream")
            #expect(late.text.split(separator: "\n\n").count == 1)
        }
    }

    @Test("completes a failed job: an error in the status, and the full error as the result")
    func failure() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("fal.submit", .moderated, prompt: "policy"),
                FaultRule("fal.submit", .jobFails, prompt: "fails"),
            ])
            for (prompt, type, status) in [
                ("policy", "content_policy_violation", 422), ("fails", "internal_server_error", 500),
            ] {
                let handle = try await emulator.submit(try Self.body(.string(prompt))).json
                let done = try await emulator.completion(of: handle)
                #expect(done.status == 200)
                #expect(try done.json["status"] == "COMPLETED")
                #expect(try done.json["error_type"] == .string(type))
                #expect(try done.json["error"]?.string?.isEmpty == false)
                let result = try await emulator.follow(handle, "response_url")
                #expect(result.status == status)
                #expect(try result.json["detail"]?[0]?["type"] == .string(type))
            }
            #expect(await emulator.emulator.ledger.map(\.state) == [.released, .released])
        }
    }

    @Test("lets jobs hang and vanish under fault rules")
    func fates() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([
                FaultRule("fal.submit", .jobHangs, prompt: "hang"),
                FaultRule("fal.submit", .jobVanishes, prompt: "vanish"),
            ])
            let hanging = try await emulator.submit(try Self.body("hang")).json
            let vanished = try await emulator.submit(try Self.body("vanish"))
            #expect(vanished.status == 200)
            #expect(try await emulator.follow(try vanished.json, "status_url").status == 404)
            try await running(hanging, emulator)
            // A later job is completed.
            let later = try await emulator.submit(try Self.body()).json
            #expect(try await emulator.completion(of: later).status == 200)
            #expect(try await emulator.follow(hanging, "status_url").json["status"] == "IN_PROGRESS")
            // Only cancelling ends it.
            #expect(try await emulator.follow(hanging, "cancel_url", method: "PUT").status == 202)
        }
    }

    @Test("keeps a result for the time in the client's lifecycle preference")
    func lifecycle() async throws {
        try await RunningEmulator.with { emulator in
            let preference = ("X-Fal-Object-Lifecycle-Preference", #"{"expiration_duration_seconds": 900}"#)
            let handle = try await emulator.submit(try Self.body(), headers: [preference]).json
            _ = try await emulator.completion(of: handle)
            let result = try await emulator.follow(handle, "response_url")
            let url = try #require(try result.json["images"]?[0]?["url"]?.string)
            #expect(try await emulator.call("GET", url).status == 200)
            emulator.emulator.clock.advance(by: 900)
            #expect(try await emulator.call("GET", url).status == 410)
            // The reply itself stays.
            #expect(try await emulator.follow(handle, "response_url").json == (try result.json))
        }
    }

    @Test("gives clients that use the real host names URLs of those hosts")
    func hostNames() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", Fal.edit, headers: [Fal.key, ("Host", "queue.fal.run")], json: try Self.body())
            #expect(reply.status == 200)
            let id = try #require(try reply.json["request_id"]?.string)
            #expect(
                try reply.json["status_url"]
                    == .string("https://queue.fal.run/fal-ai/bytedance/requests/\(id)/status"))
        }
    }
}
#endif
