import Cryptography
import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the input images of a request as strictly as a provider, decoding every pixel.
struct InputReader: Sendable {
    let files: FileStore
    let ambiguities: Ambiguities

    /// The long side of a tile, in px: enough to recognize the image.
    private static let tileSide = 384
    private static let thumbnailSide = 160

    /// Reads the image that a reference names.
    ///
    /// - Parameter reference: A data URI or a URL. Only URLs of the emulator's own files are read;
    ///   others are never fetched.
    func read(_ reference: String, limits: InputLimits) async throws(InputViolation) -> InputImage {
        if reference.lowercased().hasPrefix("data:") {
            let (declared, bytes) = try Self.parse(reference, limits: limits)
            return try read(bytes, declared: declared, limits: limits)
        }
        guard let path = Self.path(ofURL: reference) else { throw .notAURI }
        if let file = await files.file(at: path) {
            guard let bytes = await files.bytes(of: file) else { throw .notDownloadable(reference) }
            return try read(bytes, declared: nil, limits: limits)
        }
        if await files.hasExpired(path) { throw .notDownloadable(reference) }
        switch ambiguities.remoteImages {
        case .refused:
            throw .notDownloadable(reference)
        case .placeholder:
            let tile = Tile(
                size: PixelSize(width: Self.tileSide, height: Self.tileSide), color: (150, 150, 150))
            return InputImage(
                tile: tile, size: nil, kind: "URL", hasAlpha: false, byteCount: 0,
                sha256: SHA256Digest(Array(reference.utf8)).hexadecimal,
                thumbnail: ImageRenderer.jpeg(tile, side: Self.thumbnailSide))
        }
    }

    /// Returns the media type and bytes of a data URI (RFC 2397, base64 only).
    private static func parse(
        _ uri: String, limits: InputLimits
    ) throws(InputViolation) -> (declared: String, bytes: [UInt8]) {
        let length = uri.utf8.count
        guard length <= limits.maximumURILength else {
            throw .uriTooLong(length: length, maximum: limits.maximumURILength)
        }
        guard let comma = uri.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            throw .badDataURI("there is no comma")
        }
        let head = uri[..<comma].dropFirst("data:".count).split(separator: ";").map(String.init)
        guard head.last?.lowercased() == "base64" else { throw .badDataURI("it is not base64") }
        guard head.count > 1 else { throw .badDataURI("there is no media type") }
        guard let data = Data(base64Encoded: Data(uri[comma...].dropFirst().utf8)), !data.isEmpty else {
            throw .badDataURI("the base64 cannot be decoded")
        }
        return (head[0], [UInt8](data))
    }

    /// Returns the path of an HTTP(S) URL without its query; `nil` if the text is not such a URL.
    private static func path(ofURL text: String) -> String? {
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            guard let slash = rest.firstIndex(of: "/") else { return rest.isEmpty ? nil : "" }
            guard slash != rest.startIndex else { return nil }
            let path = rest[slash...].dropFirst().prefix { $0 != "?" && $0 != "#" }
            return String(path)
        }
        return nil
    }

    private func read(
        _ bytes: [UInt8], declared: String?, limits: InputLimits
    ) throws(InputViolation) -> InputImage {
        guard bytes.count <= limits.maximumBytes else {
            throw .tooManyBytes(bytes.count, maximum: limits.maximumBytes)
        }
        // Refused formats are not decoded, so the response does not depend on the formats that this
        // build reads.
        guard let format = FormatSniffer.format(of: bytes.prefix(FormatSniffer.prefixLength)) else {
            throw .undecodable("not an image")
        }
        if let declared, declared != format.mediaTypeName {
            throw .mediaTypeMismatch(declared: declared, found: format)
        }
        guard limits.formats.contains(format) else { throw .unsupportedFormat(format.displayName) }
        let source = EncodedSource(bytes)
        var headerLimits = DecodeLimits()
        // The provider's own limits are checked below.
        headerLimits.maximumPixels = .max
        headerLimits.maximumDecodeMemory = .max
        let probe: ImageProbe
        do throws(CodecError) {
            probe = try Prober.probe(source, limits: headerLimits)
        } catch {
            throw .undecodable("\(error)")
        }
        let shown = ambiguities.appliesOrientation ? probe.displaySize : probe.size
        guard min(shown.width, shown.height) >= limits.minimumSide else {
            throw .tooSmall(shown, minimum: limits.minimumSide)
        }
        guard shown.area <= limits.maximumPixels else {
            throw .tooManyPixels(shown, maximum: limits.maximumPixels)
        }
        guard
            Double(max(shown.width, shown.height)) <= limits.maximumAspectRatio
                * Double(min(shown.width, shown.height))
        else { throw .aspectRatio(shown, maximum: limits.maximumAspectRatio) }

        let sink = TileSink(size: shown.fitted(in: Self.tileSide))
        do {
            try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits(), convertsColor: true) {
                reader in
                let white = RGBColor(red: 255, green: 255, blue: 255)
                try PixelPipeline(
                    region: PixelRegion(probe.size),
                    orientation: ambiguities.appliesOrientation ? probe.orientation : .topLeft,
                    filter: .bilinear
                ).run(from: try RowStripSource(reader, alpha: .flatten(white)), to: sink)
            }
        } catch {
            throw .undecodable("\(error)")
        }
        return InputImage(
            tile: sink.tile, size: shown, kind: probe.format.mediaTypeName, hasAlpha: probe.hasAlpha,
            byteCount: bytes.count, sha256: SHA256Digest(bytes).hexadecimal,
            thumbnail: ImageRenderer.jpeg(sink.tile, side: Self.thumbnailSide))
    }
}

extension PixelSize {
    /// Returns the largest size of this shape whose sides are at most `side` px, never larger than
    /// this size; at least 1 px a side.
    func fitted(in side: Int) -> PixelSize {
        let longest = max(width, height)
        guard longest > side else { return self }
        return PixelSize(
            width: max(1, (width * side + longest / 2) / longest),
            height: max(1, (height * side + longest / 2) / longest))
    }
}

extension ImageFormat {
    /// The media type, as in a data URI: `"image/jpeg"`.
    var mediaTypeName: String { "image/\(rawValue)" }
}
