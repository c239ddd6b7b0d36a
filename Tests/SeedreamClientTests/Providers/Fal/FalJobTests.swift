import HTTPTypes
import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("job at fal")
struct FalJobTests {
    private let fal = FalSample.fal
    private let context = FalSample.context
    private let id = "764cabcf-b745-4b3e-ae38-1200304cf45b"

    private func submit(_ body: String, mode: FalOptions.Mode = .queue, status: Int = 200) throws(ClientError)
        -> SubmitReply
    {
        let draft: RequestDraft
        do throws(RequestError) {
            draft = try FalSample.draft(FalSample.request()) { $0.mode = mode }
        } catch {
            preconditionFailure("\(error)")
        }
        return try fal.submitReply(
            FalSample.reply(status, body, ["x-fal-request-id": "header-id", "X-Fal-Billable-Units": "2"]),
            to: draft, in: context)
    }

    private func ticket(_ body: String) throws -> JobTicket {
        guard case .accepted(let ticket) = try submit(body) else {
            throw FalTestFailure("expected a ticket")
        }
        return ticket
    }

    @Test("is polled at the URLs from the queue")
    func urls() throws {
        let base = "https://queue.fal.run/fal-ai/bytedance/requests/\(id)"
        let ticket = try ticket(
            """
            {"status":"IN_QUEUE","request_id":"\(id)","response_url":"\(base)/response","queue_position":0,
             "status_url":"\(base)/status?x=1","cancel_url":"\(base)/cancel","logs":null,"metrics":{}}
            """)
        #expect(ticket.requestID == id && ticket.model == "fal-ai/bytedance/seedream/v4/edit")
        let status = try #require(fal.statusRequest(for: ticket, withLogs: false, in: context))
        #expect(status.url == "\(base)/status?x=1&logs=false")
        #expect(status.method == .get && status.isKeyed && status.operation == .fal(.status))
        let result = try #require(fal.resultRequest(for: ticket, in: context))
        #expect(result.url == "\(base)/response" && result.method == .get && result.isKeyed)
        let cancel = try #require(fal.cancelRequest(for: ticket, in: context))
        #expect(cancel.url == "\(base)/cancel" && cancel.method == .put && cancel.body.isEmpty)
    }

