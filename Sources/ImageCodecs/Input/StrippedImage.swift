/// A file reduced to the bytes needed to show the image: a list of ranges to copy from the source
/// and of bytes to write.
package struct StrippedImage: Sendable {
    /// A piece of the result.
    package enum Piece: Hashable, Sendable {
        /// A range of the source, unchanged.
        case copied(Range<Int>)
        case written([UInt8])

        var count: Int {
            switch self {
            case .copied(let range): range.count
            case .written(let bytes): bytes.count
            }
        }
    }

    /// Something that was left out, as users call it.
    package enum Removal: String, Hashable, Sendable, CaseIterable {
        case exif = "EXIF"
        case xmp = "XMP"
        case iptc = "IPTC"
        case comment
        case text
        case thumbnail
        case contentCredentials = "C2PA"
        case animation = "further frames"
        case trailingData = "data after the end"
        case other = "other metadata"
    }

    package private(set) var pieces: [Piece] = []
    package var removals: Set<Removal> = []
    /// Whether the source ends before its end marker. Only decoding then shows whether all pixels
    /// are present.
    package var lacksEnd = false
    /// Whether unneeded bytes can be removed only by encoding again: they are inside the compressed
    /// pixels, or the pixels cannot be followed to their end and may be damaged.
    package var needsEncoding = false

    /// The size of the result, in bytes.
    package var byteCount: Int { pieces.reduce(0) { $0 + $1.count } }

    /// Whether the result is the source, byte for byte.
    package func isIdentical(to source: EncodedSource) -> Bool { pieces == [.copied(0..<source.count)] }

    mutating func copy(_ range: Range<Int>) {
        if case .copied(let last)? = pieces.last, last.upperBound == range.lowerBound {
            pieces[pieces.count - 1] = .copied(last.lowerBound..<range.upperBound)
        } else if !range.isEmpty {
            pieces.append(.copied(range))
        }
    }

    mutating func write(_ bytes: [UInt8]) { pieces.append(.written(bytes)) }

    /// Writes bytes at the start of the result.
    mutating func prepend(_ bytes: [UInt8]) { pieces.insert(.written(bytes), at: 0) }

    /// Writes the result, `byteCount` bytes.
    package func write(
        from source: EncodedSource, into target: UnsafeMutableRawBufferPointer
    ) throws(CodecError) {
        var offset = 0
        for piece in pieces {
            let slot = UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + piece.count])
            switch piece {
            case .copied(let range):
                guard try source.read(at: range.lowerBound, into: slot) == range.count else {
                    throw .truncated("the file became shorter while it was read")
                }
            case .written(let bytes): slot.copyBytes(from: bytes)
            }
            offset += piece.count
        }
    }
}
