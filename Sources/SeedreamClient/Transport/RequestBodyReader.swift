import SeedreamModel

/// Reads a body in pieces, from one buffer of the caller's. Base64 is made here.
public struct RequestBodyReader: Sendable {
    private let segments: [RequestBody.Segment]
    private var index = 0
    /// Within the segment: bytes of it that were read; of a data URI, characters.
    private var offset = 0

    init(_ body: RequestBody) { segments = body.segments }

    /// Fills the buffer with what comes next.
    ///
    /// - Parameter buffer: At least 64 bytes.
    /// - Returns: How many bytes were written; 0 at the end only.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= 64, "a body is read into 64 bytes or more, not \(buffer.count)")
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
        case .picture(let picture): picture.withBytes { Self.copy($0, offset, rest) }
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

    /// Whole groups of four characters only, so that no state is kept between calls; 0 where none
    /// fits any more.
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
