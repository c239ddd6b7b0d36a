import Pixels

/// The EXIF facts that change pixels. Everything else in EXIF is removed unread.
struct EXIF {
    /// The largest block looked at, in bytes: an APP1 segment holds no more.
    static let maximumBytes = 65_536

    /// Tag 0x0112, where it says something valid.
    let orientation: Orientation?
    /// Whether the colours are Adobe RGB: ColorSpace (0xA001) is 2, or it is "uncalibrated" and the
    /// interoperability index is "R03" (DCF 2.0, optional colour space).
    let isAdobeRGB: Bool

    /// - Parameter block: From the byte order mark on; a leading `Exif\0\0` is skipped.
    init(_ block: some Collection<UInt8>) {
        var bytes = Array(block.prefix(Self.maximumBytes))
        if bytes.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) { bytes.removeFirst(6) }
        let main = TIFFDirectory(bytes)
        // SHORT by the standard; some writers use LONG or BYTE.
        orientation = main?.value(ofTag: 0x0112).flatMap(Orientation.init(rawValue:))
        let camera = main?.directory(atTag: 0x8769)
        let space = camera?.value(ofTag: 0xA001)
        let index = camera?.directory(atTag: 0xA005)?.shortText(ofTag: 0x0001)
        isAdobeRGB = space == 2 || space != 1 && index == "R03"
    }
}
