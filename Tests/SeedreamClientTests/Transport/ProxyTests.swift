#if Client
import Foundation
import HTTPTypes
import SeedreamClient
import TestSupport
import Testing

#if Emulator
import SeedreamEmulator
#endif

@Suite("through a proxy")
struct ProxyTests {
    private static func configuration(_ proxy: String) throws -> TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.proxy = .address(try ProxyAddress(proxy))
        configuration.connectTimeout = 2
        return configuration
    }

    #if Emulator
    @Test("and TLS inside it, a host is reached if its certificate is trusted", arguments: [true, false])
    func tunnel(_ isTrusted: Bool) async throws {
        try await Emulator.with({ $0.usesTLS = true }) { emulator in
            let folder = try TemporaryFolder()
            var configuration = try Self.configuration("http://127.0.0.1:\(emulator.port)")
            if isTrusted {
                configuration.trustRoots = try folder.write(
                    Array(try #require(emulator.certificateAuthority).utf8), as: "ca.pem")
            }
            var request = OutgoingRequest(.get, "https://rest.fal.ai/.well-known/jwks.json?token=secret")
            for needsFresh in [false, true] {
                request.needsFreshConnection = needsFresh
                if isTrusted {
                    let body = try await AsyncHTTPTransportTests.with(configuration) {
                        try await $0.send(request).body.collect()
                    }
                    #expect(String(decoding: body, as: UTF8.self).contains("Ed25519"))
                } else {
                    let error = try await AsyncHTTPTransportTests.failure(request, configuration)
                    #expect(error?.kind == .tls)
                    #expect(
                        error?.message
                            == "rest.fal.ai: the certificate is from an authority that is not trusted here")
                    if needsFresh { #expect(error?.mayHaveArrived == false) }
                }
            }
            #expect(await emulator.requests.count == (isTrusted ? 2 : 0))
        }
    }
    #endif

    @Test("the user and the password go to the proxy alone")
    func credentials() async throws {
        let seen = Recorder<RawPeer.Request>()
        let server = try RawServer { peer, _ in
            guard let connect = peer.readHead() else { return }
            seen.append(connect)
            peer.send("HTTP/1.1 200 Connected\r\n\r\n")
            guard let request = peer.readRequest() else { return }
            seen.append(request)
            peer.reply(200)
        }
        // Plain http also goes through CONNECT.
        let configuration = try Self.configuration("http://me:secret@127.0.0.1:\(server.port)")
        try await AsyncHTTPTransportTests.with(configuration) { transport in
            _ = try await transport.send(OutgoingRequest(.get, "http://inner.example/x"))
        }
        #expect(seen.all.map(\.line) == ["CONNECT inner.example:80 HTTP/1.1", "GET /x HTTP/1.1"])
        let basic = "Basic \(Data("me:secret".utf8).base64EncodedString())"
        #expect(seen.all.map { $0.fields["proxy-authorization"] } == [basic, nil])
    }

    @Test("the proxy is told the pinned address")
    func pinning() async throws {
        let seen = Recorder<String>()
        let server = try RawServer { peer, _ in
            guard let connect = peer.readHead() else { return }
            seen.append(connect.line)
            peer.send("HTTP/1.1 200 Connected\r\n\r\n")
            seen.append(peer.readRequest()?.fields["host"] ?? "none")
            peer.reply(200)
        }
        var request = OutgoingRequest(.get, "http://a.example/x")
        request.pinnedAddress = "93.184.216.34"
        try await AsyncHTTPTransportTests.with(try Self.configuration("127.0.0.1:\(server.port)")) {
            _ = try await $0.send(request)
        }
        #expect(seen.all == ["CONNECT 93.184.216.34:80 HTTP/1.1", "a.example"])
    }

    @Test(
        "a proxy that refuses has passed nothing on, and its password is not shown",
        arguments: [
            (
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                "asks for user and password"
            ),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", "refuses to connect to fal.run"),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "refuses to connect to fal.run"),
            ("SSH-2.0\r\n", "closed the connection before it reached the host"),
            ("", "closed the connection before it reached the host"),
        ])
    func refusing(_ answer: String, _ predicate: String) async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readHead()
            peer.send(answer)
        }
        var request = OutgoingRequest(.post, "https://fal.run/x?token=secret", [1])
        request.needsFreshConnection = true
        let error = try await AsyncHTTPTransportTests.failure(
            request, try Self.configuration("http://me:secret@127.0.0.1:\(server.port)"))
        #expect(error?.kind == .proxy)
        #expect(error?.mayHaveArrived == false)
        #expect(error?.message == "the proxy 127.0.0.1:\(server.port) \(predicate)")
        #expect(error?.hint?.contains("proxy") == true)
    }

    @Test("a proxy whose name has no address is named, with the reason")
    func unknownName() async throws {
        let failure = NameResolver.Failure.noAnswer
        let transport = try AsyncHTTPTransport(
            try Self.configuration("proxy.invalid:3128"), resolver: NameResolver { _ in throw failure })
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(OutgoingRequest(.get, "https://fal.run/x"))
        }
        await transport.shutdown()
        #expect(error?.message == "the proxy proxy.invalid:3128: the name server does not answer")
        #expect(error?.mayHaveArrived == false)
    }

    @Test("a missing proxy has passed nothing on", arguments: [true, false])
    func closed(_ isFresh: Bool) async throws {
        var request = OutgoingRequest(.post, "https://fal.run/x", [1])
        request.needsFreshConnection = isFresh
        let port = try RawServer.closedPort()
        let error = try await AsyncHTTPTransportTests.failure(
            request, try Self.configuration("127.0.0.1:\(port)"))
        #expect(error?.kind == .proxy)
        #expect(error?.message == "the proxy 127.0.0.1:\(port) refused the connection")
        #expect(error?.mayHaveArrived == false)
    }
}
#endif
