extension Collection<UInt8> {
    /// The bytes as one unsigned number, most significant first. At most seven bytes.
    var bigEndianValue: Int {
        var value = 0
        for byte in self { value = value << 8 | Int(byte) }
        return value
    }

    /// The bytes as one unsigned number, least significant first. At most seven bytes.
    var littleEndianValue: Int {
        var value = 0
        var shift = 0
        for byte in self {
            value |= Int(byte) << shift
            shift += 8
        }
        return value
    }
}
