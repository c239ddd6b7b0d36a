package import SeedreamModel

/// A body of known length whose bytes are produced while they are sent. It refers to images without
/// copying them, and can be read any number of times.
public struct RequestBody: Sendable {
    /// A part of a body.
    package enum Segment: Sendable {
        case bytes([UInt8])
        /// An image, unchanged.
        case picture(EncodedBytes)
        /// An image as base64, after its prefix.
        case dataURI(DataURI)

        var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .picture(let bytes): bytes.count
            case .dataURI(let uri): uri.length
            }
        }
    }

    package let segments: [Segment]
    /// The exact length in bytes.
    public let length: Int

    /// Creates an empty body.
    public init() { self.init([]) }

    package init(_ segments: [Segment]) {
        self.segments = segments
        length = segments.reduce(0) { $0 + $1.length }
    }

    /// Creates a body from bytes in memory.
    public init(bytes: [UInt8]) { self.init(bytes.isEmpty ? [] : [.bytes(bytes)]) }

    /// Whether the body is empty.
    public var isEmpty: Bool { length == 0 }

    /// Returns a reader at the first byte of the body.
    public func makeReader() -> RequestBodyReader { RequestBodyReader(self) }
}

extension RequestBody: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of bytes, never their content.
    public var description: String { "<\(length) bytes>" }
    /// The same text as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no payload.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Reads a body in pieces into the caller's buffer. Base64 is encoded on the way.
public struct RequestBodyReader: Sendable {
    private let segments: [RequestBody.Segment]
    private var index = 0
    /// The bytes of the current segment that were read; for a data URI, the characters.
    private var offset = 0

    init(_ body: RequestBody) { segments = body.segments }

    /// Fills the buffer with the next bytes.
    ///
    /// - Parameter buffer: A buffer of at least 64 bytes.
    /// - Returns: The number of bytes written; 0 only at the end.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= 64, "expected a buffer of at least 64 bytes, found \(buffer.count)")
        var filled = 0
        while index < segments.count, filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = fill(rest, from: segments[index])
            if count == 0 {
                guard offset >= segments[index].length else { break }
                index += 1
                offset = 0
            } else {
                filled += count
                offset += count
            }
        }
        return filled
    }

    private func fill(_ rest: UnsafeMutableRawBufferPointer, from segment: RequestBody.Segment) -> Int {
        switch segment {
        case .bytes(let bytes): bytes.withUnsafeBytes { Self.copy($0, offset, rest) }
        case .picture(let image): image.withBytes { Self.copy($0, offset, rest) }
        case .dataURI(let uri): base64(of: uri, into: rest)
        }
    }

    private static func copy(
        _ source: UnsafeRawBufferPointer, _ offset: Int, _ rest: UnsafeMutableRawBufferPointer
    ) -> Int {
        let count = min(rest.count, source.count - offset)
        guard count > 0 else { return 0 }
        rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
        return count
    }

    /// Encodes whole groups of four characters only, so that no state is kept between calls.
    /// Returns 0 if no group fits.
    private func base64(of uri: DataURI, into rest: UnsafeMutableRawBufferPointer) -> Int {
        let prefix = Array(uri.prefix.utf8)
        if offset < prefix.count { return prefix.withUnsafeBytes { Self.copy($0, offset, rest) } }
        return uri.bytes.withBytes { bytes in
            let start = (offset - prefix.count) / 4 * 3
            let end = min(start + rest.count / 4 * 3, bytes.count)
            guard start < end else { return 0 }
            return Base64.encode(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: rest)
        }
    }
}
