import SeedreamClient
import Testing

@Suite("addresses allowed for an input's URL")
struct AddressPolicyTests {
    /// Refused addresses, with the reason.
    static let refusedAddresses: [(host: String, reason: String)] =
        ([
            ("0.0.0.0", "unspecified"), ("0.1.2.3", "unspecified"), ("0.255.255.255", "unspecified"),
            ("10.0.0.0", "private"), ("10.0.0.1", "private"), ("10.255.255.255", "private"),
            ("100.64.0.0", "carrier-grade NAT"), ("100.100.100.200", "carrier-grade NAT"),
            ("100.127.255.255", "carrier-grade NAT"),
            ("127.0.0.0", "loopback"), ("127.0.0.1", "loopback"), ("127.1.2.3", "loopback"),
            ("127.255.255.255", "loopback"),
            ("169.254.0.0", "link-local"), ("169.254.169.254", "link-local"), ("169.254.170.2", "link-local"),
            ("169.254.255.255", "link-local"),
            ("172.16.0.0", "private"), ("172.20.1.1", "private"), ("172.31.255.255", "private"),
            ("192.0.0.0", "reserved"), ("192.0.0.192", "reserved"), ("192.0.0.255", "reserved"),
            ("192.0.2.0", "documentation"), ("192.0.2.255", "documentation"),
            ("192.88.99.0", "6to4"), ("192.88.99.255", "6to4"),
            ("192.168.0.0", "private"), ("192.168.1.1", "private"), ("192.168.255.255", "private"),
            ("198.18.0.0", "benchmarking"), ("198.19.255.255", "benchmarking"),
            ("198.51.100.0", "documentation"), ("198.51.100.255", "documentation"),
            ("203.0.113.0", "documentation"), ("203.0.113.255", "documentation"),
            ("224.0.0.0", "multicast"), ("239.255.255.255", "multicast"),
            ("240.0.0.0", "reserved"), ("255.255.255.254", "reserved"), ("255.255.255.255", "broadcast"),
            ("[::]", "unspecified"), ("[::1]", "loopback"), ("[0:0:0:0:0:0:0:1]", "loopback"),
            ("[::2]", "not a global unicast address"), ("[::7f00:1]", "not a global unicast address"),
            ("[::127.0.0.1]", "not a global unicast address"), ("[::ffff:127.0.0.1]", "mapped from IPv4"),
            ("[::ffff:7f00:1]", "mapped from IPv4"), ("[::ffff:169.254.169.254]", "mapped from IPv4"),
            ("[::ffff:8.8.8.8]", "mapped from IPv4"),
            ("[::ffff:0:127.0.0.1]", "not a global unicast address"),
            ("[64:ff9b::a9fe:a9fe]", "NAT64"), ("[64:ff9b::127.0.0.1]", "NAT64"),
            ("[64:ff9b::808:808]", "NAT64"), ("[64:ff9b:1::1]", "NAT64"),
            ("[100::1]", "not a global unicast address"), ("[1fff::1]", "not a global unicast address"),
            ("[2001::1]", "reserved"), ("[2001:0:53aa:64c::1]", "reserved"), ("[2001:10::1]", "reserved"),
            ("[2001:20::1]", "reserved"), ("[2001:1ff:ffff::1]", "reserved"),
            ("[2001:db8::1]", "documentation"), ("[2001:db8:ffff::1]", "documentation"),
            ("[2002::1]", "6to4"), ("[2002:7f00:1::]", "6to4"), ("[2002:a9fe:a9fe::1]", "6to4"),
            ("[3fff::1]", "documentation"), ("[3fff:fff::1]", "documentation"),
            ("[4000::1]", "not a global unicast address"), ("[5f00::1]", "not a global unicast address"),
            ("[fc00::1]", "private"), ("[fd00:ec2::254]", "private"), ("[fdff::1]", "private"),
            ("[fe80::1]", "link-local"), ("[febf::1]", "link-local"),
            ("[fec0::1]", "not a global unicast address"), ("[feff::1]", "not a global unicast address"),
            ("[ff00::1]", "multicast"), ("[ff02::1]", "multicast"), ("[FF0E::1]", "multicast"),
        ] as [(String, String)]).map { ($0, "(\($1))") }

    /// Hosts that a resolver might read as an address, refused without a look-up.
    static let refusedSpellings: [(host: String, reason: String)] =
        [
            "2130706433", "3232235521", "2852039166", "017700000001", "0x7f000001", "0X7F000001",
            "0x7f.0.0.1",
            "0177.0.0.1", "127.0.0.01", "127.1", "127.0.1", "10.1", "0", "1", "0x", "0xA9FEA9FE",
            "169.254.43518",
            "0251.0376.0251.0376", "127.0.0.1.", "127.0.0.256", "256.256.256.256", "1.2.3.4.5", "1.2.3",
            "localhost.1", "example.0x1", "4294967296", "99999999999999999999", "00000000.0.0.0", "8.8.8.8.",
            ".", "a..", "1.2.3.4.0x5",
        ].map { ($0, "expected a name or four decimal numbers") }

