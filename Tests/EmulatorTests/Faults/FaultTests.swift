#if Emulator
import SeedreamModel
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// The effect of each fault, observed through a plain socket.
@Suite("faults on the wire")
struct FaultTests {
    /// Returns a complete, cheap text-to-image request to fal.
    private static func request(close: Bool = true, padding: Int = 0) -> String {
        let body: JSONValue = [
            "prompt": .string("a dog" + String(repeating: " ", count: padding)),
            "image_size": ["width": 960, "height": 960], "seed": 1,
        ]
        let text = body.text
        return
            "POST /fal/run/\(Fal.textToImage) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Key a:b\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\(close ? "Connection: close\r\n" : "")\r\n\(text)"
    }

    /// Makes one request under one fault, and returns the number of requests accepted so far.
    private static func strike(
        _ fault: Fault, request: String = request(), waiting: Double = 120
    ) async throws -> (exchange: RawExchange, accepted: Int) {
        try await RunningEmulator.with({ $0.faults = FaultFile(rules: [FaultRule("fal.*", fault)]) }) {
            running in
            let exchange = await RawExchange.make(
                port: running.emulator.port, request, waiting: waiting)
            return (exchange, await running.emulator.ledger.count)
        }
    }

    @Test("without a fault the reply is complete, and the connection is closed as requested")
    func none() async throws {
        try await RunningEmulator.with { running in
            let exchange = await RawExchange.make(port: running.emulator.port, Self.request())
            #expect(exchange.head.first == "HTTP/1.1 200 OK")
            #expect(exchange.end == .closed)
            #expect(exchange.header("Content-Length") == "\(exchange.body.utf8.count)")
        }
    }

    @Test("delay: the reply comes late, and is complete")
    func delay() async throws {
        let (exchange, accepted) = try await Self.strike(.delay(seconds: 0.7))
        #expect(exchange.head.first == "HTTP/1.1 200 OK")
        #expect(exchange.seconds >= 0.7)
        #expect(accepted == 1)
    }

    @Test("refuse: this connection is reset, new ones are refused for a while, then requests work again")
    func refuse() async throws {
        let rule = FaultRule("fal.run", .refuse(seconds: 4), count: 1)
        try await RunningEmulator.with({ $0.faults = FaultFile(rules: [rule]) }) { running in
            let port = running.emulator.port
            let first = await RawExchange.make(port: port, Self.request())
            #expect(first.end == .reset)
            #expect(first.received.isEmpty)
            let second = await RawExchange.make(port: port, Self.request())
            #expect(second.end == .refused)
            #expect(await running.emulator.ledger.isEmpty)
            var third = second
            try await eventually("the port opens again") {
                third = await RawExchange.make(port: port, Self.request())
                return third.end != .refused
            }
            #expect(third.head.first == "HTTP/1.1 200 OK")
        }
    }

    @Test(
        "reset: RST at the moment in the rule, before or after the request was accepted",
        arguments: [
            (Fault.ResetMoment.duringRequest, 0), (.beforeHeaders, 0), (.afterAccept, 1), (.inHeaders, 1),
            (.inBody, 1),
        ])
    func reset(_ moment: Fault.ResetMoment, _ expected: Int) async throws {
        let (exchange, accepted) = try await Self.strike(.reset(moment))
        #expect(exchange.end == .reset)
        #expect(accepted == expected)
        switch moment {
        case .duringRequest, .beforeHeaders, .afterAccept: #expect(exchange.received.isEmpty)
        case .inHeaders:
            // A reset may overtake bytes written before it.
            #expect(!exchange.text.contains("\r\n\r\n"))
        case .inBody:
            if !exchange.received.isEmpty {
                let length = try #require(exchange.header("Content-Length").flatMap { Int($0) })
                #expect(exchange.body.utf8.count < length)
            }
        }
    }

    @Test("slow-read: the request takes as long as its bytes at that rate")
    func slowRead() async throws {
        let fast = try await Self.strike(.delay(seconds: 0), request: Self.request(padding: 400_000))
        let slow = try await Self.strike(
            .slowRead(bytesPerSecond: 400_000), request: Self.request(padding: 400_000))
        #expect(slow.exchange.head.first == "HTTP/1.1 200 OK")
        let (long, short) = (
            slow.exchange.seconds + slow.exchange.sendingSeconds,
            fast.exchange.seconds + fast.exchange.sendingSeconds
        )
        #expect(long > 0.9)
        #expect(long > short)
    }

