import CodecBridge

/// Strips a JPEG down to the parts that decoding and colour need: tables, the frame, scans up to
/// their last block, JFIF without its thumbnail, the ICC profile, Adobe's marker. Removes
/// everything else, known or unknown.
struct JPEGStripper {
    static func strip(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits
    ) throws(CodecError) -> StrippedImage {
        var stripper = JPEGStripper(source, probe: probe, limits: limits)
        return try stripper.strip(without: unusedRanges(source, limits: limits))
    }

    /// Returns whether a decoder that reads all coefficients reports what is missing or wrong in
    /// the scans. Several scans are followed here, since libjpeg does not miss one that is absent.
    ///
    /// - Throws: ``CodecError`` if the structure is damaged, or if there are too many scans.
    static func isJudgedByDecoding(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits
    ) throws(CodecError) -> Bool {
        if !probe.isProgressive {
            var stripper = JPEGStripper(source, probe: probe, limits: limits)
            _ = try stripper.strip(without: [])
            if stripper.scans == 1 { return true }
        }
        return try !strip(source, probe: probe, limits: limits).needsEncoding
    }

    /// Returns the source without reserved segments, at which libjpeg gives up.
    static func decodable(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits
    ) throws(CodecError) -> EncodedSource {
        guard probe.hasReservedSegments else { return source }
        let stripped = try strip(source, probe: probe, limits: limits)
        var bytes: [UInt8] = []
        for piece in stripped.pieces {
            switch piece {
            case .copied(let range): bytes += try source.bytes(at: range.lowerBound, length: range.count)
            case .written(let written): bytes += written
            }
        }
        return EncodedSource(bytes)
    }

    /// A segment before the first scan, which may turn out to be redundant.
    private enum HeaderPiece {
        case copied(Range<Int>)
        case written([UInt8])
        case profile(Range<Int>)
        /// The number of the Adobe marker, from 1.
        case adobe(Int, Range<Int>)
    }

    private let source: EncodedSource
    private let probe: ImageProbe
    private let limits: DecodeLimits
    private var walker: JPEGWalker
    private var result = StrippedImage()
    private var header: [HeaderPiece] = []
    private var profile = JPEGProfileParts()
    private var hasJFIF = false
    private var adobeMarkers = 0
    private var hasFrame = false
    private var scans = 0

    private init(_ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits) {
        self.source = source
        self.probe = probe
        self.limits = limits
        walker = JPEGWalker(source)
    }

    /// - Parameter unused: Bytes of scans to leave out; `nil` if scans cannot be followed.
    private mutating func strip(without unused: [Range<Int>]?) throws(CodecError) -> StrippedImage {
        // Damaged, or coded in a way that bridge_jpeg_unused does not follow: decoding has to judge
        // the data, and encoding again leaves out unused bytes.
        result.needsEncoding = unused == nil
        var dataBytes = 0
        while let segment = try walker.next() {
            switch segment.marker {
            case JPEGWalker.Marker.startOfImage:
                guard segment.range.lowerBound == 0 || result.byteCount == 0 else {
                    throw .corrupt("second start of image")
                }
                result.copy(segment.range)
            case JPEGWalker.Marker.endOfImage:
                guard scans > 0, dataBytes > 0 else { throw .truncated("end of image before any image data") }
                result.copy(segment.range)
                if segment.range.upperBound < source.count { result.removals.insert(.trailingData) }
                return result
            case JPEGWalker.Marker.startOfScan:
                guard hasFrame else { throw .corrupt("start of scan without a start of frame") }
                scans += 1
                guard scans <= limits.maximumProgressiveScans else {
                    throw .limitExceeded(
                        .progressiveScans, value: nil, maximum: limits.maximumProgressiveScans)
                }
                if scans == 1 { finishHeader() }
                let start = walker.offset
                try walker.skipScanData()
                dataBytes += walker.offset - start
                copy(segment.range.lowerBound..<walker.offset, without: unused ?? [])
            default: try keepOrRemove(segment)
            }
        }
        guard scans > 0, dataBytes > 0 else { throw .truncated("the file ends before its image data") }
        result.write([0xFF, JPEGWalker.Marker.endOfImage])
        result.lacksEnd = true
        return result
    }

