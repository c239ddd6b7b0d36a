/// Which segments of a JPEG are metadata.
enum JPEGMetadata {
    /// What removing the segment takes away; `nil` for what decoding and colour need.
    ///
    /// - Parameter head: The first bytes of the parameters, 32 if there are as many.
    static func removal(of segment: JPEGWalker.Segment, head: [UInt8]) -> StrippedImage.Removal? {
        func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
        switch segment.marker {
        case JPEGWalker.Marker.app0 where begins("JFIF\0") && segment.payload.count >= 14:
            // Kept, but without its thumbnail.
            return segment.payload.count > 14 || head[12] != 0 || head[13] != 0 ? .thumbnail : nil
        case JPEGWalker.Marker.app0: return begins("JFXX\0") ? .thumbnail : .other
        case JPEGWalker.Marker.app1 where begins("Exif\0"): return .exif
        case JPEGWalker.Marker.app1 where begins("http://ns.adobe.com/"): return .xmp
        case JPEGWalker.Marker.app2 where begins("ICC_PROFILE\0"): return nil
        case 0xEB: return .contentCredentials
        case 0xED: return .iptc
        case JPEGWalker.Marker.app14 where begins("Adobe") && segment.payload.count >= 12:
            // Kept, but without what follows.
            return segment.payload.count > 12 ? .other : nil
        case JPEGWalker.Marker.comment: return .comment
        case 0xE0...0xEF: return .other
        // The height is known: images whose height only DNL states are not read.
        case 0xDC: return .other
        case let marker where JPEGWalker.Marker.isReserved(marker): return .other
        default: return nil
        }
    }
}