    @Test("a host that is not a public address in its usual spelling is refused without a look-up")
    func refused() async throws {
        let refusedHosts = Self.refusedAddresses + Self.refusedSpellings
        #expect(refusedHosts.count >= 100)
        let transport = FakeTransport { _, _ in IncomingReply(200, "never") }
        let fetcher = GuardedFetcher(
            transport,
            resolver: NameResolver { host in
                Issue.record("\(host) was looked up")
                return [.v4(0x0808_0808)]
            })
        for (host, reason) in refusedHosts {
            for scheme in ["http", "https"] {
                let error = await #expect(throws: FetchError.self, "\(host)") {
                    try await fetcher.bytes("\(scheme)://\(host)/x.png?key=secret", .input())
                }
                #expect(error?.kind == .forbidden, "\(host)")
                #expect(error?.description.contains(reason) == true, "\(host): \(error?.description ?? "")")
                #expect(error?.description.contains("secret") == false)
            }
        }
        #expect(transport.requests.all.isEmpty)
    }

    /// URLs that are never fetched.
    @Test(
        "anything but an http or https URL is refused",
        arguments: [
            "", "x", "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "//example.com/",
            "http:/example.com", "http://", "https:///x", "http://user@example.com/",
            "http://user:pw@example.com/", "http://example.com@127.0.0.1/", "http://127.0.0.1#@example.com/ ",
            "http://exa mple.com/", "http://example.com:0/", "http://example.com:65536/",
            "http://example.com:80:80/", "http://[::1/", "http://[::1%25lo]/", "http://exämple.com/",
            "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://example.com\\@127.0.0.1/",
            "http://%31%32%37.1/",
            "javascript:alert(1)", "data:image/png;base64,AAAA", "http://example.com\r\nHost: x/",
        ])
    func noURL(_ text: String) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "never") }
        let error = await #expect(throws: FetchError.self) {
            try await GuardedFetcher(transport).bytes(text, .input())
        }
        #expect(error?.kind == .url)
        #expect(transport.requests.all.isEmpty)
    }

    /// Public addresses, including the neighbours of refused ones.
    static let allowedHosts = [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "[2000::1]", "[2001:200::1]", "[2001:4860:4860::8888]", "[2001:db7:ffff::1]", "[2001:db9::1]",
        "[2003::1]", "[2606:4700:4700::1111]", "[2a00:1450:4001::1]", "[3ffe:ffff::1]", "[3fff:1000::1]",
    ]

    @Test("a public address is contacted, and pinned", arguments: allowedHosts)
    func allowed(_ host: String) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        let bytes = try await GuardedFetcher(transport).bytes("https://\(host)/x.png", .input())
        #expect(bytes == Array("picture".utf8))
        let pinned = transport.requests.all.first?.pinnedAddress
        #expect(pinned.flatMap(IPAddress.init) == IPAddress(String(host.filter { !"[]".contains($0) })))
        #expect(pinned != nil)
    }

    @Test("a name is contacted at the checked address, and refused if any of its addresses is forbidden")
    func names() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        func fetch(_ addresses: [String]) async throws -> [UInt8] {
            try await GuardedFetcher(
                transport, resolver: NameResolver { _ in addresses.compactMap { IPAddress($0) } }
            ).bytes("https://a.example/x", .input())
        }
        #expect(try await fetch(["93.184.216.34", "2606:4700::1"]) == Array("picture".utf8))
        #expect(transport.requests.all.map(\.pinnedAddress) == ["93.184.216.34"])
        for (host, _) in Self.refusedAddresses {
            let address = try #require(IPAddress(String(host.filter { !"[]".contains($0) })), "\(host)")
            for list in [["\(address)"], ["93.184.216.34", "\(address)"], ["\(address)", "93.184.216.34"]] {
                let error = await #expect(throws: FetchError.self, "\(address)") { try await fetch(list) }
                #expect(error?.kind == .forbidden)
            }
        }
        #expect(transport.requests.all.count == 1)
    }

    @Test(
        "addresses are read strictly, and written as in RFC 5952",
        arguments: [
            ("1.2.3.4", "1.2.3.4"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::1", "::1"),
            ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("01.2.3.4", nil),
            ("1.2.3", nil), ("1.2.3.4.", nil), ("1.2.3.400", nil), (" 1.2.3.4", nil), ("+1.2.3.4", nil),
            ("fe80::1%eth0", nil), ("1::2::3", nil), ("", nil), ("٣.2.3.4", nil),
        ] as [(String, String?)])
    func reading(_ text: String, _ written: String?) { #expect(IPAddress(text)?.description == written) }
}
