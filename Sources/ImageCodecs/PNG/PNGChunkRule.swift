import PixelEngine
import Pixels

/// The conditions under which libpng uses an ancillary chunk, in one table.
struct PNGChunkRule: Sendable {
    enum Place: Sendable { case palette, data, nothing }

    /// The chunk that this one has to precede.
    var precedes: Place
    var lengths: ClosedRange<Int>
    /// What removing the chunk would take away; `nil` if decoding or colour needs it.
    var removal: StrippedImage.Removal?
    /// Whether a wrong CRC invalidates the chunk.
    var needsChecksum = true
    /// Returns the reason why the contents are invalid, or `nil`. Takes the payload and the number
    /// of palette entries (0 without a palette).
    var objection:
        @Sendable (_ payload: [UInt8], _ header: PNGImageHeader, _ paletteEntries: Int) -> String? =
            { _, _, _ in nil }

    /// libpng's default memory limit for a chunk, in bytes (pnglibconf.h).
    static let maximumLength = 8_000_000

    /// The chunks for colour, transparency, orientation and frames. cICP is judged as in libpng
    /// 1.6.45 and later; earlier versions do not know it.
    static let rules: [String: PNGChunkRule] = [
        "cICP": PNGChunkRule(precedes: .palette, lengths: 4...4) { bytes, _, _ in
            invalid(unless: bytes[2] == 0)
        },
        // libpng reads the profile before it compares the CRC, and keeps it.
        "iCCP": PNGChunkRule(precedes: .palette, lengths: 14...maximumLength, needsChecksum: false) {
            bytes, _, _ in
            if case .failure(let objection) = PNGProfile.read(bytes) { objection.why } else { nil }
        },
        "sRGB": PNGChunkRule(precedes: .palette, lengths: 1...1) { bytes, _, _ in
            invalid(unless: bytes[0] <= 3)
        },
        "gAMA": PNGChunkRule(precedes: .palette, lengths: 4...4) { bytes, _, _ in
            invalid(unless: 16...625_000_000 ~= bytes.bigEndianValue)
        },
        "cHRM": PNGChunkRule(precedes: .palette, lengths: 32...32) { bytes, _, _ in
            invalid(unless: PNGColor.chromaticities(bytes).isSolvable)
        },
        "sBIT": PNGChunkRule(precedes: .palette, lengths: 1...4) { bytes, header, _ in
            invalid(
                unless: bytes.count == (header.isPalette ? 3 : header.channels)
                    && bytes.allSatisfy { 1...(header.isPalette ? 8 : header.depth) ~= Int($0) })
        },
        "tRNS": PNGChunkRule(precedes: .data, lengths: 1...256) { bytes, header, paletteEntries in
            if header.hasAlphaChannel { return "the image has an alpha channel" }
            let isRight =
                header.isPalette
                ? bytes.count <= paletteEntries : bytes.count == (header.hasColor ? 6 : 2)
            return isRight ? nil : "it has \(bytes.count) bytes"
        },
        "acTL": PNGChunkRule(precedes: .data, lengths: 8...8, removal: .animation) { bytes, _, _ in
            invalid(unless: bytes[0..<4].bigEndianValue > 0)
        },
        "eXIf": PNGChunkRule(precedes: .nothing, lengths: 4...maximumLength, removal: .exif) { bytes, _, _ in
            invalid(
                unless: bytes.starts(with: [0x49, 0x49, 0x2A, 0])
                    || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]))
        },
    ]

    private static func invalid(unless isValid: Bool) -> String? {
        isValid ? nil : "its values are not valid"
    }
}
