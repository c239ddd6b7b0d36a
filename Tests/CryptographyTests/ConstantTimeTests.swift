import Cryptography
import Testing

@Suite("constant-time comparison")
struct ConstantTimeTests {
    @Test("finds equal bytes equal, and others different, wherever and however they differ")
    func equality() {
        let bytes = (0..<32).map { UInt8($0) }
        #expect(ConstantTime.equals(bytes, bytes))
        #expect(ConstantTime.equals([], []))
        #expect(!ConstantTime.equals(bytes, []))
        #expect(!ConstantTime.equals(bytes, Array(bytes.dropLast())))
        #expect(!ConstantTime.equals(bytes, bytes + [0]))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!ConstantTime.equals(bytes, other))
        }
    }
}
