#if Emulator
import SeedreamModel
import SeedreamEmulator
import Testing

/// Malicious numbers. The emulator replies to each, and keeps running.
@Suite("hostile numbers")
struct HostileNumberTests {
    private static let picture: JSONValue = ["http://example.test/a.png"]

    /// Makes a call, and another one that must be answered.
    private static func answer(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in },
        _ call: (RunningEmulator) async throws -> Reply
    ) async throws -> Reply {
        try await RunningEmulator.with(change) { running in
            let reply = try await call(running)
            #expect(try await running.call("GET", "_emulator/health").status == 200)
            return reply
        }
    }

    @Test(
        "a start timeout that is not a time is refused",
        arguments: ["nan", "inf", "-inf", "1e999", "-1", "0", "soon", ""])
    func timeouts(_ text: String) async throws {
        let reply = try await Self.answer {
            try await $0.submit(
                ["prompt": "x", "image_urls": Self.picture], headers: [("X-Fal-Request-Timeout", text)])
        }
        #expect(reply.status == 400)
    }

    @Test("a very long start timeout never expires", arguments: ["1e300", "1e18", "9e99"])
    func eternity(_ text: String) async throws {
        let reply = try await Self.answer {
            try await $0.submit(
                ["prompt": "x", "image_urls": Self.picture], headers: [("X-Fal-Request-Timeout", text)])
        }
        #expect(reply.status == 200)
    }

    @Test(
        "counts beyond every range are refused before any arithmetic",
        arguments: [(Int.max, Int.max), (Int.min, 2), (6, Int.min), (1 << 62, 4)])
    func counts(_ pictures: Int, _ each: Int) async throws {
        let reply = try await Self.answer {
            try await $0.run([
                "prompt": "x", "image_urls": Self.picture, "num_images": .integer(pictures),
                "max_images": .integer(each),
            ])
        }
        #expect(reply.status == 422)
    }

    @Test("sizes whose area overflows are refused by every provider")
    func areas() async throws {
        let size: JSONValue = ["width": .integer(Int.max), "height": .integer(Int.max)]
        let fal = try await Self.answer {
            try await $0.run(["prompt": "x", "image_size": size], model: Fal.textToImage)
        }
        #expect(fal.status == 422)
        let bearer = ("Authorization", "Bearer k")
        let router = try await Self.answer {
            try await $0.call(
                "POST", "onerouter/v1/images/generations", headers: [bearer],
                json: ["model": "m", "prompt": "x", "image_size": size])
        }
        #expect(router.status == 400)
        let ark = try await Self.answer {
            try await $0.call(
                "POST", "ark/api/v3/images/generations", headers: [bearer],
                json: [
                    "model": "seedream-4-0-250828", "prompt": "x",
                    "size": "9223372036854775807x9223372036854775807",
                ])
        }
        #expect(ark.status == 400)
    }

    @Test("a size that no encoder can write is refused, without an internal error", arguments: [true, false])
    func slivers(_ isWide: Bool) async throws {
        let (width, height) = isWide ? (16_777_216, 1) : (1, 16_777_216)
        let size: JSONValue = ["width": .integer(width), "height": .integer(height)]
        let fal = try await Self.answer {
            try await $0.run(["prompt": "x", "image_size": size], model: Fal.textToImage)
        }
        #expect(fal.status == 400)
        #expect(try fal.json["detail"]?[0]?["type"] == "downstream_service_error")
        let router = try await Self.answer {
            try await $0.call(
                "POST", "onerouter/v1/images/generations", headers: [("Authorization", "Bearer k")],
                json: ["model": "m", "prompt": "x", "image_size": size])
        }
        #expect(try router.json["error"]?["param"] == "image_size")
    }

    @Test("OneRouter refuses unlimited sets")
    func endless() async throws {
        for (count, status) in [(16, 400), (Int.max, 400), (0, 400)] {
            let reply = try await Self.answer {
                try await $0.call(
                    "POST", "onerouter/v1/images/generations", headers: [("Authorization", "Bearer k")],
                    json: ["model": "m", "prompt": "x", "n": .integer(count)])
            }
            #expect(reply.status == status)
            #expect(try reply.json["error"]?["param"] == "n")
        }
    }

    @Test(
        "lifetimes that are endless, negative or not numbers cause no failure",
        arguments: ["1e300", "-1e300", "0", "1e999", "\"soon\"", "null"])
    func lifetimes(_ text: String) async throws {
        let reply = try await Self.answer {
            try await $0.call(
                "POST", "fal/run/\(Fal.textToImage)",
                headers: [
                    Fal.key,
                    ("X-Fal-Object-Lifecycle-Preference", "{\"expiration_duration_seconds\":\(text)}"),
                ],
                json: ["prompt": "x", "image_size": ["width": 960, "height": 960]])
        }
        #expect(reply.status == 200)
    }

    @Test(
        "rules with senseless numbers are refused",
        arguments: [
            #""fault":"delay","seconds":1e300"#, #""fault":"delay","seconds":-1"#,
            #""fault":"refuse","seconds":1e300"#, #""fault":"slow-write","bytesPerSecond":0"#,
            #""fault":"slow-read","bytesPerSecond":-3"#, #""fault":"truncate","bytes":-1"#,
            #""fault":"oversize","bytes":9223372036854775807"#,
            #""fault":"content-length","offBy":9223372036854775807"#, #""fault":"html","status":-5"#,
            #""fault":"html","status":100"#, #""fault":"answer","status":1000"#,
            #""fault":"answer","status":101"#, #""fault":"status","status":199"#,
            #""fault":"status","status":429,"retryAfter":"date:nan""#,
            #""fault":"status","status":429,"retryAfter":"date:1e300""#,
        ])
    func rules(_ members: String) async throws {
        let reply = try await Self.answer {
            try await $0.call(
                "PUT", "_emulator/faults",
                body: Array("{\"rules\":[{\"operation\":\"fal.jwks\",\(members)}]}".utf8))
        }
        #expect(reply.status == 400)
        #expect(reply.text.contains("expected"))
    }

    @Test(
        "rules set by a test with such numbers do not crash the process",
        arguments: [
            Fault.delay(seconds: .nan), .delay(seconds: -.infinity), .slowWrite(bytesPerSecond: Int.min),
            .slowRead(bytesPerSecond: 0), .truncate(bytes: Int.min), .oversize(bytes: Int.min),
            .contentLength(offBy: Int.max), .contentLength(offBy: Int.min), .html(status: -5),
            .html(status: 5000), .answer(status: Int.max, headers: [:], body: ""),
            .status(.min, retryAfter: "date:nan", accepted: true), .refuse(seconds: .nan),
        ])
    func ownRules(_ fault: Fault) async throws {
        try await RunningEmulator.with({
            $0.faults = FaultFile(rules: [FaultRule("fal.jwks", fault, count: 1)])
        }) { running in
            _ = await RawExchange.make(
                port: running.emulator.port,
                "GET /fal/rest/.well-known/jwks.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                waiting: 1)
            let health = try await running.call("GET", "_emulator/health")
            #expect(health.status == 200)
        }
    }

    @Test("settings made by a test that are not times do not crash the process")
    func ownSettings() async throws {
        let reply = try await Self.answer({
            $0.queueTime = .nan
            $0.generationTime = -.infinity
            $0.resultLifetime = .nan
        }) {
            try await $0.run(
                ["prompt": "x", "image_size": ["width": 960, "height": 960]], model: Fal.textToImage)
        }
        #expect(reply.status == 200)
    }

    @Test("deeply nested JSON gets a reply")
    func nesting() async throws {
        for depth in [400, 100_000] {
            let text =
                "{\"prompt\":\"x\",\"a\":" + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}"
            let reply = try await Self.answer {
                try await $0.call(
                    "POST", "fal/run/\(Fal.edit)", headers: [Fal.key], body: Array(text.utf8))
            }
            #expect(reply.status == 422)
        }
    }
}
#endif
