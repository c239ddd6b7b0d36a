extension Base64 {
    /// What a byte that is no character of the alphabet has in ``values``.
    private static let none: UInt8 = 0xFF

    /// For each byte the six bits that it stands for.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: none, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// The bytes that a text stands for; `nil` if it holds anything else than the alphabet (a line
    /// break, say), or its last group is not filled up with `=`.
    ///
    /// More `=` than are needed do no harm, nor do bits that are left over, as in Foundation, which
    /// this replaces: it alone would be two megabytes of a process.
    package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let count = text.count - padding
        let needed = [0, 3, 2, 1][count % 4]
        guard count % 4 != 1, padding >= needed, count > 0 || padding == 0 else { return nil }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count * 3 / 4) { target, filled in
            values.withUnsafeBufferPointer { values in
                var seen: UInt8 = 0
                var input = 0
                func next() -> UInt32 {
                    let value = values[Int(text[input])]
                    seen |= value
                    input &+= 1
                    return UInt32(value)
                }
                for _ in 0..<count / 4 {
                    let bits = next() << 18 | next() << 12 | next() << 6 | next()
                    target[filled] = UInt8(truncatingIfNeeded: bits >> 16)
                    target[filled + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    target[filled + 2] = UInt8(truncatingIfNeeded: bits)
                    filled += 3
                }
                if needed > 0 {
                    let bits = next() << 18 | next() << 12 | (needed == 1 ? next() << 6 : 0)
                    target[filled] = UInt8(truncatingIfNeeded: bits >> 16)
                    if needed == 1 { target[filled + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
                    filled += 3 - needed
                }
                // Values have six bits, and what is none has eight.
                isValid = seen < 64
            }
        }
        return isValid ? bytes : nil
    }
}
