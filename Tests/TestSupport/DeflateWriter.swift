/// A simple DEFLATE encoder (RFC 1951) that writes the kind of blocks a test asks for.
package struct DeflateWriter {
    package init() {}

    package private(set) var bytes: [UInt8] = []
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0

    package static func deflate(_ input: [UInt8], as kind: PNGFile.Blocks) -> [UInt8] {
        var writer = DeflateWriter()
        // Not a round length, so that blocks end at any offset.
        let length = kind == .stored ? 65_535 : 10_007
        var start = 0
        var number = 0
        repeat {
            let range = start..<min(start + length, input.count)
            let isLast = range.upperBound == input.count
            switch kind == .mixed ? [.fixed, .dynamic, .stored][number % 3] : kind {
            case .stored, .mixed: writer.store(input[range], isLast: isLast)
            case .fixed: writer.writeFixed(input, range, isLast: isLast)
            case .dynamic: writer.writeDynamic(input[range], isLast: isLast)
            }
            start = range.upperBound
            number += 1
        } while start < input.count
        writer.align()
        return writer.bytes
    }

    /// Writes the lowest bits first: the order of everything but codes.
    package mutating func write(_ value: Int, bits count: UInt32) {
        bits |= UInt32(value) << bitCount
        bitCount += count
        while bitCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    /// Writes the highest bit first: the order of codes.
    package mutating func writeCode(_ code: Int, bits count: UInt32) {
        for index in 0..<count { write(code >> Int(count - 1 - index) & 1, bits: 1) }
    }

    package mutating func align() {
        if bitCount > 0 { write(0, bits: 8 - bitCount) }
    }

    private mutating func store(_ input: ArraySlice<UInt8>, isLast: Bool) {
        write(isLast ? 1 : 0, bits: 3)
        align()
        for value in [input.count, ~input.count & 0xFFFF] {
            write(value & 0xFF, bits: 8)
            write(value >> 8, bits: 8)
        }
        for byte in input { write(Int(byte), bits: 8) }
    }

    private mutating func writeFixedCode(_ symbol: Int) {
        switch symbol {
        case 0..<144: writeCode(0x30 + symbol, bits: 8)
        case 144..<256: writeCode(0x190 + symbol - 144, bits: 9)
        case 256..<280: writeCode(symbol - 256, bits: 7)
        default: writeCode(0xC0 + symbol - 280, bits: 8)
        }
    }

    /// The last position of three bytes, by their hash.
    private var places = [Int](repeating: -1, count: 4096)

    private mutating func writeFixed(_ input: [UInt8], _ range: Range<Int>, isLast: Bool) {
        write(isLast ? 3 : 2, bits: 3)
        var index = range.lowerBound
        while index < range.upperBound {
            var length = 0
            if index + 3 <= range.upperBound {
                let hash =
                    (Int(input[index]) << 4 ^ Int(input[index + 1]) << 2 ^ Int(input[index + 2]) * 31) & 4095
                let place = places[hash]
                places[hash] = index
                if place >= 0, index - place <= 32_768 {
                    while length < 258, index + length < range.upperBound,
                        input[place + length] == input[index + length]
                    { length += 1 }
                    if length >= 3 { writeCopy(length: length, distance: index - place) }
                }
            }
            if length < 3 {
                writeFixedCode(Int(input[index]))
                length = 1
            }
            index += length
        }
        writeFixedCode(256)
    }

    private static let lengthStarts = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
        195, 227, 258,
    ]
    private static let distanceStarts = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
        4097, 6145, 8193, 12_289, 16_385, 24_577,
    ]

    private mutating func writeCopy(length: Int, distance: Int) {
        let lengthCode = Self.lengthStarts.lastIndex { $0 <= length } ?? 0
        writeFixedCode(257 + lengthCode)
        let lengthBits = lengthCode < 8 || lengthCode == 28 ? 0 : lengthCode / 4 - 1
        write(length - Self.lengthStarts[lengthCode], bits: UInt32(lengthBits))
        let distanceCode = Self.distanceStarts.lastIndex { $0 <= distance } ?? 0
        writeCode(distanceCode, bits: 5)
        let distanceBits = distanceCode < 4 ? 0 : distanceCode / 2 - 1
        write(distance - Self.distanceStarts[distanceCode], bits: UInt32(distanceBits))
    }

    /// Writes literals of 8 bits, except for two symbols of 9 bits: 255 and the end of the block.
    private mutating func writeDynamic(_ input: ArraySlice<UInt8>, isLast: Bool) {
        writeDynamicHeader(isLast: isLast, lengths: [Int](repeating: 8, count: 255) + [9, 9])
        for byte in input {
            if byte == 255 { writeCode(510, bits: 9) } else { writeCode(Int(byte), bits: 8) }
        }
        writeCode(511, bits: 9)
    }

    /// Writes a header with code lengths 7...9 for all literals and the end of the block, and one
    /// distance code of one bit.
    package mutating func writeDynamicHeader(isLast: Bool, lengths: [Int]) {
        write(isLast ? 5 : 4, bits: 3)
        write(0, bits: 5)  // 257 literals and lengths
        write(0, bits: 5)  // one distance
        // The code lengths 1, 7, 8 and 9 have codes of two bits, in this order.
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]
        write(order.count - 4, bits: 4)
        for symbol in order { write([1, 7, 8, 9].contains(symbol) ? 2 : 0, bits: 3) }
        for length in lengths { writeCode(length - 6, bits: 2) }
        writeCode(0, bits: 2)
    }
}
