#if GIF
import Pixels

/// Reads the screen descriptor of a GIF and counts its frames by their block lengths (GIF89a,
/// sections 17 to 27).
enum GIFHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        var reader = HeaderReader(source, windowSize: 4096)
        let screen = Array(try reader.bytes(at: 0, length: 13))
        guard screen.count == 13 else { throw .truncated("screen descriptor") }
        var canvas = PixelSize(
            width: screen[6...7].littleEndianValue, height: screen[8...9].littleEndianValue)
        var probe = ImageProbe(format: .gif, size: canvas, colorModel: .palette, byteCount: source.count)
        var offset = 13 + tableBytes(screen[10])
        var frames = 0
        var isTransparent = false
        blocks: while let introducer = try reader.byte(at: offset) {
            switch introducer {
            case 0x21:
                let label = try reader.byte(at: offset + 1)
                if label == 0xF9, frames == 0 {
                    isTransparent = (try reader.byte(at: offset + 3) ?? 0) & 1 == 1
                }
                if label == 0xFE || label == 0xFF { probe.hasMetadata = true }
                offset = try skipSubBlocks(&reader, from: offset + 2)
            case 0x2C:
                let descriptor = Array(try reader.bytes(at: offset + 1, length: 9))
                guard descriptor.count == 9 else { break blocks }
                if frames == 0 {
                    // The canvas grows to hold the first frame, as in browsers: some files have
                    // screens of 0x0 or smaller than the frame. A frame without a size takes the
                    // screen's.
                    let left = descriptor[0...1].littleEndianValue
                    let top = descriptor[2...3].littleEndianValue
                    var frame = PixelSize(
                        width: descriptor[4...5].littleEndianValue,
                        height: descriptor[6...7].littleEndianValue)
                    let screen = canvas
                    canvas.width = max(screen.width, left + frame.width)
                    canvas.height = max(screen.height, top + frame.height)
                    if frame.area == 0 { frame = screen }
                    probe.hasAlpha = isTransparent || (left, top) != (0, 0) || frame != canvas
                    probe.isProgressive = descriptor[8] & 0x40 != 0
                }
                frames += 1
                // The minimum code size precedes the sub-blocks.
                offset = try skipSubBlocks(&reader, from: offset + 10 + tableBytes(descriptor[8]) + 1)
            default:
                break blocks
            }
        }
        probe.size = canvas
        probe.frameCount = max(1, frames)
        probe.decodeMemory = canvas.area * 4 + source.count
        return probe
    }

    /// Returns the bytes of the colour table that a packed field announces.
    private static func tableBytes(_ packed: UInt8) -> Int {
        packed & 0x80 == 0 ? 0 : 3 << (Int(packed & 7) + 1)
    }

    private static func skipSubBlocks(_ reader: inout HeaderReader, from start: Int) throws(CodecError) -> Int
    {
        var offset = start
        while let length = try reader.byte(at: offset) {
            offset += 1 + Int(length)
            if length == 0 { break }
        }
        return offset
    }
}
#endif
