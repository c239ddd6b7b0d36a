private import Platform

/// Steps through the marker segments of a JPEG file (ITU-T T.81, annex B).
struct JPEGWalker {
    /// One marker, with its parameters if it has any.
    struct Segment {
        /// The second byte of the marker.
        var marker: UInt8
        /// From the first 0xFF to the end of the parameters.
        var range: Range<Int>
        /// The parameters, without their length.
        var payload: Range<Int>
    }

    enum Marker {
        static let startOfImage: UInt8 = 0xD8
        static let endOfImage: UInt8 = 0xD9
        static let startOfScan: UInt8 = 0xDA
        static let quantisationTables: UInt8 = 0xDB
        static let app0: UInt8 = 0xE0
        static let app1: UInt8 = 0xE1
        static let app2: UInt8 = 0xE2
        static let app14: UInt8 = 0xEE
        static let comment: UInt8 = 0xFE

        /// Start of frame: 0xC0...0xCF except DHT, JPG and DAC.
        static func isStartOfFrame(_ marker: UInt8) -> Bool {
            0xC0...0xCF ~= marker && ![0xC4, 0xC8, 0xCC].contains(marker)
        }
        /// APP0...APP15 and COM, which no decoder needs to find the pixels.
        static func isSkippable(_ marker: UInt8) -> Bool { 0xE0...0xEF ~= marker || marker == comment }
        /// JPG, DHP, EXP, JPG0...JPG13 and RES: extensions that no decoder supports.
        static func isReserved(_ marker: UInt8) -> Bool {
            [0xC8, 0xDE, 0xDF].contains(marker) || 0xF0...0xFD ~= marker || 0x02...0xBF ~= marker
        }
        /// Without parameters: TEM, RST0...RST7, SOI, EOI.
        static func standsAlone(_ marker: UInt8) -> Bool { marker == 0x01 || 0xD0...0xD9 ~= marker }
    }

    /// The most segments of a file; more are treated as hostile. Our choice.
    static let maximumSegments = 100_000

    private(set) var reader: HeaderReader
    private var segments = 0
    /// The offset at which the search for the next marker starts.
    var offset: Int

    init(_ source: EncodedSource, offset: Int = 0) {
        reader = HeaderReader(source)
        self.offset = offset
    }

    /// Returns the next segment, or `nil` if the data end first. Skips bytes that belong to no
    /// segment, as libjpeg does.
    mutating func next() throws(CodecError) -> Segment? {
        segments += 1
        guard segments <= Self.maximumSegments else {
            throw .corrupt("more than \(Self.maximumSegments) segments")
        }
        guard let (start, marker, end) = try nextMarker(from: offset) else { return nil }
        if Marker.standsAlone(marker) {
            offset = end
            return Segment(marker: marker, range: start..<end, payload: end..<end)
        }
        guard let length = try reader.bigEndian(at: end, bytes: 2) else { return nil }
        if length < 2, Marker.isSkippable(marker) {
            // libjpeg and browsers take the two length bytes for the whole segment.
            offset = end + 2
            return Segment(marker: marker, range: start..<offset, payload: offset..<offset)
        }
        guard length >= 2 else { throw .corrupt("marker segment of length \(length)") }
        guard end + length <= reader.count else { return nil }
        offset = end + length
        return Segment(marker: marker, range: start..<offset, payload: (end + 2)..<offset)
    }

    /// Skips the entropy-coded data at the current offset, up to the next marker other than a
    /// restart marker.
    mutating func skipScanData() throws(CodecError) {
        var position = offset
        while let (start, marker, end) = try nextMarker(from: position) {
            guard 0xD0...0xD7 ~= marker else {
                offset = start
                return
            }
            position = end
        }
        offset = reader.count
    }

    mutating func bytes(_ range: Range<Int>) throws(CodecError) -> ArraySlice<UInt8> {
        try reader.bytes(at: range.lowerBound, length: range.count)
    }

    /// Returns the next 0xFF that is followed by neither 0x00 (a stuffed byte) nor the end. Skips
    /// fill bytes.
    private mutating func nextMarker(
        from offset: Int
    ) throws(CodecError) -> (start: Int, marker: UInt8, end: Int)? {
        var position = offset
        while true {
            let (found, count) = try reader.withAvailable(at: position) {
                (Self.firstUnstuffed(in: $0), $0.count)
            }
            guard count > 0 else { return nil }
            guard let found else {
                position += count
                continue
            }
            let start = position + found
            var end = start + 1
            while try reader.byte(at: end) == 0xFF { end += 1 }
            guard let marker = try reader.byte(at: end) else { return nil }
            if marker != 0 { return (end - 1, marker, end + 1) }
            position = end + 1
        }
    }

    /// Returns the offset of the first 0xFF without a following 0x00 in these bytes. Entropy-coded
    /// data have a stuffed byte every few hundred bytes.
    private static func firstUnstuffed(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var offset = 0
        while let hit = memchr(base + offset, 0xFF, bytes.count - offset) {
            let index = UnsafeRawPointer(hit) - base
            guard index + 1 < bytes.count, bytes[index + 1] == 0 else { return index }
            offset = index + 2
        }
        return nil
    }
}
