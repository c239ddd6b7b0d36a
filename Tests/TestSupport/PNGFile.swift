/// A PNG file built by hand, valid or wrong in any one detail.
package struct PNGFile {
    /// The kinds of DEFLATE blocks (RFC 1951) for the rows.
    package enum Blocks: CaseIterable {
        case stored
        /// Fixed codes, with copies from up to 32 KiB back.
        case fixed
        /// Dynamic codes for the literals, in many blocks.
        case dynamic
        /// One block of each kind in turn.
        case mixed
    }

    package var width: Int
    package var height: Int
    /// 1: grey, 2: grey and alpha, 3: RGB, 4: RGBA.
    package var channels: Int
    /// The samples, row by row.
    package var samples: [UInt8]
    /// The filter types, used for the rows in turn.
    package var filters: [UInt8] = [0]
    package var blocks = Blocks.fixed
    /// The lengths of the IDAT chunks in bytes, used in turn.
    package var chunkLengths = [8192]
    /// The two bytes of the zlib header; `nil` for a window of 32 KiB.
    package var zlibHeader: [UInt8]?
    /// Bytes appended to the filtered rows before they are compressed.
    package var surplus: [UInt8] = []
    /// The number of filtered bytes left out at the end.
    package var missing = 0
    /// Bytes appended to the stream, after its checksum.
    package var junk: [UInt8] = []
    /// Added to the checksum.
    package var checksumError: UInt32 = 0
    /// The chunks between the image data and IEND.
    package var tail: [(type: String, payload: [UInt8])] = []
    /// Bytes of whole chunks: `head` between IHDR and the image data, `behind` after them.
    package var head: [UInt8] = []
    package var behind: [UInt8] = []

    package init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
        (self.width, self.height, self.channels, self.samples) = (width, height, channels, samples)
    }

    /// An image with gradients, edges and noise.
    package init(width: Int, height: Int, channels: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var samples: [UInt8] = []
        samples.reserveCapacity(width * height * channels)
        for y in 0..<height {
            let noise = y % 7 == 3 ? 255 : 3
            for x in 0..<width {
                for channel in 0..<channels {
                    let edge = (x / 5 + y / 3) % 4 == 0 ? 120 : 0
                    let value = x * (channel + 1) + y * 3 + edge + Int(random.next() & UInt64(noise))
                    samples.append(UInt8(truncatingIfNeeded: value))
                }
            }
        }
        self.init(width: width, height: height, channels: channels, samples: samples)
    }

    /// Returns the file.
    package func bytes() -> [UInt8] {
        var filtered = filteredRows()
        filtered.removeLast(min(missing, filtered.count))
        filtered += surplus
        var stream = zlibHeader ?? [0x78, 0x01]
        stream += DeflateWriter.deflate(filtered, as: blocks)
        stream += Self.bigEndian(Self.adler32(filtered) &+ checksumError) + junk
        return Self.file(
            width: width, height: height, colorType: [0, 4, 2, 6][channels - 1], stream: stream,
            chunkLengths: chunkLengths, head: head, tail: tail, behind: behind)
    }

    /// Returns a file around a zlib stream.
    package static func file(
        width: Int, height: Int, colorType: UInt8, depth: UInt8 = 8, stream: [UInt8], chunkLengths: [Int],
        head: [UInt8] = [], tail: [(type: String, payload: [UInt8])] = [], behind: [UInt8] = [],
        end: [UInt8] = chunk("IEND", [])
    ) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk(
            "IHDR",
            bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [depth, colorType, 0, 0, 0])
        file += head
        var start = 0
        var index = 0
        while start < stream.count {
            let end = min(start + chunkLengths[index % chunkLengths.count], stream.count)
            file += chunk("IDAT", Array(stream[start..<end]))
            start = end
            index += 1
        }
        for (type, payload) in tail { file += chunk(type, payload) }
        return file + behind + end
    }

    /// - Parameter isDamaged: Whether the checksum is wrong.
    package static func chunk(_ type: String, _ payload: [UInt8], isDamaged: Bool = false) -> [UInt8] {
        let body = Array(type.utf8) + payload
        let sum = crc32(body) ^ (isDamaged ? 1 : 0)
        return bigEndian(UInt32(payload.count)) + body + bigEndian(sum)
    }

    /// Returns a zlib stream (RFC 1950) of stored blocks.
    package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        [0x78, 0x01] + DeflateWriter.deflate(bytes, as: .stored) + bigEndian(adler32(bytes))
    }

    private func filteredRows() -> [UInt8] {
        let rowBytes = width * channels
        var result: [UInt8] = []
        result.reserveCapacity((rowBytes + 1) * height)
        for y in 0..<height {
            let filter = filters[y % filters.count]
            result.append(filter)
            for x in 0..<rowBytes {
                let left = x < channels ? 0 : Int(samples[y * rowBytes + x - channels])
                let up = y == 0 ? 0 : Int(samples[(y - 1) * rowBytes + x])
                let corner = x < channels || y == 0 ? 0 : Int(samples[(y - 1) * rowBytes + x - channels])
                let guess: Int
                switch filter {
                case 1: guess = left
                case 2: guess = up
                case 3: guess = (left + up) / 2
                case 4:
                    let estimate = left + up - corner
                    let (one, two, three) = (
                        abs(estimate - left), abs(estimate - up), abs(estimate - corner)
                    )
                    guess = one <= two && one <= three ? left : two <= three ? up : corner
                default: guess = 0
                }
                result.append(samples[y * rowBytes + x] &- UInt8(truncatingIfNeeded: guess))
            }
        }
        return result
    }

    package static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { bytes in
            crcTable.withUnsafeBufferPointer { table in
                var (sum, index) = (UInt32.max, 0)
                guard let first = bytes.baseAddress, let table = table.baseAddress else { return ~sum }
                let count = bytes.count
                while index < count {
                    sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ first[index])] ^ sum >> 8
                    index += 1
                }
                return ~sum
            }
        }
    }

    package static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }
}
