#if Emulator
import Cryptography
import SeedreamModel
import Foundation
import SeedreamEmulator
import Testing

/// Malicious clients, and rare behaviour of others.
@Suite("hostile clients")
struct HostileClientTests {
    private static let cheap: JSONValue = ["prompt": "x", "image_size": ["width": 960, "height": 960]]
    private static let edit: JSONValue = ["prompt": "x", "image_urls": ["http://example.test/a.png"]]

    private static func raw(
        _ running: RunningEmulator, _ request: String, waiting seconds: Double = 3
    ) async -> RawExchange {
        await RawExchange.make(port: running.emulator.port, request, waiting: seconds)
    }

    private static func get(_ path: String) -> String {
        "GET /\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Key k\r\nConnection: close\r\n\r\n"
    }

    /// Headers that a browser sends for a page's request. `PORT` is the emulator's port.
    private static let pages: [(fields: [(String, String)], isOwn: Bool)] = [
        ([("Origin", "http://evil.test")], false), ([("Origin", "null")], false), ([("Origin", "")], false),
        ([("Origin", "http://127.0.0.1.evil.test")], false), ([("Origin", "http://127.0.0.1:1")], false),
        ([("Origin", "http://localhost:8080")], false), ([("Origin", "http://127.0.0.1")], false),
        ([("Origin", "http://127.0.0.1:PORT@evil.test")], false),
        ([("Origin", "http://localhost:1@evil.test")], false),
        ([("Origin", "https://127.0.0.1:PORT")], false), ([("Origin", "http://localhost:PORT")], false),
        ([("Origin", "http://127.0.0.1:PORT"), ("Origin", "http://evil.test")], false),
        ([("Origin", "http://127.0.0.1:PORT/")], false),
        ([("Sec-Fetch-Site", "cross-site")], false), ([("Sec-Fetch-Site", "same-site")], false),
        (
            [
                ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ], false
        ),
        ([("Origin", "http://127.0.0.1:PORT"), ("Sec-Fetch-Site", "cross-site")], false),
        ([("Origin", "http://127.0.0.1:PORT")], true), ([("Sec-Fetch-Site", "none")], true),
        ([("Origin", "http://127.0.0.1:PORT"), ("Sec-Fetch-Site", "same-origin")], true), ([], true),
    ]

