import PixelEngine
import Pixels

/// Reads the segments before the first scan.
enum JPEGHeader {
    /// One component of the frame header.
    struct Component {
        var identifier: UInt8
        var horizontal: Int
        var vertical: Int

        /// From its three bytes (T.81, B.2.2).
        init(_ bytes: ArraySlice<UInt8>) {
            let factors = bytes[bytes.startIndex + 1]
            identifier = bytes[bytes.startIndex]
            horizontal = Int(factors >> 4)
            vertical = Int(factors & 15)
        }
    }

    /// The frame header (T.81, B.2.2).
    struct Frame {
        /// The start of frame marker, which names the process.
        var marker: UInt8
        /// Bits of a sample.
        var precision: Int
        var size: PixelSize
        var components: [Component]

        init(_ segment: JPEGWalker.Segment, _ walker: inout JPEGWalker) throws(CodecError) {
            let bytes = Array(try walker.bytes(segment.payload))
            guard bytes.count >= 6, bytes.count >= 6 + 3 * Int(bytes[5]) else {
                throw .corrupt("start of frame is too short")
            }
            marker = segment.marker
            precision = Int(bytes[0])
            size = PixelSize(width: bytes[3...4].bigEndianValue, height: bytes[1...2].bigEndianValue)
            components = (0..<Int(bytes[5])).map { Component(bytes[(6 + 3 * $0)...]) }
        }

        /// Whether it is coded arithmetically, which few decoders read.
        var isArithmeticCoded: Bool { [0xC9, 0xCA].contains(marker) }

