import Pixels

/// The headers of a BMP: BITMAPFILEHEADER and the DIB header after it, from BITMAPCOREHEADER to
/// BITMAPV5HEADER, and those of OS/2.
///
/// Ambiguities of the format are resolved as in browsers (Chromium, `bmp_image_reader.cc`).
struct BMPHeader {
    enum Compression: Hashable { case none, runLength4, runLength8, runLength24, bitFields }

    let size: PixelSize
    /// Bits per pixel: 1, 2, 4 or 8 for a palette index, 16, 24 or 32 for a colour.
    private(set) var bitCount: Int
    let compression: Compression
    /// The offset of the pixels, in bytes.
    let pixelOffset: Int
    let isTopDown: Bool
    /// The bits of red, green, blue and alpha in a pixel; most files have no alpha.
    let masks: BMPMasks
    /// The range of the palette, blue first, and the bytes of one colour. The palette may be
    /// shorter than announced.
    let palette: (range: Range<Int>, colorBytes: Int)
    /// The range of an embedded ICC profile.
    let profileRange: Range<Int>?

    var isRunLengthCoded: Bool { [.runLength4, .runLength8, .runLength24].contains(compression) }
    /// The bytes of one stored row, without and with padding.
    var rowBytes: (used: Int, stored: Int) {
        ((size.width * bitCount + 7) / 8, (size.width * bitCount + 31) / 32 * 4)
    }

    init(_ source: EncodedSource) throws(CodecError) {
        let bytes = try source.bytes(at: 0, length: 14 + 124 + 4)
        guard bytes.count >= 26 else { throw .truncated("BMP header") }
        let infoBytes = bytes[14..<18].littleEndianValue
        let isWindows = [40, 52, 56, 108, 124].contains(infoBytes)
        // The header of OS/2 2 may end after any of its fields.
        let isOS2 =
            (16...64).contains(infoBytes) && (infoBytes.isMultiple(of: 4) || [42, 46].contains(infoBytes))
        guard infoBytes == 12 || isWindows || isOS2 else {
            throw .unsupportedFeature("BMP header of \(infoBytes) bytes is not read")
        }
        guard bytes.count >= 14 + infoBytes else { throw .truncated("BMP header") }
        func number(_ offset: Int, _ length: Int = 4) -> Int {
            offset + length <= 14 + infoBytes ? bytes[offset..<offset + length].littleEndianValue : 0
        }
        pixelOffset = bytes[10..<14].littleEndianValue
        let storedBits: Int
        if infoBytes == 12 {
            size = PixelSize(width: number(18, 2), height: number(20, 2))
            storedBits = number(24, 2)
            isTopDown = false
        } else {
            // A negative height means top to bottom. A negative width has no meaning and is read as
            // a large unsigned number.
            let height = Int(Int32(truncatingIfNeeded: number(22)))
            size = PixelSize(width: number(18), height: abs(height))
            storedBits = number(28, 2)
            isTopDown = height < 0
        }
        let code = infoBytes == 12 ? 0 : number(30)
        compression = try Self.compression(code, bits: storedBits, isWindows: isWindows)
        // Some programs state fewer bits than the runs have, for fewer colours.
        bitCount = compression == .runLength4 ? 4 : compression == .runLength8 ? 8 : storedBits
        var headerBytes = 14 + infoBytes
        if compression == .bitFields {
            // The masks are part of the header, or follow it.
            let hasAlpha = infoBytes >= 56 || code == 6
            headerBytes = max(headerBytes, 54 + (hasAlpha ? 16 : 12))
            guard bytes.count >= headerBytes else { throw .truncated("BMP masks") }
            let values = (0..<(hasAlpha ? 4 : 3)).map { bytes[54 + 4 * $0..<58 + 4 * $0].littleEndianValue }
            masks = try BMPMasks(values, bitCount: storedBits)
        } else {
            // The alpha mask is used nevertheless, unlike the others.
            masks = BMPMasks(bitCount: storedBits, alpha: isWindows && infoBytes >= 56 ? number(66) : 0)
        }
        let colorBytes = infoBytes == 12 ? 3 : 4
        var colors = 0
        if storedBits <= 8 {
            let most = 1 << storedBits
            colors = infoBytes == 12 || number(46) == 0 ? most : number(46)
            guard colors <= most else {
                throw .corrupt("palette of \(colors) colours for \(storedBits) bits per pixel")
            }
            // The header's pixel offset applies even before the palette's announced end.
            colors = min(colors, (pixelOffset - headerBytes) / colorBytes)
        }
        guard pixelOffset >= headerBytes, storedBits > 8 || colors > 0 else {
            throw .corrupt("pixels begin at byte \(pixelOffset), inside the headers and the palette")
        }
        palette = (headerBytes..<headerBytes + colors * colorBytes, colorBytes)
        // bV5CSType 'MBED': offset and length of a profile, counted from the DIB header.
        let (offset, length) = (number(126), number(130))
        let isEmbedded =
            isWindows && number(70) == 0x4D42_4544 && length > 0 && 14 + offset + length <= source.count
        profileRange = isEmbedded ? 14 + offset..<14 + offset + length : nil
    }

