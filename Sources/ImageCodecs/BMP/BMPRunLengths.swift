import PixelEngine
import Pixels

/// Decodes BMP's run-length codings: RLE4, RLE8, and RLE24 of OS/2.
enum BMPRunLengths {
    /// Decodes a whole image to RGBA, top row first. Pixels that the runs skip stay transparent,
    /// and pixels beyond a row's end are dropped.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` if the data end before the image and without an end
    ///   mark; ``CodecError/outOfMemory``.
    static func decode(
        _ source: EncodedSource, _ header: BMPHeader, colors: [UInt8]
    ) throws(CodecError) -> WorkingMemory {
        let size = header.size
        var canvas = Canvas(
            memory: try CodecError.clearMemory(rows: size.height, rowBytes: size.width * 4), size: size,
            isTopDown: header.isTopDown)
        var bytes = ByteReader(source, from: header.pixelOffset)
        let isDirect = header.compression == .runLength24
        func color(_ index: Int) -> Color {
            (colors[3 * index], colors[3 * index + 1], colors[3 * index + 2])
        }
        /// Returns the two alternating colours of a byte of indices.
        func pair(_ value: UInt8) -> (Color, Color) {
            header.bitCount == 4
                ? (color(Int(value >> 4)), color(Int(value & 15))) : (color(Int(value)), color(Int(value)))
        }
        opcodes: while let count = try bytes.next(), let value = try bytes.next() {
            switch (count, value) {
            case (0, 0): canvas.endRow()
            case (0, 1): return canvas.memory
            case (0, 2):
                guard let right = try bytes.next(), let down = try bytes.next() else { break opcodes }
                canvas.skip(right: Int(right), down: Int(down))
            case (0, _):
                // Single pixels, padded to an even number of bytes.
                var used = 0
                var place = 0
                while place < Int(value) {
                    guard let byte = try bytes.next() else { break opcodes }
                    used += 1
                    if isDirect {
                        guard let green = try bytes.next(), let red = try bytes.next() else { break opcodes }
                        used += 2
                        canvas.put((red, green, byte))
                        place += 1
                    } else {
                        let (first, second) = pair(byte)
                        canvas.put(first)
                        if header.bitCount == 4, place + 1 < Int(value) { canvas.put(second) }
                        place += header.bitCount == 4 ? 2 : 1
                    }
                }
                if !used.isMultiple(of: 2) { _ = try bytes.next() }
            default:
                if isDirect {
                    guard let green = try bytes.next(), let red = try bytes.next() else { break opcodes }
                    for _ in 0..<count { canvas.put((red, green, value)) }
                } else {
                    let (first, second) = pair(value)
                    for place in 0..<Int(count) { canvas.put(place.isMultiple(of: 2) ? first : second) }
                }
            }
        }
        guard canvas.isFull else {
            throw .truncated("run-length coded rows end at \(canvas.row) of \(size.height)")
        }
        return canvas.memory
    }

    private typealias Color = (red: UInt8, green: UInt8, blue: UInt8)

    /// The position of the next pixel.
    private struct Canvas {
        let memory: WorkingMemory
        let size: PixelSize
        let isTopDown: Bool
        /// The row, counted in stored order.
        private(set) var row = 0
        private var column = 0

        init(memory: WorkingMemory, size: PixelSize, isTopDown: Bool) {
            (self.memory, self.size, self.isTopDown) = (memory, size, isTopDown)
        }

        /// Whether the position is past the last pixel.
        var isFull: Bool { row >= size.height || row == size.height - 1 && column >= size.width }

        mutating func endRow() { (column, row) = (0, row + 1) }

        mutating func skip(right: Int, down: Int) { (column, row) = (column + right, row + down) }

        mutating func put(_ color: Color) {
            defer { column += 1 }
            guard column < size.width, row < size.height else { return }
            let y = isTopDown ? row : size.height - 1 - row
            let pixel = memory.bytes + (y * size.width + column) * 4
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (color.red, color.green, color.blue, 255)
        }
    }

    /// Reads the bytes of a source in sequence.
    private struct ByteReader {
        private let source: EncodedSource
        private var window: [UInt8] = []
        private var index = 0
        private var offset: Int

        init(_ source: EncodedSource, from start: Int) { (self.source, offset) = (source, start) }

        mutating func next() throws(CodecError) -> UInt8? {
            if index == window.count {
                window = try source.bytes(at: offset, length: 65_536)
                (index, offset) = (0, offset + window.count)
                guard !window.isEmpty else { return nil }
            }
            defer { index += 1 }
            return window[index]
        }
    }
}
