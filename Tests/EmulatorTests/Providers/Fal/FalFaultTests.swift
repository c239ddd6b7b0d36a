#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

@Suite("emulated fal: errors of the gateway and the API")
struct FalFaultTests {
    @Test("replies with nginx's page without an id, which fal_client treats as a request that did not arrive")
    func proxyPage() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("fal.submit", .html(status: 502), count: 1)])
            let reply = try await emulator.submit(try Fal.body())
            #expect(reply.status == 502)
            #expect(reply.header("content-type") == "text/html")
            #expect(reply.text.contains("nginx"))
            #expect(reply.header("x-fal-request-id") == nil)
            #expect(await emulator.emulator.ledger.isEmpty)
            #expect(try await emulator.submit(try Fal.body()).status == 200)
        }
    }

    @Test("replies with its own errors: a text, its type if one is documented, and an id")
    func requestErrors() async throws {
        try await RunningEmulator.with { emulator in
            for (status, type) in [
                (400, "bad_request"), (401, nil), (403, nil), (404, nil), (409, nil), (413, nil),
                (429, "concurrent_requests_limit"), (500, "internal_error"),
                (502, "runner_incomplete_response"), (503, "runner_connection_refused"),
                (504, "request_timeout"),
            ] {
                await emulator.emulator.setFaults([
                    FaultRule("fal.run", .status(status, retryAfter: nil, accepted: false))
                ])
                let reply = try await emulator.run(try Fal.body())
                #expect(reply.status == status)
                #expect(try reply.json["detail"]?.string?.isEmpty == false)
                #expect(try reply.json["error_type"]?.string == type)
                #expect(reply.header("X-Fal-Error-Type") == type)
                #expect(reply.header("x-fal-request-id") != nil)
                #expect(reply.header("X-Fal-needs-retry") == (status == 429 ? "1" : nil))
            }
        }
    }

    @Test("accepts a submission whose reply is lost; sent again, it is a second paid job")
    func lostAnswer() async throws {
        try await RunningEmulator.with { emulator in
            await emulator.emulator.setFaults([FaultRule("fal.submit", .reset(.afterAccept), count: 1)])
            let body = try Fal.body(["image_urls": [try Fal.smallURI()]])
            await #expect(throws: (any Error).self) { try await emulator.submit(body) }
            _ = try await emulator.completion(of: try await emulator.submit(body).json)
            let ledger = await emulator.emulator.ledger
            #expect(ledger.count == 2)
            #expect(Set(ledger.map(\.bodySHA256)).count == 1)
        }
    }
}
#endif
