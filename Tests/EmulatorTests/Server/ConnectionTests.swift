#if Emulator
import SeedreamModel
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import SeedreamEmulator
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("connections")
struct ConnectionTests {
    private static func get(
        _ url: String, _ emulator: Emulator, throughProxy: Bool, trusting pem: String?
    ) async throws -> (status: Int, text: String) {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        if throughProxy { configuration.proxy = .server(host: "127.0.0.1", port: emulator.port) }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let pem { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))) }
        configuration.tlsConfiguration = tls
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let reply = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
            let body = try await reply.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            return (Int(reply.status.code), String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test("one port takes plain HTTP, TLS, and CONNECT followed by TLS")
    func onePort() async throws {
        try await RunningEmulator.with({ $0.usesTLS = true }) { running in
            let emulator = running.emulator
            let plain = try await running.call("GET", "_emulator/health")
            #expect(plain.status == 200)
            let direct = try await Self.get(
                "https://127.0.0.1:\(emulator.port)/_emulator/health", emulator, throughProxy: false,
                trusting: emulator.certificateAuthority)
            #expect(direct.status == 200)
            let jwks = "https://rest.fal.ai/.well-known/jwks.json"
            let tunnelled = try await Self.get(
                jwks, emulator, throughProxy: true, trusting: emulator.certificateAuthority)
            #expect(tunnelled.status == 200)
            #expect(tunnelled.text.contains("Ed25519"))
        }
    }

    @Test("there is neither page nor control path under the providers' host names")
    func noControl() async throws {
        try await RunningEmulator.with({ $0.usesTLS = true }) { running in
            for path in ["", "_emulator/ledger"] {
                let reply = try await Self.get(
                    "https://fal.run/\(path)", running.emulator, throughProxy: true,
                    trusting: running.emulator.certificateAuthority)
                #expect(reply.status == 404)
            }
            // Nor under another host name that resolves to this machine.
            let other = await RawExchange.make(
                port: running.emulator.port,
                "GET /_emulator/ledger HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n")
            #expect(other.head.first == "HTTP/1.1 404 Not Found")
        }
    }

    @Test("a provider that is not emulated is refused, and never contacted")
    func unknownHost() async throws {
        try await RunningEmulator.with({
            $0.usesTLS = true; $0.providers = [.fal]
        }) { running in
            for host in ["example.com", "localhost", "api.apiframe.ai"] {
                let exchange = await RawExchange.make(
                    port: running.emulator.port, "CONNECT \(host):443 HTTP/1.1\r\nHost: \(host):443\r\n\r\n")
                #expect(exchange.head.first == "HTTP/1.1 403 Forbidden")
                #expect(exchange.body == "the emulator does not emulate \(host)\n")
                #expect(exchange.end == .closed)
            }
        }
    }

    @Test(
        "connections that arrive while the emulator stops, or closes its port, are closed",
        arguments: [false, true])
    func stopped(_ refusesFirst: Bool) async throws {
        // Without a task that serves it, a connection would end the process.
        await #expect(processExitsWith: .success) { [refusesFirst = refusesFirst as Bool] in
            for _ in 0..<20 {
                let sockets = try await RunningEmulator.with { running in
                    let sockets = (0..<64).compactMap { _ in
                        LoopbackSocket.connected(to: running.emulator.port)
                    }
                    if refusesFirst { await running.emulator.refuseConnections(seconds: 60) }
                    return sockets
                }
                #expect(sockets.count == 64)
                var byte = UInt8(0)
                for socket in sockets {
                    #expect(read(socket, &byte, 1) <= 0)
                    close(socket)
                }
            }
        }
    }

    @Test("there is no CONNECT without TLS")
    func withoutTLS() async throws {
        try await RunningEmulator.with { running in
            let exchange = await RawExchange.make(
                port: running.emulator.port, "CONNECT fal.run:443 HTTP/1.1\r\nHost: fal.run:443\r\n\r\n")
            #expect(exchange.head.first == "HTTP/1.1 403 Forbidden")
        }
    }

    @Test("the certificate is only trusted by clients that were told to")
    func untrusted() async throws {
        try await RunningEmulator.with({ $0.usesTLS = true }) { running in
            let port = running.emulator.port
            await #expect(throws: (any Error).self) {
                try await Self.get(
                    "https://127.0.0.1:\(port)/", running.emulator, throughProxy: false, trusting: nil)
            }
            return
        }
    }

    @Test("a body above the limit is refused with 413 in the provider's form")
    func tooLarge() async throws {
        try await RunningEmulator.with({ $0.maximumBody = 10_000 }) { running in
            let reply = try await running.run(try Fal.body())
            #expect(reply.status == 413)
            #expect(try reply.json["detail"] == "Request body is too large")
            #expect(await running.emulator.ledger.isEmpty)
        }
    }

    @Test(
        "invalid HTTP, half a request or an endless request does not affect other clients",
        arguments: [
            "\u{0}\u{1}\u{2}", "GET", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc", "CONNECT fal.run",
            "\u{16}\u{3}\u{1}\u{0}\u{5}hello",
        ])
    func rubbish(_ text: String) async throws {
        try await RunningEmulator.with({ $0.usesTLS = true }) { running in
            _ = await RawExchange.make(port: running.emulator.port, text, waiting: 1)
            let reply = try await running.call("GET", "_emulator/health")
            #expect(reply.status == 200)
        }
    }
}
#endif
