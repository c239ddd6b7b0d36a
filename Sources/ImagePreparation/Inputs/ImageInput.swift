import Cryptography
package import ImageCodecs
import Pixels
import Platform

/// One picture as the caller holds it.
public struct ImageInput: Sendable {
    enum Origin: Sendable {
        case file(path: String)
        case bytes([UInt8])
        case pixels([UInt8], PixelSize)
        case standardInput(StandardInputSpool)
        case dataURI(String)
    }

    let origin: Origin
    /// What messages and results call it.
    public let name: String

    /// A file, by its path. The content decides the format, not the name.
    ///
    /// A file name need not be text. In `path`, and in ``name``, the characters U+10F780 to
    /// U+10F7FF stand for the bytes 0x80 to 0xFF that are no UTF-8; ``file(bytes:)`` takes the
    /// bytes themselves.
    public static func file(_ path: String) -> ImageInput {
        ImageInput(origin: .file(path: path), name: path)
    }

    /// The path of a file; `nil` for everything else.
    package var filePath: String? {
        if case .file(let path) = origin { path } else { nil }
    }

    /// A file, by the bytes of its path, without a zero at their end.
    public static func file(bytes path: some Collection<UInt8>) -> ImageInput { .file(PathText.text(path)) }

    /// Encoded bytes in memory.
    public static func bytes(_ bytes: [UInt8], name: String) -> ImageInput {
        ImageInput(origin: .bytes(bytes), name: name)
    }

    /// Pixels in memory, as a renderer or a decoder of your own leaves them: red, green, blue and
    /// straight alpha, 8 bits each, in sRGB; rows top to bottom, without padding.
    ///
    /// They are always encoded, once, and by the rules for every other image: as JPEG, or as PNG
    /// where alpha is kept and a pixel is not opaque. Where alpha is not kept, transparent parts
    /// are composited on the background.
    ///
    /// - Parameters:
    ///   - rgba: `width * height * 4` bytes; with another number the input fails with
    ///     ``PreparationError/malformedPixels(byteCount:width:height:)``.
    ///   - width: Columns, in px; at least 1.
    ///   - height: Rows, in px; at least 1.
    ///   - name: What messages and results call it.
    public static func pixels(_ rgba: [UInt8], width: Int, height: Int, name: String) -> ImageInput {
        ImageInput(origin: .pixels(rgba, PixelSize(width: width, height: height)), name: name)
    }

    /// Standard input, read to its end once and then kept, so that the value can be planned and
    /// prepared.
    public static var standardInput: ImageInput {
        ImageInput(origin: .standardInput(StandardInputSpool()), name: "-")
    }

    /// A `data:` URI with base64 content. The media type that it declares is not believed.
    public static func dataURI(_ text: String) -> ImageInput {
        ImageInput(origin: .dataURI(text), name: "data URI")
    }

    /// What a person typed: `-`, a `data:` URI, or a path.
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
    /// The SHA-256 of the input's own bytes, as 64 lower-case hexadecimal digits. Of a data URI, of
    /// what it holds; of pixels, of size and pixels, since the same bytes are another image in
    /// another shape.
    ///
    /// - Throws: ``PreparationError``, as preparing it would.
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
