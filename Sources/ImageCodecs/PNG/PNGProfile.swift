import CodecBridge

/// The ICC profile of an iCCP chunk.
struct PNGProfile {
    /// The reason why libpng refuses a profile.
    struct Objection: Error {
        var why: String
    }

    /// The profile's name, in Latin-1.
    var name: [UInt8]
    /// The profile, of the length that its header states.
    var bytes: [UInt8]
    /// Whether the chunk holds nothing else: the profile, the zlib stream and the chunk end
    /// together.
    var isAlone: Bool

    /// Names that writers use for any profile, among them libpng's examples and Photoshop.
    private static let commonNames = ["ICC profile", "ICC Profile", "icc", "Photoshop ICC profile"]
    /// The replacement for names that could carry information.
    static let neutralName = "ICC profile"

    /// Whether the name adds nothing to the profile.
    var hasNeutralName: Bool {
        let text = String(decoding: name, as: UTF8.self)
        return Self.commonNames.contains(text) || text == ColorProfile(bytes: bytes).name
    }

    /// Returns the payload of a chunk with the profile alone, under the neutral name.
    func payload() throws(CodecError) -> [UInt8] {
        var output = bridge_output()
        try CodecError.check(
            bytes.withUnsafeBufferPointer { bridge_deflate($0.baseAddress, $0.count, &output) })
        defer { bridge_free(output.bytes) }
        return Array(Self.neutralName.utf8) + [0, 0]
            + UnsafeBufferPointer(start: output.bytes, count: output.size)
    }

    /// Reads the payload of iCCP, and refuses what libpng refuses (png_handle_iCCP,
    /// png_icc_check_header).
    static func read(_ payload: [UInt8]) -> Result<PNGProfile, Objection> {
        func refuse(_ why: String) -> Result<PNGProfile, Objection> { .failure(Objection(why: why)) }
        guard let nameEnd = payload.prefix(80).firstIndex(of: 0), nameEnd > 0, nameEnd + 2 < payload.count,
            payload[nameEnd + 1] == 0, let inflater = bridge_inflater_open()
        else { return refuse("its chunk is damaged") }
        defer { bridge_inflater_close(inflater) }
        var stream = Inflation(inflater, payload, from: nameEnd + 2)
        var bytes = stream.next(132)
        guard bytes.count == 132 else { return refuse("its chunk is damaged") }
        let length = bytes[0..<4].bigEndianValue
        guard length <= PNGChunkRule.maximumLength else {
            return refuse("it has \(length) bytes, the limit is \(PNGChunkRule.maximumLength)")
        }
        if length > 132 { bytes += stream.next(length - 132) }
        guard bytes.count == length, isSound(bytes) else { return refuse("it is damaged") }
        return .success(
            PNGProfile(name: Array(payload[..<nameEnd]), bytes: bytes, isAlone: stream.isOver()))
    }

    /// Whether the header and the table of tags pass libpng's checks.
    private static func isSound(_ bytes: [UInt8]) -> Bool {
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].bigEndianValue }
        let tags = number(128)
        let deviceClass = bytes[12..<16]
        guard bytes[36..<40].elementsEqual("acsp".utf8), bytes[8] <= 3 || bytes.count.isMultiple(of: 4),
            number(64) < 0xFFFF, !["abst", "link"].contains(where: { deviceClass.elementsEqual($0.utf8) }),
            ["XYZ ", "Lab "].contains(where: { bytes[20..<24].elementsEqual($0.utf8) }),
            tags <= (bytes.count - 132) / 12
        else { return false }
        return (0..<tags).allSatisfy { tag in
            let (start, length) = (number(136 + tag * 12), number(140 + tag * 12))
            return start <= bytes.count && length <= bytes.count - start
        }
    }

    /// Inflates a zlib stream in memory on demand.
    private struct Inflation {
        private let inflater: OpaquePointer
        private let input: [UInt8]
        private var offset: Int
        private var state = Int32(BRIDGE_INFLATER_RUNNING)
        private var isRunning: Bool { state == Int32(BRIDGE_INFLATER_RUNNING) }

        init(_ inflater: OpaquePointer, _ input: [UInt8], from offset: Int) {
            (self.inflater, self.input, self.offset) = (inflater, input, offset)
        }

        /// Returns the next `count` bytes, fewer if the stream ends or is damaged.
        mutating func next(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { target, filled in
                filled = 0
                while filled < count, isRunning {
                    filled += run(target.baseAddress.map { $0 + filled }, count - filled)
                }
            }
        }

        /// Whether the stream ends here with a correct checksum, and the input with it.
        mutating func isOver() -> Bool {
            var spare: UInt8 = 0
            while isRunning {
                if run(&spare, 1) > 0 { return false }
            }
            return state == Int32(BRIDGE_INFLATER_ENDED) && offset == input.count
        }

        private mutating func run(_ target: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
            var (read, written) = (input.count - offset, count)
            state = input.withUnsafeBufferPointer {
                bridge_inflater_run(inflater, $0.baseAddress.map { $0 + offset }, &read, target, &written)
            }
            offset += read
            // The stream needs more input.
            if isRunning, read == 0, written == 0 { state = Int32(BRIDGE_INFLATER_DAMAGED) }
            return written
        }
    }
}