    @Test("slow-write: the reply takes as long as its bytes at that rate")
    func slowWrite() async throws {
        let (exchange, _) = try await Self.strike(.slowWrite(bytesPerSecond: 300))
        #expect(exchange.header("Content-Length") == "\(exchange.body.utf8.count)")
        #expect(exchange.seconds >= Double(exchange.body.utf8.count) / 300 * 0.9)
    }

    @Test("truncate: fewer bytes than promised, then the connection closes")
    func truncate() async throws {
        let (exchange, accepted) = try await Self.strike(.truncate(bytes: 10))
        #expect(exchange.body.utf8.count == 10)
        #expect(try #require(exchange.header("Content-Length").flatMap { Int($0) }) > 10)
        #expect(exchange.end == .closed)
        #expect(accepted == 1)
    }

    @Test("oversize: more bytes, by the number in the rule, and also promised")
    func oversize() async throws {
        let (exchange, _) = try await Self.strike(.oversize(bytes: 2_000_000))
        #expect(exchange.body.utf8.count > 2_000_000)
        #expect(exchange.header("Content-Length") == "\(exchange.body.utf8.count)")
    }

    @Test(
        "content-length: wrong by the number in the rule, in both directions, then the connection closes",
        arguments: [100, -7])
    func contentLength(_ offset: Int) async throws {
        let (exchange, _) = try await Self.strike(.contentLength(offBy: offset))
        let promised = try #require(exchange.header("Content-Length").flatMap { Int($0) })
        #expect(promised == exchange.body.utf8.count + offset)
        #expect(exchange.end == .closed)
    }

    @Test("content-type: another type, with the same body")
    func contentType() async throws {
        let (exchange, _) = try await Self.strike(.contentType("text/html"))
        #expect(exchange.header("Content-Type") == "text/html")
        #expect(try JSONValue(parsing: exchange.body.utf8)["seed"] == 1)
    }

    @Test("html: nginx's page, and the request does not reach the provider")
    func html() async throws {
        let (exchange, accepted) = try await Self.strike(.html(status: 502))
        #expect(exchange.head.first == "HTTP/1.1 502 Bad Gateway")
        #expect(exchange.body.contains("<title>502 Bad Gateway</title>"))
        #expect(exchange.body.contains("<center>nginx</center>"))
        #expect(exchange.header("x-fal-request-id") == nil)
        #expect(accepted == 0)
    }

    @Test("invalid-json: a body cut in the middle, with its correct length")
    func invalidJSON() async throws {
        let (exchange, accepted) = try await Self.strike(.invalidJSON)
        #expect(exchange.header("Content-Length") == "\(exchange.body.utf8.count)")
        #expect(exchange.header("Content-Type") == "application/json")
        #expect(throws: (any Error).self) { try JSONValue(parsing: exchange.body.utf8) }
        #expect(accepted == 1)
    }

    @Test(
        "status: an error in the provider's own form, and the request is not accepted",
        arguments: [401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504])
    func status(_ status: Int) async throws {
        let (exchange, accepted) = try await Self.strike(.status(status, retryAfter: nil, accepted: false))
        #expect(exchange.head.first?.hasPrefix("HTTP/1.1 \(status) ") == true)
        #expect(try JSONValue(parsing: exchange.body.utf8)["detail"] != nil)
        #expect(exchange.header("Retry-After") == nil)
        #expect(accepted == 0)
    }

    @Test("status with accepted: the request is accepted and billed, the reply denies it")
    func statusAfterAcceptance() async throws {
        try await RunningEmulator.with({
            $0.faults = FaultFile(rules: [FaultRule("fal.run", .status(504, retryAfter: nil, accepted: true))]
            )
        }) { running in
            let exchange = await RawExchange.make(port: running.emulator.port, Self.request())
            #expect(exchange.head.first?.hasPrefix("HTTP/1.1 504 ") == true)
            #expect(await running.emulator.ledger.map(\.state) == [.billed])
        }
    }

    @Test(
        "Retry-After: seconds, fractions, nonsense and empty values are sent as the rule has them",
        arguments: ["2", "0", "0.5", "-1", "soon", "99999999999999999999"])
    func retryAfter(_ text: String) async throws {
        let (exchange, _) = try await Self.strike(.status(429, retryAfter: text, accepted: false))
        #expect(exchange.header("Retry-After") == text)
    }

