import CodecBridge
private import PixelEngine
private import Pixels

/// The versions of the libraries that process pixels.
package enum CodecVersions {
    package static var jpeg: String { String(cString: bridge_jpeg_version()) }
    package static var png: String { String(cString: bridge_png_version()) }
    package static var webp: String { String(cString: bridge_webp_version()) }

    #if HEIF
    /// `nil` if libheif is not installed. Loads it, like ``all``.
    package static var heif: String? { bridge_heif_version().map { String(cString: $0) } }
    #endif

    /// Whether one version of a library precedes another, compared number by number.
    package static func isLess(_ one: String, than other: String) -> Bool {
        let (left, right) = (numbers(one), numbers(other))
        for index in 0..<max(left.count, right.count) {
            let (a, b) = (index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
            if a != b { return a < b }
        }
        return false
    }

    private static func numbers(_ version: String) -> [Int] {
        version.split(separator: ".").map { part in Int(part.prefix { $0.isNumber }) ?? 0 }
    }

    /// The name of each library, and its version or "not installed".
    package static var all: [(name: String, version: String)] {
        var all = [
            ("libjpeg-turbo", jpeg), ("libpng", png), ("libwebp", webp), ("zimg", ResampleGraph.version),
            ("LittleCMS", ColorProfiles.engineVersion),
        ]
        #if FastPNG
        all.append(("ISA-L", String(cString: bridge_isal_version())))
        #endif
        #if GIF
        all.append(("giflib", String(cString: bridge_gif_version())))
        #endif
        #if HEIF
        all.append(("libheif", heif ?? "not installed"))
        #endif
        #if TIFF
        all.append(("libtiff", bridge_tiff_version().map { String(cString: $0) } ?? "not installed"))
        #endif
        return all
    }
}