    @Test(
        "only the emulator's own page reaches a control path, and no page of another port", arguments: pages)
    func webPages(_ fields: [(String, String)], _ isOwn: Bool) async throws {
        try await RunningEmulator.with { running in
            _ = try await running.run(Self.cheap, model: Fal.textToImage)
            let named = fields.map {
                ($0.0, $0.1.replacingOccurrences(of: "PORT", with: "\(running.emulator.port)"))
            }
            for path in ["_emulator/faults", "_emulator/reset"] {
                let reply = try await running.call(
                    "POST", path, headers: named, body: Array(#"{"rules":[]}"#.utf8))
                #expect(reply.status == (isOwn ? 200 : 404), "\(path)")
            }
            #expect(await running.emulator.ledger.count == (isOwn ? 0 : 1))
        }
    }

    /// Host headers, and whether the emulator serves them.
    private static let hosts: [(host: String, isHere: Bool)] = [
        ("127.0.0.1", true), ("127.0.0.1:80", true), ("localhost:1", true), ("LOCALHOST", true),
        ("[::1]:8080", true), ("evil.test", false), ("localhost.evil.test", false),
        ("localhost:1@evil.test", false), ("user@localhost", false), ("127.0.0.1:80:80", false),
        ("127.0.0.1:x", false), ("[::1]evil.test", false), ("[::1", false), ("127.0.0.1.nip.io", false),
        ("2130706433", false), ("", false),
    ]

    @Test("a host that is neither this machine nor a provider reaches nothing, on any path", arguments: hosts)
    func hostOfRequest(_ host: String, _ isHere: Bool) async throws {
        try await RunningEmulator.with { running in
            for path in ["", "_emulator/ledger", "fal/rest/.well-known/jwks.json"] {
                let exchange = await Self.raw(
                    running, "GET /\(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                let status = exchange.head.first?.split(separator: " ").dropFirst().first ?? ""
                #expect((status == "200") == isHere, "\(path): \(status)")
            }
        }
    }

    @Test("a link from elsewhere opens the page, which runs only its own script and refuses frames")
    func navigation() async throws {
        try await RunningEmulator.with { running in
            let page = try await running.call(
                "GET", "",
                headers: [
                    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"),
                    ("Sec-Fetch-Dest", "document"),
                ])
            #expect(page.status == 200)
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
            #expect(policy.hasSuffix("frame-ancestors 'none'"))
            #expect(page.header("X-Content-Type-Options") == "nosniff")
            // The digest is that of the script in the page.
            let script = try #require(page.text.components(separatedBy: "<script>").last)
                .components(separatedBy: "</script>")[0]
            let digest = Data(SHA256Digest(Array(script.utf8)).bytes).base64EncodedString()
            #expect(policy.contains("'sha256-\(digest)'"))
        }
    }

    @Test("an uploaded web page is served in a form that no browser runs")
    func uploadedPage() async throws {
        try await RunningEmulator.with { running in
            let token = try await running.call(
                "POST", "fal/rest/storage/auth/token?storage_type=fal-cdn-v3", headers: [Fal.key], json: [:])
            let upload = try await running.call(
                "POST", "fal/cdn/files/upload",
                headers: [
                    ("Authorization", "Bearer \(try token.json["token"]?.string ?? "")"),
                    ("Content-Type", "text/html"), ("X-Fal-File-Name", "../../page.html"),
                ], body: Array("<script>alert(1)</script>".utf8))
            let url = try #require(try upload.json["access_url"]?.string)
            #expect(!url.contains(".._..") || !url.contains("/../"))
            let file = try await running.call("GET", url)
            #expect(file.header("Content-Security-Policy") == "sandbox")
            #expect(file.header("X-Content-Type-Options") == "nosniff")
        }
    }

    @Test("text from clients is shown as text on the page, never as markup")
    func injection() async throws {
        try await RunningEmulator.with { running in
            _ = try await running.run(
                ["prompt": "<script>alert(1)</script>", "<b>": "</td>'\""],
                model: "\(Fal.edit)?%22%3E<img%20src=x>")
            let page = try await running.call("GET", "").text
            #expect(!page.contains("<script>alert"))
            #expect(!page.contains("<img src=x"))
            #expect(!page.contains("<b>\"") && !page.contains("</td>'"))
            #expect(page.contains("&lt;script&gt;alert(1)"))
        }
    }

    @Test("a control path replies to 100-continue, and refuses a large body with 413")
    func controlBodies() async throws {
        try await RunningEmulator.with { running in
            let head = "PUT /_emulator/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            let waiting = await Self.raw(
                running, head + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n{\"rules\":[]}")
            #expect(waiting.text.hasPrefix("HTTP/1.1 100 Continue"))
            #expect(waiting.text.contains("HTTP/1.1 200 OK"))
            let large = try await running.call(
                "PUT", "_emulator/faults", body: [UInt8](repeating: 32, count: 2_000_000))
            #expect(large.status == 413)
        }
    }

    @Test("tunnels within tunnels are refused")
    func tunnels() async throws {
        try await RunningEmulator.with({ $0.usesTLS = true }) { running in
            let many = String(repeating: "CONNECT fal.run:443 HTTP/1.1\r\n\r\n", count: 2000)
            let exchange = await Self.raw(running, many, waiting: 1)
            #expect(exchange.text.components(separatedBy: "200 Connection established").count <= 2)
            let health = try await running.call("GET", "_emulator/health")
            #expect(health.status == 200)
        }
    }

    @Test("jobs that never end do not stop the queue for others")
    func hangingJobs() async throws {
        let rule = FaultRule("fal.submit", .jobHangs, count: 5)
        try await RunningEmulator.with({ $0.faults = FaultFile(rules: [rule]) }) { running in
            for _ in 0..<5 { _ = try await running.submit(Self.edit) }
            let other = try await running.result(of: Self.edit)
            #expect(other.status == 200)
        }
    }

    @Test("a rule ends a stream of job states in the middle")
    func streams() async throws {
        try await RunningEmulator.with { running in
            let handle = try await running.submit(Self.edit).json
            _ = try await running.completion(of: handle)
            let path = try #require(handle["status_url"]?.string).split(separator: "/", maxSplits: 2)[2]
            let request = Self.get(String(path) + "/stream")
            func strike(_ fault: Fault) async -> RawExchange {
                await running.emulator.setFaults([FaultRule("fal.status-stream", fault)])
                return await Self.raw(running, request)
            }
            let whole = await strike(.delay(seconds: 0))
            #expect(whole.head.first == "HTTP/1.1 200 OK")
            #expect(whole.text.hasSuffix("0\r\n\r\n"))

            let unheard = await strike(.reset(.afterAccept))
            #expect(unheard.end == .reset && unheard.received.isEmpty)
            let headless = await strike(.reset(.inHeaders))
            #expect(headless.end == .reset && headless.text.hasPrefix("HTTP/1.1 200"))
            #expect(!headless.text.contains("\r\n\r\n"))
            let half = await strike(.reset(.inBody))
            #expect(half.end == .reset && half.body.contains("data: {"))
            #expect(!half.body.contains("}\n\n"))
            let short = await strike(.truncate(bytes: 20))
            #expect(short.end == .closed)
            #expect(short.body.hasPrefix("14\r\ndata: {"))
            #expect(!short.text.hasSuffix("0\r\n\r\n"))
            let none = await strike(.truncate(bytes: 0))
            #expect(none.end == .closed && none.body.isEmpty)
            let slow = await strike(.slowWrite(bytesPerSecond: 400))
            #expect(slow.text.hasSuffix("0\r\n\r\n"))
            #expect(slow.seconds > 0.5)
        }
    }

    @Test("a HEAD request under a rule that cuts the reply has no body")
    func cutHead() async throws {
        try await RunningEmulator.with { running in
            let result = try await running.run(Self.cheap, model: Fal.textToImage)
            let url = try #require(try result.json["images"]?[0]?["url"]?.string)
            let path = String(url.split(separator: "/", maxSplits: 2)[2])
            await running.emulator.setFaults([FaultRule("fal.download", .truncate(bytes: 100))])
            let head = await Self.raw(
                running, Self.get(path).replacing("GET /", with: "HEAD /", maxReplacements: 1))
            #expect(head.head.first == "HTTP/1.1 200 OK")
            #expect(head.body.isEmpty)
        }
    }

    @Test("AIML's results are downloads of AIML's, fal's are fal's")
    func downloads() async throws {
        try await RunningEmulator.with { running in
            await running.emulator.setFaults([
                FaultRule("aiml.download", .status(503, retryAfter: nil, accepted: false))
            ])
            let aiml = try await running.call(
                "POST", "aiml/v1/images/generations", headers: [("Authorization", "Bearer k")],
                json: ["model": "bytedance/seedream-v4-text-to-image", "prompt": "x"])
            let fal = try await running.run(Self.cheap, model: Fal.textToImage)
            let urls = [try aiml.json["data"], try fal.json["images"]].map { $0?[0]?["url"]?.string ?? "" }
            #expect(try await running.call("GET", urls[0]).status == 503)
            #expect(try await running.call("GET", urls[1]).status == 200)
            let log = await running.emulator.requests.suffix(2)
            #expect(log.map(\.operation) == ["aiml.download", "fal.download"])
            #expect(log.map(\.provider) == [.aiml, .fal])
        }
    }
}
#endif
