import Cryptography
import Testing

@Suite("Comparisons in constant time")
struct ConstantTimeTests {
    @Test("tell equal bytes from others, wherever they differ, and lengths")
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
