/// Keeps of a JPEG what decoding and colour need: tables, frames, scans, JFIF without its thumbnail, ICC, Adobe.
enum JPEGStripper {
    static func strip(_ source: EncodedSource, keepsProfile: Bool, limits: DecodeLimits) throws(CodecError)
        -> StrippedImage
    {
        var result = StrippedImage()
        var walker = JPEGWalker(source)
        var hasFrame = false
        var scans = 0
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
                let start = walker.offset
                try walker.skipScanData()
                dataBytes += walker.offset - start
                result.copy(segment.range.lowerBound..<walker.offset)
            case JPEGWalker.Marker.app0...0xEF, JPEGWalker.Marker.comment:
                try keepOrRemove(segment, &walker, keepsProfile: keepsProfile, in: &result)
            default:
                if JPEGWalker.Marker.isStartOfFrame(segment.marker) { hasFrame = true }
                result.copy(segment.range)
            }
        }
        guard scans > 0, dataBytes > 0 else { throw .truncated("the file ends before its image data") }
        result.write([0xFF, JPEGWalker.Marker.endOfImage])
        result.lacksEnd = true
        return result
    }

    private static func keepOrRemove(
        _ segment: JPEGWalker.Segment, _ walker: inout JPEGWalker, keepsProfile: Bool,
        in result: inout StrippedImage
    ) throws(CodecError) {
        let head = Array(try walker.bytes(segment.payload.prefix(32)))
        if let removal = JPEGMetadata.removal(of: segment, head: head) {
            result.removals.insert(removal)
            guard removal == .thumbnail, head.starts(with: "JFIF\0".utf8) else { return }
            result.write([0xFF, JPEGWalker.Marker.app0, 0, 16] + head.prefix(12) + [0, 0])
        } else if segment.marker == JPEGWalker.Marker.app2, !keepsProfile {
            result.removals.insert(.other)
        } else {
            result.copy(segment.range)
        }
    }
}
