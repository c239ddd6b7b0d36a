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
        func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
        switch segment.marker {
        case JPEGWalker.Marker.app0 where begins("JFIF\0") && segment.payload.count >= 14:
            if segment.payload.count == 14, head[12] == 0, head[13] == 0 {
                result.copy(segment.range)
            } else {
                result.write([0xFF, JPEGWalker.Marker.app0, 0, 16] + head.prefix(12) + [0, 0])
                result.removals.insert(.thumbnail)
            }
        case JPEGWalker.Marker.app0: result.removals.insert(begins("JFXX\0") ? .thumbnail : .other)
        case JPEGWalker.Marker.app1 where begins("Exif\0"): result.removals.insert(.exif)
        case JPEGWalker.Marker.app1 where begins("http://ns.adobe.com/"): result.removals.insert(.xmp)
        case JPEGWalker.Marker.app2 where begins("ICC_PROFILE\0") && keepsProfile: result.copy(segment.range)
        case 0xEB: result.removals.insert(.contentCredentials)
        case 0xED: result.removals.insert(.iptc)
        case JPEGWalker.Marker.app14 where begins("Adobe"): result.copy(segment.range)
        case JPEGWalker.Marker.comment: result.removals.insert(.comment)
        default: result.removals.insert(.other)
        }
    }
}
