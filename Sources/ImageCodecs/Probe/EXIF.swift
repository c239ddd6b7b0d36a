import Pixels

/// The one EXIF fact that changes pixels. Everything else in EXIF is removed unread.
enum EXIF {
    /// The largest block looked at, in bytes: an APP1 segment holds no more.
    static let maximumBytes = 65_536

    /// The orientation (tag 0x0112), or `nil` if the block says nothing valid.
    ///
    /// - Parameter block: From the byte order mark on; a leading `Exif\0\0` is skipped.
    static func orientation(in block: some Collection<UInt8>) -> Orientation? {
        var bytes = Array(block.prefix(maximumBytes))
        if bytes.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) { bytes.removeFirst(6) }
        // SHORT by the standard; some writers use LONG or BYTE.
        return TIFFDirectory(bytes)?.value(ofTag: 0x0112).flatMap(Orientation.init(rawValue:))
    }
}
