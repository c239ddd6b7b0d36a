/// Changes encoded images at random, reproducibly.
///
/// Blind damage to a PNG is caught by its checksums, so half of the mutants get theirs repaired and
/// reach the code behind.
struct Mutator {
    /// The state of SplitMix64 (Steele, Lea and Flood 2014); the seed is enough to reproduce a
    /// mutant.
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Returns the image with one to four changes.
    mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
        var mutant = bytes
        for _ in 0...below(4) {
            guard !mutant.isEmpty else { break }
            switch below(8) {
            case 0, 1: mutant[below(mutant.count)] ^= 1 << UInt8(below(8))
            case 2: mutant[below(mutant.count)] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(6)]
            case 3: mutant[below(mutant.count)] = UInt8(below(256))
            case 4, 5: changeLength(in: &mutant)
            case 6: swapChunks(in: &mutant)
            default: repeatOrRemove(in: &mutant)
            }
        }
        if mutant.starts(with: Self.pngSignature), below(2) == 0 { Self.repairChecksums(of: &mutant) }
        return mutant
    }

    /// Returns random bytes.
    mutating func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    private mutating func changeLength(in bytes: inout [UInt8]) {
        let chunks = Chunk.all(in: bytes)
        guard !chunks.isEmpty else { return }
        let field = chunks[below(chunks.count)].lengthField
        switch below(4) {
        case 0: for index in field { bytes[index] = 0 }
        case 1: for index in field { bytes[index] = 0xFF }
        case 2: bytes[field.lowerBound + below(field.count)] ^= 1 << UInt8(below(8))
        default: bytes[field.lowerBound + below(field.count)] &+= below(2) == 0 ? 1 : 255
        }
    }

    private mutating func swapChunks(in bytes: inout [UInt8]) {
        let chunks = Chunk.all(in: bytes)
        guard chunks.count > 1 else { return }
        let first = below(chunks.count - 1)
        let second = first + 1 + below(chunks.count - first - 1)
        let (a, b) = (chunks[first].range, chunks[second].range)
        bytes =
            Array(bytes[..<a.lowerBound] + bytes[b] + bytes[a.upperBound..<b.lowerBound] + bytes[a])
            + Array(bytes[b.upperBound...])
    }

    private mutating func repeatOrRemove(in bytes: inout [UInt8]) {
        let chunks = Chunk.all(in: bytes)
        let range: Range<Int>
        if !chunks.isEmpty, below(2) == 0 {
            range = chunks[below(chunks.count)].range
        } else {
            let start = below(bytes.count)
            range = start..<min(bytes.count, start + 1 + below(64))
        }
        if below(2) == 0 {
            bytes.insert(contentsOf: Array(bytes[range]), at: range.upperBound)
        } else {
            bytes.removeSubrange(range)
        }
    }

    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func repairChecksums(of bytes: inout [UInt8]) {
        for chunk in Chunk.all(in: bytes) where chunk.range.count >= 12 {
            let end = chunk.range.upperBound - 4
            var sum = UInt32.max
            for byte in bytes[chunk.range.lowerBound + 4..<end] {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = (sum >> 1) ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: ~sum >> (24 - 8 * index)) }
        }
    }
}

/// A chunk of a PNG or WebP, or a marker segment of a JPEG, found by its length alone.
private struct Chunk {
    /// The whole chunk, with length and checksum.
    var range: Range<Int>
    var lengthField: Range<Int>

    /// Returns the consecutive chunks, as far as their lengths make sense.
    static func all(in bytes: [UInt8]) -> [Chunk] {
        switch bytes.first {
        case 0x89:
            chunks(in: bytes, from: 8) {
                $0 + 12 + read(bytes, $0..<$0 + 4)
            } length: {
                $0..<$0 + 4
            }
        case 0x52:
            chunks(in: bytes, from: 12) { start in
                let length = read(bytes, (start + 4..<start + 8).reversed())
                return start + 8 + length + length & 1
            } length: {
                $0 + 4..<$0 + 8
            }
        default:
            chunks(in: bytes, from: 2) {
                $0 + 2 + read(bytes, $0 + 2..<$0 + 4)
            } length: {
                $0 + 2..<$0 + 4
            }
        }
    }

    private static func chunks(
        in bytes: [UInt8], from first: Int, end: (Int) -> Int, length: (Int) -> Range<Int>
    ) -> [Chunk] {
        var (result, start): ([Chunk], Int) = ([], first)
        while start + 8 <= bytes.count {
            let next = end(start)
            guard next > start, next <= bytes.count else { break }
            result.append(Chunk(range: start..<next, lengthField: length(start)))
            start = next
        }
        return result
    }

    private static func read(_ bytes: [UInt8], _ indices: some Sequence<Int>) -> Int {
        indices.reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }
}
