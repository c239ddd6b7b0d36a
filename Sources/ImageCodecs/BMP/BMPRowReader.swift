import PixelEngine
import Pixels

/// Reads a BMP as RGB or RGBA rows. Decodes run-length coded images at once, others row by row.
final class BMPRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType = SampleType.byte
    private let source: EncodedSource
    private let header: BMPHeader
    /// The palette: 256 times red, green and blue.
    private let colors: [UInt8]
    /// A run-length coded image as RGBA, top row first; otherwise `nil`.
    private let decoded: WorkingMemory?
    private let stored: WorkingMemory
    private var row = 0

    init(_ source: EncodedSource, probe: ImageProbe) throws(CodecError) {
        self.source = source
        header = try BMPHeader(source)
        // Reads the header again: it must still match the plan.
        guard header.size == probe.size else { throw .corrupt("the file changed while it was read") }
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        colors = try header.colors(source)
        if header.isRunLengthCoded {
            decoded = try BMPRunLengths.decode(source, header, colors: colors)
            stored = try CodecError.memory(0)
        } else {
            try header.checkCompleteness(source)
            decoded = nil
            stored = try CodecError.memory(header.rowBytes.used)
        }
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        guard row < size.height else { throw CodecError.misuse("no such row") }
        defer { row += 1 }
        if let decoded {
            copy(UnsafePointer(decoded.bytes + row * size.width * 4), into: target)
            return
        }
        let place = header.isTopDown ? row : size.height - 1 - row
        let bytes = UnsafeMutableRawBufferPointer(start: stored.base, count: header.rowBytes.used)
        let offset = header.pixelOffset + place * header.rowBytes.stored
        guard try source.read(at: offset, into: bytes) == bytes.count else {
            throw CodecError.truncated("the file became shorter while it was read")
        }
        if header.bitCount <= 8 {
            lookUp(UnsafePointer(stored.bytes), into: target)
        } else {
            unpack(UnsafeRawBufferPointer(bytes), into: target)
        }
    }

    func finish() throws {}

    private func copy(_ rgba: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
        for x in 0..<size.width {
            (target + x * channels).update(from: rgba + x * 4, count: channels)
        }
    }

    /// Writes the colours of palette indices; the leftmost index is in the highest bits of a byte.
    private func lookUp(_ bytes: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
        let (bits, channels) = (header.bitCount, channels)
        let mask = 0xFF >> (8 - bits)
        colors.withUnsafeBufferPointer { colors in
            for x in 0..<size.width {
                let place = x &* bits
                let index = 3 &* (Int(bytes[place >> 3]) >> (8 &- bits &- place & 7) & mask)
                let pixel = target + x &* channels
                (pixel[0], pixel[1], pixel[2]) = (colors[index], colors[index + 1], colors[index + 2])
                if channels == 4 { pixel[3] = 255 }
            }
        }
    }

    /// Writes the channels of pixels of 2 to 4 bytes.
    private func unpack(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<UInt8>) {
        let (step, masks, channels) = (header.bitCount / 8, header.masks, channels)
        for x in 0..<size.width {
            var value: UInt32 = 0
            for byte in 0..<step { value |= UInt32(bytes[x &* step &+ byte]) << UInt32(8 &* byte) }
            let pixel = target + x &* channels
            pixel[0] = masks.red.sample(of: value)
            pixel[1] = masks.green.sample(of: value)
            pixel[2] = masks.blue.sample(of: value)
            if channels == 4 { pixel[3] = masks.alpha.sample(of: value) }
        }
    }
}
