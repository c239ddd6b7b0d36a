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