    @Test("Retry-After as a date: that number of seconds ahead, in the form of RFC 9110")
    func retryAfterDate() async throws {
        let (exchange, _) = try await Self.strike(.status(429, retryAfter: "date:90", accepted: false))
        let text = try #require(exchange.header("Retry-After"))
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = try #require(formatter.date(from: text))
        #expect((80...91).contains(date.timeIntervalSinceNow))
    }

    @Test("answer: the rule's own status, headers and body, word for word")
    func answer() async throws {
        let (exchange, accepted) = try await Self.strike(
            .answer(status: 418, headers: ["X-Pot": "tea"], body: "short and stout"))
        #expect(exchange.head.first?.hasPrefix("HTTP/1.1 418 ") == true)
        #expect(exchange.header("X-Pot") == "tea")
        #expect(exchange.body == "short and stout")
        #expect(accepted == 0)
    }

    @Test("job-hangs: a synchronous call never gets a reply")
    func hangs() async throws {
        let (exchange, accepted) = try await Self.strike(.jobHangs, waiting: 1)
        #expect(exchange.end == .open)
        #expect(exchange.received.isEmpty)
        #expect(accepted == 1)
    }

    @Test("job-fails, moderated, job-vanishes and job-hangs, in the queue")
    func jobs() async throws {
        let rules = [
            FaultRule("fal.submit", .jobFails, prompt: "fails"),
            FaultRule("fal.submit", .moderated, prompt: "moderated"),
            FaultRule("fal.submit", .jobVanishes, prompt: "vanishes"),
            FaultRule("fal.submit", .jobHangs, prompt: "hangs"),
        ]
        try await RunningEmulator.with({ $0.faults = FaultFile(rules: rules) }) { running in
            for (prompt, status, type) in [
                ("it fails", 500, "internal_server_error"),
                ("it is moderated", 422, "content_policy_violation"),
            ] {
                let handle = try await running.submit(try Fal.body(["prompt": .string(prompt)])).json
                let done = try await running.completion(of: handle)
                #expect(done.status == 200)
                #expect(try done.json["status"] == "COMPLETED")
                #expect(try done.json["error_type"]?.string == type)
                let result = try await running.call(
                    "GET", try #require(handle["response_url"]?.string), headers: [Fal.key])
                #expect(result.status == status)
            }
            let vanished = try await running.submit(try Fal.body(["prompt": "it vanishes"])).json
            let missing = try await running.completion(of: vanished)
            #expect(missing.status == 404)
            #expect(try missing.json == ["status": "NOT_FOUND"])
            let hanging = try await running.submit(try Fal.body(["prompt": "it hangs"])).json
            // A later job is completed.
            let later = try await running.submit(try Fal.body()).json
            #expect(try await running.completion(of: later).status == 200)
            let status = try await running.call(
                "GET", try #require(hanging["status_url"]?.string), headers: [Fal.key])
            #expect(status.status == 202)
            // The vanished job is billed once its image is made.
            try await eventually("the job is billed") { await running.emulator.ledger[2].state != .accepted }
            #expect(
                await running.emulator.ledger.map(\.state)
                    == [.released, .released, .billed, .accepted, .billed])
        }
    }

    @Test("a result that is gone, cut short, not an image, or redirected to a private address")
    func downloads() async throws {
        try await RunningEmulator.with { running in
            let result = try await running.run(try Fal.body()).json
            let url = try #require(result["images"]?[0]?["url"]?.string)
            func fetch(_ fault: Fault) async throws -> RawExchange {
                await running.emulator.setFaults([FaultRule("*.download", fault)])
                let path = url.dropFirst("http://127.0.0.1:\(running.emulator.port)".count)
                return await RawExchange.make(
                    port: running.emulator.port,
                    "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(running.emulator.port)\r\nConnection: close\r\n\r\n"
                )
            }
            let gone = try await fetch(.status(404, retryAfter: nil, accepted: false))
            #expect(gone.head.first == "HTTP/1.1 404 Not Found")
            let short = try await fetch(.truncate(bytes: 1000))
            let promised = try #require(short.header("Content-Length").flatMap { Int($0) })
            #expect(promised > 1000)
            #expect(short.end == .closed)
            let text = try await fetch(.notAnImage)
            #expect(text.header("Content-Type") == "image/png")
            #expect(text.body.contains("<html>"))
            let led = try await fetch(.redirect(location: FaultRule.privateAddress))
            #expect(led.head.first == "HTTP/1.1 302 Found")
            #expect(led.header("Location") == "http://169.254.169.254/latest/meta-data/")
        }
    }
}
#endif
