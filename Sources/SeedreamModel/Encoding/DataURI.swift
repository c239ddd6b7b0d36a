/// The media types that a request can carry.
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

/// A picture as a `data:` URI (RFC 2397) whose text is made only while it is written.
///
/// The length is known beforehand, so a request body can state its size before the first byte is
/// encoded.
public struct DataURI: Hashable, Sendable {
    /// The media type that the URI names.
    public let mediaType: MediaType
    /// The picture.
    public let bytes: EncodedBytes

    /// Makes a URI over bytes, which are shared, not copied.
    public init(mediaType: MediaType, bytes: EncodedBytes) {
        self.mediaType = mediaType
        self.bytes = bytes
    }

    /// `"data:image/jpeg;base64,"`.
    public var prefix: String { "data:\(mediaType.rawValue);base64," }

    /// The exact number of ASCII characters of the whole URI.
    public var length: Int { Self.length(mediaType: mediaType, byteCount: bytes.count) }

    /// The length in ASCII characters of the URI of a picture with that many bytes.
    public static func length(mediaType: MediaType, byteCount: Int) -> Int {
        mediaType.rawValue.utf8.count + 13 + (byteCount + 2) / 3 * 4
    }

    /// Writes the URI as ASCII in chunks.
    ///
    /// - Parameters:
    ///   - chunkSize: Characters in each chunk, at most; rounded down to a multiple of four, at
    ///     least 64. 65 536 by
    ///     default.
    ///   - sink: Receives each chunk in order; the memory is valid only during the call.
    /// - Throws: What `sink` throws.
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

    /// The whole URI as a string. It is made anew at each call and is a third longer than the
    /// picture.
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
    /// The prefix and the number of characters left out: `"data:image/jpeg;base64,<183204 bytes>"`.
    public var description: String { "\(prefix)\(bytes)" }
    /// As ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no picture.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension DataURI {
    /// Why a text is no `data:` URI that can be read.
    package enum DecodingError: Error, Hashable, Sendable {
        case noComma
        case notMarkedAsBase64
        case notBase64
        /// It holds so many bytes, or a few more.
        case tooLarge(byteCount: Int)
    }

    /// The bytes that a `data:` URI holds, read as browsers read it (WHATWG Fetch, "data: URL
    /// processor").
    ///
    /// White space and percent-encoded characters within the content are taken, and padding may be
    /// missing. The alphabet of URLs (`-` and `_`) is refused there, and here.
    ///
    /// - Parameter maximum: Bytes, at most.
    package static func decode(_ text: String, maximum: Int) throws(DecodingError) -> [UInt8] {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else { throw .noComma }
        guard isMarked(text.utf8[..<comma]) else { throw .notMarkedAsBase64 }
        let body = text.utf8[text.utf8.index(after: comma)...]
        if body.count / 4 * 3 <= maximum {
            // Most texts lie in memory in one piece, with nothing to clean.
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

    /// Whether what stands before the comma ends with `;base64`, blanks aside.
    private static func isMarked(_ head: Substring.UTF8View) -> Bool {
        let head = String(decoding: head.filter { !isSpace($0) }, as: UTF8.self)
        return head.lowercased().hasSuffix(";base64")
    }

    /// Base64 without white space, percent-encoding and wrong padding.
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