    private mutating func keepOrRemove(_ segment: JPEGWalker.Segment) throws(CodecError) {
        switch segment.marker {
        case JPEGWalker.Marker.app0...0xEF, JPEGWalker.Marker.comment: try keepOrRemoveApplication(segment)
        case 0xC4, JPEGWalker.Marker.quantisationTables, 0xDD: keep(segment)
        case 0xCC:
            // DAC conditions arithmetic coding; Huffman coding ignores it.
            if probe.isArithmeticCoded { keep(segment) } else { result.removals.insert(.other) }
        case let marker where JPEGWalker.Marker.isStartOfFrame(marker):
            hasFrame = true
            keep(segment)
        // Stray restart markers and TEM; DNL, since the height is known; DHP and EXP, since
        // hierarchical images are not read; JPG, JPGn and RES, which decoders do not use.
        default: result.removals.insert(.other)
        }
    }

    private mutating func keep(_ segment: JPEGWalker.Segment) {
        if scans == 0 { header.append(.copied(segment.range)) } else { result.copy(segment.range) }
    }

    private mutating func keepOrRemoveApplication(_ segment: JPEGWalker.Segment) throws(CodecError) {
        let head = Array(try walker.bytes(segment.payload.prefix(32)))
        let removal = JPEGMetadata.removal(of: segment, head: head)
        // Decoders choose the colours before the first scan.
        guard scans == 0 else {
            result.removals.insert(removal ?? .other)
            return
        }
        if let removal { result.removals.insert(removal) }
        switch segment.marker {
        case JPEGWalker.Marker.app0 where head.starts(with: "JFIF\0".utf8) && segment.payload.count >= 14:
            if hasJFIF {
                result.removals.insert(.other)
            } else if removal != nil {
                header.append(.written([0xFF, JPEGWalker.Marker.app0, 0, 16] + head.prefix(12) + [0, 0]))
            } else {
                header.append(.copied(segment.range))
            }
            hasJFIF = true
        case JPEGWalker.Marker.app14 where head.starts(with: "Adobe".utf8) && segment.payload.count >= 12:
            adobeMarkers += 1
            if segment.payload.count > 12 { result.removals.insert(.other) }
            header.append(.adobe(adobeMarkers, segment.range))
        case JPEGWalker.Marker.app2
        where removal == nil && probe.profile != nil && segment.payload.count >= JPEGProfileParts.headerBytes:
            profile.add(try walker.bytes(segment.payload))
            header.append(.profile(segment.range))
        default:
            if removal == nil { result.removals.insert(.other) }
        }
    }

    /// Writes the segments before the first scan. Of several Adobe markers, keeps the last, which
    /// decoders use. Copies the parts of the profile, or rewrites them if a part is left out.
    private mutating func finishHeader() {
        // `nil` after it is written.
        var rewritten = probe.profile.flatMap {
            profile.isPlain($0) ? nil : JPEGProfileParts.segments(of: $0)
        }
        let rewrites = rewritten != nil
        for piece in header {
            switch piece {
            case .copied(let range): result.copy(range)
            case .written(let bytes): result.write(bytes)
            case .adobe(let number, let range):
                guard number == adobeMarkers else {
                    result.removals.insert(.other)
                    continue
                }
                if range.count == 16 {
                    result.copy(range)
                } else {
                    result.write([0xFF, JPEGWalker.Marker.app14, 0, 14])
                    result.copy((range.lowerBound + 4)..<(range.lowerBound + 16))
                }
            case .profile(let range):
                guard rewrites else {
                    result.copy(range)
                    continue
                }
                result.removals.insert(.other)
                if let bytes = rewritten { result.write(bytes) }
                rewritten = nil
            }
        }
    }

    /// Copies a scan without the unused ranges.
    private mutating func copy(_ range: Range<Int>, without unused: [Range<Int>]) {
        var start = range.lowerBound
        for hole in unused where hole.overlaps(range) {
            result.copy(start..<hole.lowerBound)
            result.removals.insert(.other)
            start = hole.upperBound
        }
        result.copy(start..<max(start, range.upperBound))
    }

    /// Returns the bytes within scans that no decoder reads; `nil` if the scans cannot be followed.
    private static func unusedRanges(
        _ source: EncodedSource, limits: DecodeLimits
    ) throws(CodecError) -> [Range<Int>]? {
        var ranges = [bridge_range](repeating: bridge_range(), count: 1024)
        var count = 0
        let status = source.withBridgeInput { input in
            bridge_jpeg_unused(input, limits.bridged, &ranges, ranges.count, &count)
        }
        guard status.code != Int32(BRIDGE_UNSUPPORTED.rawValue) else { return nil }
        try CodecError.check(status)
        return ranges.prefix(count).map { Int($0.start)..<Int($0.end) }
    }
}
