#if HEIF
import Pixels

/// What the item properties of a HEIF or AVIF file say that libheif 1.15 tells only after decoding.
struct HEIFProperties {
    /// How the coded pictures with colours have their chroma subsampled; `nil` if they differ, or nothing is said.
    private(set) var subsampling: ChromaSubsampling?
    /// The largest picture of the file as it is coded, before any cropping, in px².
    private(set) var largestArea = 0

    /// Reads the boxes `ispe` (ISO/IEC 23008-12, 6.5.3), `hvcC` (ISO/IEC 14496-15, 8.3.2.1) and `av1C` (AV1 in ISOBMFF, 2.3) in
    /// `meta/iprp/ipco`.
    init(_ file: UnsafeRawBufferPointer) {
        // `meta` is a full box: its children come after four bytes.
        guard let meta = Self.child("meta", of: file, in: 0..<file.count),
            let properties = Self.child("iprp", of: file, in: meta.dropFirst(4)),
            let container = Self.child("ipco", of: file, in: properties)
        else { return }
        var found: Set<ChromaSubsampling> = []
        var largest = 0
        Self.forEachBox(of: file, in: container) { type, content in
            let first = content.lowerBound
            if type == "ispe", content.count >= 12 {
                let size = PixelSize(
                    width: file[first + 4..<first + 8].bigEndianValue,
                    height: file[first + 8..<first + 12].bigEndianValue)
                largest = max(largest, size.area)
            } else if type == "hvcC", content.count > 16 {
                switch file[first + 16] & 3 {
                case 1: found.insert(ChromaSubsampling(horizontalShift: 1, verticalShift: 1))
                case 2: found.insert(ChromaSubsampling(horizontalShift: 1, verticalShift: 0))
                case 3: found.insert(.full)
                default: break  // no chroma: alpha, depth, gain map
                }
            } else if type == "av1C", content.count > 2, file[first + 2] & 0b1_0000 == 0 {
                found.insert(
                    ChromaSubsampling(
                        horizontalShift: Int(file[first + 2] >> 3 & 1),
                        verticalShift: Int(file[first + 2] >> 2 & 1)))
            }
            return true
        }
        subsampling = found.count == 1 ? found.first : nil
        largestArea = largest
    }

    private static func child(
        _ name: String, of file: UnsafeRawBufferPointer, in range: Range<Int>
    ) -> Range<Int>? {
        var found: Range<Int>?
        forEachBox(of: file, in: range) { type, content in
            if type == name { found = content }
            return found == nil
        }
        return found
    }

    /// Calls `body` with the type and the content of each box, until it returns `false` or a box does not fit.
    private static func forEachBox(
        of file: UnsafeRawBufferPointer, in range: Range<Int>, _ body: (String, Range<Int>) -> Bool
    ) {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            var length = file[offset..<offset + 4].bigEndianValue
            var header = 8
            if length == 1, offset + 16 <= range.upperBound {
                length = file[offset + 8..<offset + 16].bigEndianValue
                header = 16
            } else if length == 0 {
                length = range.upperBound - offset
            }
            guard length >= header, length <= range.upperBound - offset else { return }
            let type = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
            guard body(type, offset + header..<offset + length) else { return }
            offset += length
        }
    }
}
#endif
