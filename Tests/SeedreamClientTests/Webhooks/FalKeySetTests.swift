import SeedreamClient
import Testing

@Suite("fal's key set")
struct FalKeySetTests {
    private let x = "H9AwECbJ0U-4-FFQM7tmipqJ9On4WrE9NaIEI1CAY-U"

    private func count(_ text: String) throws -> Int { try FalKeySet(parsing: Array(text.utf8)).keys.count }

    @Test("has Ed25519 keys of 32 bytes")
    func reading() throws {
        let keys = try FalWebhookSample.keys()
        #expect(keys.keys.count == 1 && keys.keys[0].count == 32 && !keys.isEmpty)
        #expect(keys.keys[0].prefix(4) == [0x1F, 0xD0, 0x30, 0x10] && keys.keys[0].last == 0xE5)
        let two =
            #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"\#(x)","kid":"a"},{"kty":"OKP","crv":"Ed25519","x":"\#(x)="}]}"#
        #expect(try count(two) == 2)
    }

    @Test(
        "ignores other items",
        arguments: [
            #"{"kty":"EC","crv":"Ed25519","x":"X"}"#, #"{"kty":"OKP","crv":"X25519","x":"X"}"#,
            #"{"kty":"OKP","crv":"Ed25519"}"#, #"{"kty":"OKP","crv":"Ed25519","x":7}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, #"{"kty":"OKP","crv":"Ed25519","x":""}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"XA"}"#, #"{"kty":"OKP","crv":"Ed25519","x":"!X"}"#, "7",
            "null",
        ])
    func others(_ item: String) throws {
        let key = item.replacing("X\"", with: x + "\"").replacing("XA", with: x + "A")
        #expect(try count(#"{"keys":[\#(key)]}"#) == 0)
    }

    @Test("uses base64url, not the standard alphabet")
    func alphabet() throws {
        let other = x.replacing("-", with: "+")
        #expect(try count(#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"\#(other)"}]}"#) == 0)
    }

    @Test("is an object with a list", arguments: ["", "[]", "{}", #"{"keys":{}}"#, "<html>", "null"])
    func malformed(_ text: String) {
        let error = #expect(throws: WebhookError.self) { try FalKeySet(parsing: Array(text.utf8)) }
        guard case .malformed = error else {
            Issue.record("expected a malformed set, found \(String(describing: error))")
            return
        }
    }

    @Test("can be stored as bytes")
    func bytes() {
        let keys = FalKeySet(publicKeys: [[UInt8](repeating: 1, count: 32), [1, 2], []])
        #expect(keys.keys.count == 1)
        #expect(FalKeySet(publicKeys: []).isEmpty)
    }
}
