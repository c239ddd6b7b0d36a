/// Reads numbers and short runs of bytes at any offset of a source, through one window of memory.
package struct HeaderReader {
    private let source: EncodedSource
    private var window: [UInt8] = []
    private var windowStart = 0
    private let windowSize: Int

    /// - Parameter windowSize: The bytes read at a time. Default: 64 KiB, which holds most headers.
    package init(_ source: EncodedSource, windowSize: Int = 65_536) {
        self.source = source
        self.windowSize = windowSize
    }

    package var count: Int { source.count }

    /// Returns `length` bytes from `offset` on, fewer at the end of the source.
    package mutating func bytes(at offset: Int, length: Int) throws(CodecError) -> ArraySlice<UInt8> {
        guard offset >= 0, length > 0, offset < count else { return [] }
        let end = min(offset + length, count)
        if offset < windowStart || end > windowStart + window.count {
            window = try source.bytes(at: offset, length: max(length, windowSize))
            windowStart = offset
        }
        let available = min(end, windowStart + window.count)
        return window[(offset - windowStart)..<max(available - windowStart, offset - windowStart)]
    }

    /// Calls `body` with the available bytes from `offset` on: at least one, none at the end of the
    /// source.
    package mutating func withAvailable<Result>(
        at offset: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(CodecError) -> Result {
        guard offset >= 0, offset < count else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if let result = source.withMemory(from: offset, body) { return result }
        if offset < windowStart || offset >= windowStart + window.count {
            window = try source.bytes(at: offset, length: windowSize)
            windowStart = offset
        }
        return window.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[min(offset - windowStart, $0.count)...]))
        }
    }

    package mutating func byte(at offset: Int) throws(CodecError) -> UInt8? {
        try bytes(at: offset, length: 1).first
    }

    package mutating func bigEndian(at offset: Int, bytes length: Int) throws(CodecError) -> Int? {
        let slice = try bytes(at: offset, length: length)
        return slice.count == length ? slice.bigEndianValue : nil
    }

    package mutating func littleEndian(at offset: Int, bytes length: Int) throws(CodecError) -> Int? {
        let slice = try bytes(at: offset, length: length)
        return slice.count == length ? slice.littleEndianValue : nil
    }
}

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
