import CodecBridge
private import Pixels

/// The versions of the linked libraries.
package enum CodecVersions {
    package static var jpeg: String { String(cString: bridge_jpeg_version()) }
    package static var png: String { String(cString: bridge_png_version()) }
    package static var webp: String { String(cString: bridge_webp_version()) }

    /// Name and version of each library that touches pixels.
    package static var all: [(name: String, version: String)] {
        [
            ("libjpeg-turbo", jpeg), ("libpng", png), ("libwebp", webp), ("zimg", ResampleGraph.version),
            ("LittleCMS", ColorProfiles.engineVersion),
        ]
    }
}
