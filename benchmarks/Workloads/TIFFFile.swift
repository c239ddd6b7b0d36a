import PixelEngine
import Pixels

/// Writes a baseline TIFF (TIFF 6.0, section 6): RGB, 8 bits, uncompressed, strips of 16 rows. The
/// package itself writes no TIFF.
enum TIFFFile {
    private static let stripRows = 16

    /// Returns a file.
    ///
    /// - Parameter samples: The RGB rows, one after another.
    static func bytes(rgb samples: [UInt8], size: PixelSize) -> [UInt8] {
        let rowBytes = 3 * size.width
        let strips = size.height.dividedRoundingUp(by: stripRows)
        let stripBytes = (0..<strips).map { min(stripRows, size.height - $0 * stripRows) * rowBytes }
        // Header, samples, directory, then the values that do not fit into a directory entry of 12
        // bytes.
        let directory = (8 + samples.count).roundedUp(toMultipleOf: 2)
        let entryCount = 9
        let depths = directory + 2 + 12 * entryCount + 4
        let offsets = depths + 6
        let counts = offsets + 4 * strips

        var file = Array("II".utf8)
        file.append(short: 42)
        file.append(long: directory)
        file += samples
        file += [UInt8](repeating: 0, count: directory - file.count)
        file.append(short: entryCount)
        file.append(entry: 256, .long, 1, size.width)
        file.append(entry: 257, .long, 1, size.height)
        file.append(entry: 258, .short, 3, depths)
        file.append(entry: 259, .short, 1, 1)  // no compression
        file.append(entry: 262, .short, 1, 2)  // RGB
        file.append(entry: 273, .long, strips, offsets)
        file.append(entry: 277, .short, 1, 3)
        file.append(entry: 278, .long, 1, stripRows)
        file.append(entry: 279, .long, strips, counts)
        file.append(long: 0)
        for _ in 0..<3 { file.append(short: 8) }
        for strip in 0..<strips { file.append(long: 8 + strip * stripRows * rowBytes) }
        for bytes in stripBytes { file.append(long: bytes) }
        return file
    }
}

private enum FieldType: Int {
    case short = 3
    case long = 4
}

extension [UInt8] {
    fileprivate mutating func append(short value: Int) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    fileprivate mutating func append(long value: Int) {
        append(short: value)
        append(short: value >> 16)
    }

    /// Appends an entry with its value, or with the offset of its values. Little-endian, so a short
    /// is in the first half.
    fileprivate mutating func append(entry tag: Int, _ type: FieldType, _ count: Int, _ value: Int) {
        append(short: tag)
        append(short: type.rawValue)
        append(long: count)
        append(long: value)
    }
}
