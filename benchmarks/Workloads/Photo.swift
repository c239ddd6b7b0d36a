private import Foundation

/// The photographs of this repository.
enum Photo: String {
    /// 1536x1152, 4:2:0, upright, with all kinds of metadata.
    case dandelion = "dandelion.jpg"
    /// 1152x864, orientation 6, with all kinds of metadata.
    case portrait = "dandelion-portrait.jpg"
    /// 600x400, RGB.
    case coffee = "coffee.png"

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("fixtures/photos")

    var path: String { Self.folder.appendingPathComponent(rawValue).path }

    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
    }

    /// The segments of a JPEG between its JFIF header and its first table: EXIF, XMP, IPTC and a
    /// comment.
    var metadata: ArraySlice<UInt8> {
        get throws {
            let bytes = try bytes
            let start = Self.endOfHeader(bytes)
            var end = start
            // APP1 to APP15 and COM.
            while (0xE1...0xEF).contains(bytes[end + 1]) || bytes[end + 1] == 0xFE {
                end += 2 + Self.length(bytes, at: end)
            }
            guard end > start else { throw WorkloadError.noMetadata(path: path) }
            return bytes[start..<end]
        }
    }

    /// Returns `jpeg` with this photograph's metadata, including the orientation, after its JFIF
    /// header.
    func metadata(copiedTo jpeg: [UInt8]) throws -> [UInt8] {
        let start = Self.endOfHeader(jpeg)
        return try Array(jpeg[..<start] + metadata + jpeg[start...])
    }

    /// Returns the offset of the end of SOI and APP0.
    private static func endOfHeader(_ jpeg: [UInt8]) -> Int {
        jpeg[3] == 0xE0 ? 4 + length(jpeg, at: 2) : 2
    }

    private static func length(_ jpeg: [UInt8], at marker: Int) -> Int {
        Int(jpeg[marker + 2]) << 8 | Int(jpeg[marker + 3])
    }
}
