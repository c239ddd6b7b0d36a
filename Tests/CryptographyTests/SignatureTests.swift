import Cryptography
import Testing

@Suite("signatures")
struct SignatureTests {
    // Test vectors made with Python's `cryptography` to the wire contracts of the providers; the
    // keys are not in use.
    private static let body =
        #"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","gateway_request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/b/0a8c9d5e/x.png"}],"seed":1}}"#
    private static let signature =
        "04ab4b8a84baac69d3159de47d6c20644d7ad903d7ebdc97fd2c869e02c249780e7a5be4395ec24187954a69ad11c7af916b783c21e03c84543b890cb63c8102"

    @Test("matches the digest, the public key and the signature of fal's webhook vector")
    func ed25519() throws {
        let digest = SHA256Digest(Array(Self.body.utf8)).hexadecimal
        #expect(digest == "1db0fc53d4762fbeb224dde2d05c66677fd6a37693fc7cee962c3ad4b474b4cf")
        let seed = try #require(
            Hexadecimal.bytes("5be70b061f81a15a2d0a6f27b4d8753583b612f7cb2a8a7cb165620a997c868e"))
        let key = try SigningKey(seed: seed)
        #expect(
            Hexadecimal.text(key.publicKey)
                == "1fd0301026c9d14fb8f8515033bb668a9a89f4e9f85ab13d35a20423508063e5")
        let message = Array(
            "764cabcf-b745-4b3e-ae38-1200304cf45b\ngithub|123\n1760000000\n\(digest)".utf8)
        let signature = try key.signature(of: message)
        #expect(Hexadecimal.text(signature) == Self.signature)
        #expect(VerifyingKey.isValid(signature, of: message, publicKey: key.publicKey))
        #expect(!VerifyingKey.isValid(signature, of: message + [0], publicKey: key.publicKey))
        #expect(!VerifyingKey.isValid(signature, of: message, publicKey: [1, 2, 3]))
        #expect(throws: CryptographyError.self) { try SigningKey(seed: [1, 2, 3]) }
    }

    @Test("matches the code of Apiframe's webhook vector")
    func hmac() {
        let key = SHA256Digest(Array("afk_0000000000000000000000000000000000000000".utf8)).bytes
        let code = MessageAuthenticationCode.sha256(
            Array(#"{"jobId":"abc","status":"COMPLETED"}"#.utf8), key: key)
        #expect(
            Hexadecimal.text(code) == "58e6d7af820911d918b1b43ade255ec260002ca8b24ba46dd057a99d192c89f4")
    }

    @Test("round-trips hexadecimal, and refuses other text")
    func hexadecimal() {
        #expect(Hexadecimal.bytes("00fFa5") == [0, 255, 165])
        #expect(Hexadecimal.text([0, 255, 165]) == "00ffa5")
        #expect(Hexadecimal.bytes("0") == nil)
        #expect(Hexadecimal.bytes("0g") == nil)
    }
}
