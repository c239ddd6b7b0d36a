import Cryptography
import Testing

@Suite("SHA-256 in pieces")
struct SHA256Tests {
    @Test(
        "equals the hash of the whole, wherever the input is split",
        arguments: [0, 1, 55, 56, 63, 64, 65, 127, 1000])
    func pieces(_ length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for cut in Set([0, length / 2, length, min(length, 63)]) {
            var stream = SHA256Stream()
            stream.update(Array(bytes[..<cut]))
            stream.update(Array(bytes[cut...]))
            let digest = stream.finish()
            #expect(digest == SHA256Digest(bytes))
        }
    }

    @Test("starts afresh after it is finished or reset")
    func reset() {
        var stream = SHA256Stream()
        stream.update(Array("left over".utf8))
        stream.reset()
        stream.update(Array("abc".utf8))
        // FIPS 180-4, the example of one block.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let first = stream.finish().hexadecimal
        #expect(first == abc)
        stream.update(Array("abc".utf8))
        let second = stream.finish().hexadecimal
        #expect(second == abc)
        let none = stream.finish().hexadecimal
        #expect(none == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