        /// The reason why the linked codec cannot decode the frame, or `nil`: libjpeg-turbo before
        /// 3 decodes only 8-bit sequential and progressive frames.
        var unsupportedFeature: String? {
            guard [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) else {
                return marker == 0xC3 || marker == 0xCB
                    ? "lossless JPEG is not read by the linked libjpeg-turbo \(CodecVersions.jpeg)"
                    : "hierarchical or differential JPEG is not read"
            }
            return precision == 8
                ? nil
                : "JPEG of \(precision) bits is not read by the linked libjpeg-turbo \(CodecVersions.jpeg)"
        }
    }

    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        var walker = JPEGWalker(source)
        var frame: Frame?
        var orientation: Orientation?
        var isAdobeRGB = false
        var adobeTransform: UInt8?
        var hasJFIF = false
        var quality: Int?
        var profile = JPEGProfileParts()
        var extraPictures = 0
        var scanComponents = 0
        var hasMetadata = false
        var hasReservedSegments = false
        while true {
            guard let segment = try walker.next() else { throw .truncated("the header has no start of scan") }
            if !hasMetadata {
                let head = Array(try walker.bytes(segment.payload.prefix(32)))
                hasMetadata = JPEGMetadata.removal(of: segment, head: head) != nil
            }
            if JPEGWalker.Marker.isReserved(segment.marker) { hasReservedSegments = true }
            switch segment.marker {
            case let marker where JPEGWalker.Marker.isStartOfFrame(marker):
                guard frame == nil else { throw .corrupt("two start of frame markers") }
                frame = try Frame(segment, &walker)
            case JPEGWalker.Marker.app0:
                // libjpeg does not take a shorter segment for JFIF.
                if segment.payload.count >= 14,
                    try walker.bytes(segment.payload).starts(with: Array("JFIF\0".utf8))
                {
                    hasJFIF = true
                }
            case JPEGWalker.Marker.app1:
                let bytes = try walker.bytes(segment.payload)
                if bytes.starts(with: Array("Exif\0\0".utf8)) {
                    // Some writers put an empty block in front: the first block with content
                    // counts.
                    let exif = EXIF(bytes)
                    orientation = orientation ?? exif.orientation
                    isAdobeRGB = isAdobeRGB || exif.isAdobeRGB
                }
            case JPEGWalker.Marker.app2:
                let bytes = try walker.bytes(segment.payload)
                profile.add(bytes)
                if bytes.starts(with: Array("MPF\0".utf8)) {
                    extraPictures = MultiPicture.extraCount(in: bytes)
                }
            case JPEGWalker.Marker.app14:
                let bytes = Array(try walker.bytes(segment.payload))
                if bytes.count >= 12, bytes.starts(with: "Adobe".utf8) { adobeTransform = bytes[11] }
            case JPEGWalker.Marker.quantisationTables:
                if quality == nil {
                    quality = JPEGQuality.estimate(table: Array(try walker.bytes(segment.payload)))
                }
            case 0xF7 where frame == nil:
                // A frame header of JPEG-LS (ITU-T T.87, C.2.2), otherwise a reserved segment
                // without meaning.
                let bytes = Array(try walker.bytes(segment.payload))
                if bytes.count >= 6, bytes.count == 6 + 3 * Int(bytes[5]), 2...16 ~= bytes[0] {
                    throw .unsupportedFeature("JPEG-LS is not read")
                }
            case JPEGWalker.Marker.endOfImage:
                throw .corrupt("no image in the file")
            case JPEGWalker.Marker.startOfScan:
                scanComponents = Int(try walker.bytes(segment.payload).first ?? 0)
            default:
                break
            }
            if segment.marker == JPEGWalker.Marker.startOfScan { break }
        }
        guard let frame else { throw .corrupt("start of scan without a start of frame") }
        var probe = ImageProbe(
            format: .jpeg, size: frame.size,
            colorModel: try colorModel(
                of: frame.components, hasJFIF: hasJFIF, adobeTransform: adobeTransform),
            byteCount: source.count)
        probe.orientation = orientation ?? .topLeft
        // Adobe's files hold CMYK inverted, and decoders treat all CMYK files so (Pillow, Skia,
        // Gecko, WebKit).
        probe.hasInvertedCMYK = probe.isCMYK
        if probe.isCMYK { probe.colorSpace = .inks }
        probe.bitDepth = frame.precision
        probe.isProgressive = [0xC2, 0xCA].contains(frame.marker)
        probe.isArithmeticCoded = frame.isArithmeticCoded
        probe.estimatedQuality = quality
        probe.hasMetadata = hasMetadata
        probe.hasReservedSegments = hasReservedSegments
        probe.frameCount = 1 + extraPictures
        if probe.colorModel == .yCbCr {
            probe.planeSubsampling = planeSubsampling(of: frame.components)
            probe.chromaSubsampling =
                probe.planeSubsampling?.description
                ?? frame.components.map { "\($0.horizontal)x\($0.vertical)" }.joined(separator: ",")
        }
        probe.hasPlanes = probe.colorModel == .grey || probe.planeSubsampling != nil
        probe.unsupportedFeature = frame.unsupportedFeature
        if frame.size.height == 0 {
            probe.unsupportedFeature = "JPEG whose height follows the scan (DNL) is not read"
        }
        if probe.isProgressive || scanComponents < frame.components.count {
            probe.decodeMemory = coefficientBytes(size: frame.size, components: frame.components)
        }
        profile.apply(to: &probe, limits: limits)
        if isAdobeRGB, probe.colorChannels == 3 {
            ProfileAcceptance.apply(.adobeRGB, origin: "Adobe RGB (EXIF)", to: &probe)
        }
        return probe
    }

    /// Returns the colour model by libjpeg's rules (jdapimin.c, `default_decompress_parms`).
    private static func colorModel(
        of components: [Component], hasJFIF: Bool, adobeTransform: UInt8?
    ) throws(CodecError) -> ImageProbe.ColorModel {
        switch components.count {
        case 1: return .grey
        case 3:
            if hasJFIF { return .yCbCr }
            if let adobeTransform { return adobeTransform == 0 ? .rgb : .yCbCr }
            return components.map(\.identifier) == Array("RGB".utf8) ? .rgb : .yCbCr
        case 4: return adobeTransform ?? 0 == 0 ? .cmyk : .ycck
        default: throw .unsupportedFeature("JPEG with \(components.count) components")
        }
    }

    /// Returns the subsampling if ``JPEGPlaneSource`` and the resampler can take the planes as
    /// stored.
    private static func planeSubsampling(of components: [Component]) -> ChromaSubsampling? {
        guard components.count == 3, components[1].horizontal == components[2].horizontal,
            components[1].vertical == components[2].vertical
        else { return nil }
        func shift(_ whole: Int, _ part: Int) -> Int? { (0...2).first { part << $0 == whole && part > 0 } }
        guard let horizontal = shift(components[0].horizontal, components[1].horizontal),
            let vertical = shift(components[0].vertical, components[1].vertical)
        else { return nil }
        // As in CodecBridge: chroma with a sixteenth of the samples is read as rows.
        guard horizontal + vertical < 4 else { return nil }
        return ChromaSubsampling(horizontalShift: horizontal, verticalShift: vertical)
    }

    /// Returns the size of all coefficients in bytes, two each, which libjpeg holds for progressive
    /// and non-interleaved files.
    private static func coefficientBytes(size: PixelSize, components: [Component]) -> Int {
        let maximumH = max(components.map(\.horizontal).max() ?? 1, 1)
        let maximumV = max(components.map(\.vertical).max() ?? 1, 1)
        return components.reduce(0) { total, component in
            let columns = (size.width * component.horizontal).dividedRoundingUp(by: maximumH * 8)
            let rows = (size.height * component.vertical).dividedRoundingUp(by: maximumV * 8)
            return total + columns * rows * 128
        }
    }
}