    @Test(
        "is not polled at another server, which would receive the key",
        arguments: [
            "https://evil.test/a", "http://queue.fal.run/a", "https://queue.fal.run:8443/a",
            "https://queue.fal.run@evil.test/a", "https://queue.fal.run.evil.test/a", "//evil.test/a", "",
            "x",
        ])
    func foreign(_ url: String) throws {
        let ticket = try ticket(
            #"{"request_id":"\#(id)","status_url":"\#(url)","response_url":"\#(url)","cancel_url":"\#(url)"}"#
        )
        let base = "https://queue.fal.run/fal-ai/bytedance/requests/\(id)"
        #expect(ticket == JobTicket(requestID: id, model: "fal-ai/bytedance/seedream/v4/edit"))
        #expect(
            fal.statusRequest(for: ticket, withLogs: true, in: context)?.url == "\(base)/status?logs=true")
        #expect(fal.resultRequest(for: ticket, in: context)?.url == base)
        #expect(fal.cancelRequest(for: ticket, in: context)?.url == "\(base)/cancel")
        // Nor if a stored ticket names such a URL.
        let kept = JobTicket(
            requestID: id, model: ticket.model, statusURL: url, responseURL: url, cancelURL: url)
        #expect(fal.resultRequest(for: kept, in: context)?.url == base)
    }

    @Test("stays within its path, with any id")
    func strangeID() throws {
        let ticket = try ticket(#"{"request_id":"../a?b#c"}"#)
        #expect(
            fal.resultRequest(for: ticket, in: context)?.url
                == "https://queue.fal.run/fal-ai/bytedance/requests/..%2Fa%3Fb%23c")
    }

    @Test(
        "may have been bought if the queue's reply has no id",
        arguments: [
            "", "{}", "[]", #"{"request_id":null}"#, #"{"request_id":""}"#, #"{"request_id":7}"#,
            #"{"request_id":"a b"}"#, #"{"request_id":"764c"#, "<html></html>",
        ])
    func noID(_ body: String) {
        let error = #expect(throws: ClientError.self) { try submit(body) }
        #expect(error?.category == .badReply && error?.purchase == .unknown)
        #expect(error?.requestID == "header-id" && error?.operation == "fal.submit")
    }

    @Test("in run mode is finished at once")
    func run() throws {
        guard
            case .finished(let result) = try submit(
                #"{"images":[{"url":"https://v3.fal.media/files/a.png"}],"seed":7}"#, mode: .run)
        else {
            Issue.record("expected a result")
            return
        }
        #expect(result.images == [GeneratedImage(location: .url("https://v3.fal.media/files/a.png"))])
        #expect(result.seed == 7 && result.requestID == "header-id" && result.usage.billableUnits == 2)
        let error = #expect(throws: ClientError.self) { try submit("{}", mode: .run) }
        #expect(error?.category == .badReply && error?.purchase == .unknown && error?.operation == "fal.run")
    }

    // MARK: Status

    private func status(_ body: String, code: Int = 200) throws -> JobStatus {
        try fal.status(in: FalSample.reply(code, body, ["x-fal-request-id": id]))
    }

    @Test("waits, runs, and is completed")
    func phases() throws {
        let waiting = try status(#"{"status":"IN_QUEUE","queue_position":2}"#, code: 202)
        guard case .queued(position: 2) = waiting.phase else {
            Issue.record("expected a place in the queue, found \(waiting.phase)")
            return
        }
        #expect(waiting.requestID == id && waiting.logs.isEmpty)
        guard case .queued(position: nil) = try status(#"{"status":"IN_QUEUE"}"#).phase else {
            Issue.record("expected no place")
            return
        }
        let running = try status(
            #"{"status":"IN_PROGRESS","logs":[{"message":"a"},{"level":"INFO"},{"message":"b"}]}"#, code: 202)
        guard case .running(progress: nil) = running.phase else {
            Issue.record("expected a run, found \(running.phase)")
            return
        }
        #expect(running.logs == ["a", "b"])
        for body in [
            #"{"status":"COMPLETED"}"#,
            #"{"status":"COMPLETED","logs":null,"metrics":{"inference_time":3.7}}"#,
            #"{"status":"COMPLETED","error":null,"error_type":null}"#, #"{"status":"COMPLETED","error":""}"#,
        ] {
            guard case .completed(nil) = try status(body).phase else {
                Issue.record("expected a completed job: \(body)")
                return
            }
        }
    }

    @Test(
        "ends with undocumented words for failure and cancellation",
        arguments: ["FAILED", "ERROR", "TIMED_OUT", "failed", "Rejected"], [#","error":"It is so""#, ""])
    func undocumentedEnd(_ word: String, _ more: String) throws {
        guard case .failed(let error) = try status(#"{"status":"\#(word)"\#(more)}"#).phase else {
            Issue.record("expected a failed job")
            return
        }
        #expect(error.purchase == .taken && error.category == .provider)
        #expect(more.isEmpty ? error.code == word : error.message == "It is so")
        guard case .cancelled = try status(#"{"status":"CANCELLED"}"#).phase else {
            Issue.record("expected a cancelled job")
            return
        }
    }

    @Test("keeps at most a thousand lines of a log, each cut to the maximum length")
    func longLog() throws {
        let line = String(repeating: "x", count: 5000)
        let lines = (0..<3000).map { _ in #"{"message":"\#(line)"}"# }.joined(separator: ",")
        let status = try status(
            #"{"status":"COMPLETED","metrics":{"inference_time":NaN},"logs":[\#(lines)]}"#)
        #expect(status.logs.count == 1000 && status.logs.allSatisfy { $0.count == 2000 })
        guard case .completed = status.phase else {
            Issue.record("expected a completed job")
            return
        }
    }

    @Test("continues while fal's status is unknown", arguments: ["PAUSED", ""])
    func otherWords(_ word: String) throws {
        guard case .other(word) = try status(#"{"status":"\#(word)"}"#).phase else {
            Issue.record("expected another word")
            return
        }
    }

    @Test(
        "fails if completed with an error: free if fal is at fault, perhaps billed if the request is",
        arguments: [
            ("image_too_small", ClientError.Category.validation, ClientError.Purchase.taken, false),
            ("content_policy_violation", .moderation, .taken, false),
            ("no_media_generated", .moderation, .taken, false), ("string_type", .validation, .taken, false),
            ("internal_server_error", .provider, .notTaken, false),
            ("generation_timeout", .timeout, .notTaken, false),
            ("startup_timeout", .timeout, .notTaken, true),
            ("runner_connection_refused", .provider, .notTaken, true),
            ("downstream_service_error", .provider, .taken, false),
            ("never_heard_of", .provider, .taken, false), ("", .provider, .taken, false),
        ])
    func failed(
        _ type: String, _ category: ClientError.Category, _ purchase: ClientError.Purchase, _ retryable: Bool
    ) throws {
        let body = #"{"status":"COMPLETED","error":"It is so","error_type":"\#(type)"}"#
        guard case .failed(let error) = try status(body).phase else {
            Issue.record("expected a failed job")
            return
        }
        #expect(error.category == category && error.purchase == purchase && error.isRetryable == retryable)
        #expect(error.message == "It is so" && error.code == (type.isEmpty ? nil : type))
        #expect(error.requestID == id && error.status == nil)
        // There is nothing to resume.
        #expect(!error.hint.contains("resume"))
    }

    @Test("fails even if fal gives only an error type, or no text")
    func failedWithoutText() throws {
        for body in [
            #"{"status":"COMPLETED","error_type":"image_too_small"}"#, #"{"status":"COMPLETED","error":{}}"#,
        ] {
            guard case .failed(let error) = try status(body).phase else {
                Issue.record("expected a failed job: \(body)")
                return
            }
            #expect(!error.message.isEmpty)
        }
    }

    @Test("is cancelled if its error type is client_cancelled")
    func cancelled() throws {
        let body = #"{"status":"COMPLETED","error":"cancelled","error_type":"client_cancelled"}"#
        guard case .cancelled = try status(body).phase else {
            Issue.record("expected a cancelled job")
            return
        }
    }

    @Test(
        "is polled again after an unreadable reply",
        arguments: ["", "{}", "[1]", #"{"status":1}"#])
    func badStatus(_ body: String) {
        let error = #expect(throws: ClientError.self) { try status(body) }
        #expect(error?.category == .badReply && error?.purchase == .taken && error?.isRetryable == true)
    }

    // MARK: Result

    @Test("gives its images in fal's order, with their facts")
    func result() throws {
        let result = try fal.result(
            in: FalSample.reply(
                200,
                """
                {"images":[
                  {"url":"https://v3.fal.media/a.png","content_type":"image/png","file_name":"a.png","file_size":73,
                   "width":null,"height":null},
                  {"url":"https://v3.fal.media/b.jpg","content_type":"image/jpeg","width":2048,"height":1024},
                  {"url":""},
                  {"url":"inline:0"}],
                 "seed":746406749}
                """, ["x-fal-request-id": id, "X-Fal-Billable-Units": "2.5"],
                inline: [InlinePart(path: "/tmp/0", byteCount: 3, contentType: "image/png")]))
        #expect(
            result.images == [
                GeneratedImage(
                    location: .url("https://v3.fal.media/a.png"), contentType: "image/png", byteCount: 73),
                GeneratedImage(
                    location: .url("https://v3.fal.media/b.jpg"), contentType: "image/jpeg",
                    size: PixelSize(width: 2048, height: 1024)),
                GeneratedImage(location: .file("/tmp/0")),
            ])
        #expect(result.failures.count == 1)
        #expect(result.seed == 746_406_749 && result.requestID == id && result.usage.billableUnits == 2.5)
    }

    @Test(
        "is not lost if its result cannot be read",
        arguments: [
            "", "{}", #"{"images":[{"url":"inline:4"}]}"#,
            #"{"images":[{"url":"ftp://a/b"}]}"#,
            #"{"images":"#,
        ])
    func badResult(_ body: String) {
        let error = #expect(throws: ClientError.self) { try fal.result(in: FalSample.reply(200, body)) }
        #expect(error?.category == .badReply && error?.purchase == .taken && error?.isRetryable == true)
    }

    @Test(
        "fails if the model made nothing",
        arguments: [#"{"images":[]}"#, #"{"images":null,"seed":7}"#])
    func noImages(_ body: String) {
        let error = #expect(throws: ClientError.self) { try fal.result(in: FalSample.reply(200, body)) }
        #expect(error?.category == .provider && error?.isFinal == true && error?.purchase == .taken)
        #expect(error?.message == "the model produced no image, and fal gave no reason")
    }

    // MARK: Cancelling

    @Test(
        "has a cancellation outcome for each reply",
        arguments: [
            (202, #"{"status":"CANCELLATION_REQUESTED"}"#, CancellationOutcome.requested),
            (400, #"{"status":"ALREADY_COMPLETED"}"#, .alreadyCompleted),
            (404, #"{"status":"NOT_FOUND"}"#, .notFound), (200, #"{"success":true}"#, .requested),
            (200, #"{"success":false}"#, .alreadyCompleted), (204, "", .requested),
        ])
    func cancellation(_ code: Int, _ body: String, _ outcome: CancellationOutcome) throws {
        #expect(try fal.cancellation(in: FalSample.reply(code, body)) == outcome)
    }

    @Test("may continue if cancelling fails", arguments: [401, 404, 500])
    func badCancellation(_ code: Int) {
        let error = #expect(throws: ClientError.self) {
            try fal.cancellation(in: FalSample.reply(code, #"{"detail":"no"}"#))
        }
        #expect(error?.purchase == .taken && error?.operation == "fal.cancel")
    }

    @Test("is polled with the key in fal's own scheme")
    func key() throws {
        var fields: HTTPFields = [:]
        fal.authorize(&fields, with: try #require(APIKey("id:secret")), in: context)
        #expect(fields[.authorization] == "Key id:secret")
    }
}
