package import SeedreamModel

/// Tells a picture by its first bytes. What a host calls it is not believed.
package enum PictureSignature {
    /// Bytes that are enough to tell.
    package static let length = 16

    /// What begins like this; `nil` for anything but JPEG, PNG and WebP.
    package static func mediaType(of prefix: [UInt8]) -> MediaType? {
        if prefix.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if prefix.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if prefix.starts(with: "RIFF".utf8), prefix.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        return nil
    }

    /// What to call what is no picture, in an error: an error page most of the time.
    package static func description(of prefix: [UInt8]) -> String {
        guard !prefix.isEmpty else { return "nothing" }
        let text = prefix.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        switch text.first {
        case UInt8(ascii: "<"): return "HTML or XML"
        case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON"
        default: break
        }
        if prefix.starts(with: "GIF8".utf8) { return "a GIF" }
        return prefix.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || (0x09...0x0D).contains($0)) }
            ? "text" : "unknown bytes"
    }
}
