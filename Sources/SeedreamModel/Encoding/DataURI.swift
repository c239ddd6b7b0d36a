/// A media type that a request can carry.
public enum MediaType: String, Hashable, Codable, Sendable, CaseIterable {
    /// JPEG.
    case jpeg = "image/jpeg"
    /// PNG.
    case png = "image/png"
    /// WebP.
    case webp = "image/webp"

    /// The usual file name extension, without the dot.
    public var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        case .webp: "webp"
        }
    }
}

/// An image as a `data:` URI (RFC 2397). The text is generated only while it is written.
///
/// The length is known in advance, so a request body can state its size before the first byte is
/// encoded.
public struct DataURI: Hashable, Sendable {
    /// The media type stated in the URI.
    public let mediaType: MediaType
    /// The image's encoded bytes.
    public let bytes: EncodedBytes

    /// Creates a URI from bytes, which are shared, not copied.
    public init(mediaType: MediaType, bytes: EncodedBytes) {
        self.mediaType = mediaType
        self.bytes = bytes
    }

    /// The text before the encoded bytes: `"data:image/jpeg;base64,"`.
    public var prefix: String { "data:\(mediaType.rawValue);base64," }

    /// The exact length of the whole URI in ASCII characters.
    public var length: Int { Self.length(mediaType: mediaType, byteCount: bytes.count) }

    /// Returns the length in ASCII characters of the URI of an image with the given number of
    /// bytes.
    public static func length(mediaType: MediaType, byteCount: Int) -> Int {
        mediaType.rawValue.utf8.count + 13 + (byteCount + 2) / 3 * 4
    }

    /// Writes the URI as ASCII, in chunks.
    ///
    /// - Parameters:
    ///   - chunkSize: The maximum number of characters in each chunk, rounded down to a multiple of
    ///     four, at least 64. Default: 65 536.
    ///   - sink: Receives each chunk in order. The memory is valid only during the call.
    /// - Throws: The error that `sink` throws.
    public func write<Failure: Error>(
        chunkSize: Int = 65_536, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let capacity = max(chunkSize / 4 * 4, 64)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
        defer { chunk.deallocate() }
        let head = Array(prefix.utf8)
        chunk.copyBytes(from: head)
        try sink(UnsafeRawBufferPointer(rebasing: chunk[..<head.count]))
        let step = capacity / 4 * 3
        try bytes.withBytes { (source: UnsafeRawBufferPointer) throws(Failure) in
            var offset = 0
            while offset < source.count {
                let end = min(offset + step, source.count)
                let written = Base64.encode(
                    UnsafeRawBufferPointer(rebasing: source[offset..<end]), into: chunk)
                try sink(UnsafeRawBufferPointer(rebasing: chunk[..<written]))
                offset = end
            }
        }
    }

    /// The whole URI as a string, generated at each access. It is a third longer than the image.
    public var string: String {
        String(unsafeUninitializedCapacity: length) { target in
            var offset = 0
            let target = UnsafeMutableRawBufferPointer(target)
            write { chunk in
                UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: chunk)
                offset += chunk.count
            }
            return offset
        }
    }
}

extension DataURI: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The prefix and the number of bytes omitted: `"data:image/jpeg;base64,<183204 bytes>"`.
    public var description: String { "\(prefix)\(bytes)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` does not print the image.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension DataURI {
    /// An error in decoding a `data:` URI.
    package enum DecodingError: Error, Hashable, Sendable {
        case noComma
        case notMarkedAsBase64
        case notBase64
        /// The content has about `byteCount` bytes, which exceeds the maximum.
        case tooLarge(byteCount: Int)
    }

    /// Returns the bytes of a `data:` URI, decoded as browsers do (WHATWG Fetch, "data: URL
    /// processor").
    ///
    /// White space and percent-encoded characters in the content are accepted, and padding may be
    /// missing. The URL alphabet (`-` and `_`) is rejected, as in the specification.
    ///
    /// - Parameter maximum: The maximum number of decoded bytes.
    package static func decode(_ text: String, maximum: Int) throws(DecodingError) -> [UInt8] {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { throw .noComma }
        guard isMarked(text.utf8[..<comma]) else { throw .notMarkedAsBase64 }
        let body = text.utf8[text.utf8.index(after: comma)...]
        if body.count / 4 * 3 <= maximum {
            // Most texts are contiguous in memory and need no cleaning.
            let decoded =
                body.withContiguousStorageIfAvailable { Base64.decode($0) }
                ?? Array(body).withUnsafeBufferPointer { Base64.decode($0) }
            if let decoded { return decoded }
        }
        let cleaned = cleaned(body)
        guard cleaned.count / 4 * 3 <= maximum else { throw .tooLarge(byteCount: cleaned.count / 4 * 3) }
        guard let decoded = cleaned.withUnsafeBufferPointer({ Base64.decode($0) }) else { throw .notBase64 }
        return decoded
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [9, 10, 12, 13, 32].contains(byte) }

    /// Returns whether the text before the comma ends with `;base64`, ignoring white space.
    private static func isMarked(_ head: Substring.UTF8View) -> Bool {
        let head = String(decoding: head.filter { !isSpace($0) }, as: UTF8.self)
        return head.lowercased().hasSuffix(";base64")
    }

    /// Returns the Base64 text with white space removed, percent-encoding decoded and padding
    /// corrected.
    private static func cleaned(_ body: Substring.UTF8View) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        func digit(_ byte: UInt8) -> UInt8? {
            Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
        }
        var rest = body
        while let byte = rest.popFirst() {
            var byte = byte
            let next = rest.prefix(2).map { $0 }
            if byte == UInt8(ascii: "%"), next.count == 2, let high = digit(next[0]), let low = digit(next[1])
            {
                byte = high << 4 | low
                rest.removeFirst(2)
            }
            if !isSpace(byte) { result.append(byte) }
        }
        while result.last == UInt8(ascii: "=") { result.removeLast() }
        return result + [UInt8](repeating: UInt8(ascii: "="), count: (4 - result.count % 4) % 4)
    }
}