    /// Returns the coding that the two fields mean together: OS/2 uses the same numbers for other
    /// codings.
    private static func compression(
        _ code: Int, bits: Int, isWindows: Bool
    ) throws(CodecError) -> Compression {
        func refuse(_ name: String) -> CodecError {
            .unsupportedFeature("a BMP that holds \(name) is not read")
        }
        let compression: Compression
        switch code {
        case 0: compression = .none
        case 1: compression = .runLength8
        case 2: compression = .runLength4
        case 3 where bits == 1: throw refuse("fax (Huffman 1D) data")
        case 3 where isWindows, 6 where isWindows: compression = .bitFields
        case 4 where bits == 24: compression = .runLength24
        case 4: throw refuse("a JPEG")
        case 5: throw refuse("a PNG")
        case 11, 12, 13: throw refuse("CMYK data")
        default: throw .unsupportedFeature("BMP compression \(code) is not read")
        }
        let legal: [Int] =
            switch compression {
            case .none: [1, 2, 4, 8, 16, 24, 32]
            case .runLength4: [1, 2, 4]
            case .runLength8: [1, 2, 4, 8]
            case .runLength24: [24]
            case .bitFields: [16, 32]
            }
        guard legal.contains(bits) else {
            let expected = legal.map(String.init).joined(separator: ", ")
            throw .corrupt("\(bits) bits per pixel, expected \(expected)")
        }
        return compression
    }

    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        let header = try BMPHeader(source)
        let isIndexed = header.bitCount <= 8
        var probe = ImageProbe(
            format: .bmp, size: header.size, colorModel: isIndexed ? .palette : .rgb, byteCount: source.count)
        probe.bitDepth = isIndexed ? header.bitCount : header.bitCount == 16 ? 5 : 8
        let area = header.size.area
        if header.isRunLengthCoded {
            // Pixels that run-length coding skips are transparent.
            probe.hasAlpha = true
            let (memory, overflow) = area.multipliedReportingOverflow(by: 4)
            probe.decodeMemory = overflow ? .max : memory
        } else if area > 0, area <= limits.maximumPixels {
            if header.masks.alpha.isPresent { probe.hasAlpha = try header.hasAnyAlpha(source) }
            probe.decodeMemory = header.rowBytes.stored
        }
        if let range = header.profileRange {
            let length = min(range.count, limits.maximumProfileBytes + 1)
            ProfileAcceptance.apply(
                try source.bytes(at: range.lowerBound, length: length), to: &probe, limits: limits)
        }
        return probe
    }

    /// Whether the alpha of any pixel is not zero. Programs without alpha leave it zero and mean an
    /// opaque image, as Windows and browsers show it.
    private func hasAnyAlpha(_ source: EncodedSource) throws(CodecError) -> Bool {
        let step = bitCount / 8
        for row in 0..<size.height {
            let bytes = try source.bytes(at: pixelOffset + row * rowBytes.stored, length: rowBytes.used)
            // All pixels of the row, combined with OR.
            var union = [UInt8](repeating: 0, count: step)
            for index in bytes.indices { union[index % step] |= bytes[index] }
            if masks.alpha.isSet(in: UInt32(truncatingIfNeeded: union.littleEndianValue)) { return true }
            if bytes.count < rowBytes.used { break }
        }
        return false
    }

    /// Returns the palette's colours as 256 times red, green and blue. Indices beyond the palette
    /// are black.
    func colors(_ source: EncodedSource) throws(CodecError) -> [UInt8] {
        let stored = try source.bytes(at: palette.range.lowerBound, length: palette.range.count)
        var colors = [UInt8](repeating: 0, count: 256 * 3)
        for index in 0..<stored.count / palette.colorBytes {
            for channel in 0..<3 {
                colors[3 * index + channel] = stored[index * palette.colorBytes + 2 - channel]
            }
        }
        return colors
    }

    /// Checks that all pixels are present. The padding of the last row may be missing.
    func checkCompleteness(_ source: EncodedSource) throws(CodecError) {
        let available = source.count - pixelOffset
        guard available >= rowBytes.used,
            (available - rowBytes.used) / max(rowBytes.stored, 1) >= size.height - 1
        else {
            let end = pixelOffset + rowBytes.stored * (size.height - 1) + rowBytes.used
            throw .truncated("pixels end at byte \(end), the file at \(source.count)")
        }
    }
}
