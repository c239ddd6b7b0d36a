import SeedreamClient
import Testing

@Suite("proxies")
struct ProxySettingsTests {
    private static func proxy(_ environment: [String: String], _ url: String) throws -> String? {
        let parts = try #require(URLParts(url))
        return try ProxySettings(environment: environment).proxy(for: parts)?.description
    }

    @Test(
        "from the environment: the scheme's own before the common one, lower case before upper",
        arguments: [
            ([:], "https://fal.run/", nil),
            (["https_proxy": "http://p:1"], "https://fal.run/", "http://p:1"),
            (["HTTPS_PROXY": "http://p:1"], "https://fal.run/", "http://p:1"),
            (["https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:2"], "https://fal.run/", "http://p:1"),
            (["http_proxy": "http://p:1"], "https://fal.run/", nil),
            (["http_proxy": "http://p:1"], "http://fal.run/", "http://p:1"),
            (["HTTP_PROXY": "http://p:1"], "http://fal.run/", "http://p:1"),
            (["HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"], "http://fal.run/", nil),
            (["all_proxy": "socks5://p"], "https://fal.run/", "socks5://p:1080"),
            (["ALL_PROXY": "p:3128"], "http://fal.run/", "http://p:3128"),
            (["ALL_PROXY": "http://p:1", "https_proxy": "http://q:2"], "https://fal.run/", "http://q:2"),
            (["https_proxy": ""], "https://fal.run/", nil),
        ] as [([String: String], String, String?)])
    func environment(_ environment: [String: String], _ url: String, _ expected: String?) throws {
        #expect(try Self.proxy(environment, url) == expected)
    }

    @Test(
        "are not used for this machine, or for hosts in NO_PROXY",
        arguments: [
            ("", "https://127.0.0.1:8080/", false), ("", "https://localhost/", false),
            ("", "https://127.9.9.9/", false), ("", "https://[::1]/", false),
            ("", "https://127.fal.run/", true), ("*", "https://fal.run/", false),
            ("fal.run", "https://fal.run/", false), ("fal.run", "https://queue.fal.run/", false),
            ("fal.run", "https://notfal.run/", true), (".fal.run", "https://queue.fal.run/", false),
            ("*.fal.run", "https://queue.fal.run/", false), ("FAL.run", "https://fal.run/", false),
            ("fal.run:443", "https://fal.run/", false), ("fal.run:8443", "https://fal.run/", true),
            ("a, fal.run", "https://fal.run/", false), ("a fal.run", "https://fal.run/", false),
            ("10.0.0.0/8", "https://10.1.2.3/", false), ("10.0.0.0/8", "https://11.1.2.3/", true),
            ("10.1.2.3", "https://10.1.2.3/", false), ("10.1.2.3", "https://10.1.2.4/", true),
            ("2001:db8::/32", "https://[2001:db8::1]/", false), ("0.0.0.0/0", "https://10.1.2.3/", false),
            ("10.0.0.0/33", "https://10.0.0.0/", true), (",,", "https://fal.run/", true),
        ])
    func exceptions(_ list: String, _ url: String, _ isProxied: Bool) throws {
        for name in ["no_proxy", "NO_PROXY"] {
            let found = try Self.proxy(["https_proxy": "http://p:1", name: list], url)
            #expect((found != nil) == isProxied)
        }
    }

    @Test("set by the caller are used for everything, including this machine")
    func explicit() throws {
        let settings = ProxySettings(try ProxyAddress("http://p:1"))
        let url = try #require(URLParts("http://127.0.0.1:8080/"))
        #expect(settings.proxy(for: url)?.description == "http://p:1")
    }

    @Test("have a user and a password, which print nowhere")
    func credentials() throws {
        let address = try ProxyAddress("http://me%40home:p%3Ass%2F@proxy.example:3128/")
        #expect(address.user == "me@home")
        #expect(address.password == "p:ss/")
        #expect(address.port == 3128)
        for text in ["\(address)", String(reflecting: address), String(describing: [address])] {
            #expect(!text.contains("ss"))
            #expect(text.contains("http://proxy.example:3128"))
        }
        var dumped = ""
        dump(address, to: &dumped)
        var configuration = TransportConfiguration()
        configuration.proxy = .address(address)
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("p:ss"))
        #expect(!dumped.contains("me@home"))
    }

    @Test(
        "that are invalid are refused without being quoted",
        arguments: [
            "https://p:1", "ftp://p:1", "http://", "http://p:0", "http://p:99999", "http://p:1/path",
            "http://user:secret@", "http://user:secret%zz@p:1", "socks5://user:secret@p:1", "http://p p:1",
        ])
    func refused(_ text: String) throws {
        let error = #expect(throws: RequestError.self) { try ProxyAddress(text) }
        #expect(error?.message.contains("secret") == false)
        let named = #expect(throws: RequestError.self) {
            try ProxySettings(environment: ["HTTPS_PROXY": text])
        }
        #expect(named?.field == "HTTPS_PROXY")
    }

    @Test(
        "without a port use the default of their kind",
        arguments: [
            ("http://p", 80), ("p", 80), ("socks5://p", 1080), ("socks5://p:80", 80),
            ("socks5://[::1]", 1080),
            ("socks5://[::1]:9", 9), ("http://[::1]:9", 9),
        ])
    func ports(_ text: String, _ port: Int) throws { #expect(try ProxyAddress(text).port == port) }
}
