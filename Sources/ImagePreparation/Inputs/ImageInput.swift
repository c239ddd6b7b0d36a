import Cryptography
package import ImageCodecs
import Pixels
import Platform

/// One image as provided by the caller.
public struct ImageInput: Sendable {
    enum Origin: Sendable {
        case file(path: String)
        case bytes([UInt8])
        case pixels([UInt8], PixelSize)
        case standardInput(StandardInputSpool)
        case dataURI(String)
    }

    let origin: Origin
    /// The name used in messages and results.
    public let name: String

    /// A file, by its path. The content decides the format, not the name.
    ///
    /// A file name need not be valid text. In `path` and ``name``, the characters U+10F780 to
    /// U+10F7FF represent the bytes 0x80 to 0xFF that are not UTF-8; ``file(bytes:)`` takes the
    /// bytes themselves.
    public static func file(_ path: String) -> ImageInput {
        ImageInput(origin: .file(path: path), name: path)
    }

    /// The path of a file; `nil` for other inputs.
    package var filePath: String? {
        if case .file(let path) = origin { path } else { nil }
    }

    /// A file, by the bytes of its path, without a terminating zero.
    public static func file(bytes path: some Collection<UInt8>) -> ImageInput { .file(PathText.text(path)) }

    /// Encoded bytes in memory.
    public static func bytes(_ bytes: [UInt8], name: String) -> ImageInput {
        ImageInput(origin: .bytes(bytes), name: name)
    }

    /// Pixels in memory, for example from a renderer or another decoder: red, green, blue and
    /// straight alpha, 8 bits each, in sRGB; rows from top to bottom, without padding.
    ///
    /// They are always encoded once, by the same rules as other images: as JPEG, or as PNG if alpha
    /// is kept and a pixel is not opaque. If alpha is not kept, transparent parts are composited
    /// onto the background.
    ///
    /// - Parameters:
    ///   - rgba: `width * height * 4` bytes; otherwise the input fails with
    ///     ``PreparationError/malformedPixels(byteCount:width:height:)``.
    ///   - width: The width in px, at least 1.
    ///   - height: The height in px, at least 1.
    ///   - name: The name used in messages and results.
    public static func pixels(_ rgba: [UInt8], width: Int, height: Int, name: String) -> ImageInput {
        ImageInput(origin: .pixels(rgba, PixelSize(width: width, height: height)), name: name)
    }

    /// Standard input, read to its end once and then kept in memory, so that the input can be both
    /// planned and prepared.
    public static var standardInput: ImageInput {
        ImageInput(origin: .standardInput(StandardInputSpool()), name: "-")
    }

    /// A `data:` URI with base64 content. The media type it declares is not trusted.
    public static func dataURI(_ text: String) -> ImageInput {
        ImageInput(origin: .dataURI(text), name: "data URI")
    }

    /// An argument typed by a user: `-`, a `data:` URI, or a path.
    public init(argument: String) {
        if argument == "-" {
            self = .standardInput
        } else if argument.prefix(5).lowercased() == "data:" {
            self = .dataURI(argument)
        } else {
            self = .file(argument)
        }
    }

    private init(origin: Origin, name: String) {
        self.origin = origin
        self.name = name
    }
}

extension ImageInput {
    /// Returns the SHA-256 of the input's bytes as 64 lower-case hexadecimal digits. For a data
    /// URI, it covers the decoded content; for pixels, the size and the pixels, since the same
    /// bytes in another shape are another image.
    ///
    /// - Throws: ``PreparationError``, as preparing the input does.
    package func sha256(limits: DecodeLimits) throws(PreparationError) -> String {
        let source = try InputOpener.open(self, limits: limits)
        var digest = SHA256Stream()
        if let size = source.pixelSize { digest.update(Array("rgba8 \(size)\n".utf8)) }
        var offset = 0
        do throws(CodecError) {
            while case let piece = try source.bytes(at: offset, length: 1 << 20), !piece.isEmpty {
                digest.update(piece)
                offset += piece.count
            }
        } catch {
            throw .codec(error)
        }
        return digest.finish().hexadecimal
    }
}
