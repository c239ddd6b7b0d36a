#if BMP
import Pixels

/// What the headers of a BMP say: BITMAPFILEHEADER and the DIB header behind it, from BITMAPCOREHEADER to BITMAPV5HEADER.
struct BMPHeader {
    /// How pixels are stored; the values of `biCompression`.
    enum Compression: Int {
        case none = 0
        case runLength8 = 1
        case runLength4 = 2
        case bitFields = 3
    }

    let size: PixelSize
    let bitCount: Int
    let compression: Compression
    /// Where pixels begin, in bytes.
    let pixelOffset: Int
    /// Bytes of both headers, the masks and the palette, without a gap before the pixels.
    let headerBytes: Int
    let isTopDown: Bool
    let hasAlphaMask: Bool
    /// The bytes of an embedded ICC profile.
    let profileRange: Range<Int>?

    var isRunLengthCoded: Bool { compression == .runLength8 || compression == .runLength4 }

    init(_ source: EncodedSource) throws(CodecError) {
        let bytes = try source.bytes(at: 0, length: 14 + 124)
        guard bytes.count >= 26 else { throw .truncated("BMP header") }
        let infoBytes = bytes[14..<18].littleEndianValue
        guard [12, 40, 52, 56, 64, 108, 124].contains(infoBytes) else {
            throw .unsupportedFeature("BMP header of \(infoBytes) bytes is not read")
        }
        guard bytes.count >= 14 + infoBytes else { throw .truncated("BMP header") }
        func number(_ offset: Int, _ length: Int = 4) -> Int {
            offset + length <= 14 + infoBytes && offset + length <= bytes.count
                ? bytes[offset..<offset + length].littleEndianValue : 0
        }
        pixelOffset = bytes[10..<14].littleEndianValue
        guard infoBytes > 12 else {
            size = PixelSize(width: number(18, 2), height: number(20, 2))
            bitCount = number(24, 2)
            (compression, isTopDown, hasAlphaMask, profileRange) = (Compression.none, false, false, nil)
            headerBytes = 26 + (bitCount <= 8 ? 3 << bitCount : 0)
            try check()
            return
        }
        // A negative height means top to bottom; a negative width nothing, so it is taken as the large number it is then.
        let height = Int(Int32(truncatingIfNeeded: number(22)))
        size = PixelSize(width: number(18), height: abs(height))
        isTopDown = height < 0
        bitCount = number(28, 2)
        // OS/2 means Huffman coding by 3.
        guard let compression = Compression(rawValue: number(30)),
            infoBytes != 64 || compression != .bitFields
        else { throw .unsupportedFeature("BMP compression \(number(30)) is not read") }
        self.compression = compression
        hasAlphaMask = number(66) != 0 && compression == .bitFields
        // bV5CSType 'MBED': offset and length of a profile, counted from the DIB header.
        let (offset, length) = (number(126), number(130))
        let isEmbedded = number(70) == 0x4D42_4544 && length > 0 && 14 + offset + length <= source.count
        profileRange = isEmbedded ? 14 + offset..<14 + offset + length : nil
        if bitCount <= 8 {
            let colors = number(46) == 0 ? 1 << bitCount : number(46)
            guard colors <= 1 << bitCount else {
                throw .corrupt("palette of \(colors) colours for \(bitCount) bits per pixel")
            }
            headerBytes = 14 + infoBytes + 4 * colors
        } else {
            headerBytes = 14 + infoBytes + (compression == .bitFields && infoBytes == 40 ? 12 : 0)
        }
        try check()
    }

    private func check() throws(CodecError) {
        guard [1, 4, 8, 16, 24, 32].contains(bitCount) else {
            throw .corrupt("\(bitCount) bits per pixel, expected 1, 4, 8, 16, 24 or 32")
        }
        guard pixelOffset >= headerBytes else {
            throw .corrupt(
                "pixels begin at byte \(pixelOffset), inside the \(headerBytes) bytes of headers and palette")
        }
    }

    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        let header = try BMPHeader(source)
        var probe = ImageProbe(
            format: .bmp, size: header.size, colorModel: header.bitCount <= 8 ? .palette : .rgb,
            byteCount: source.count)
        probe.bitDepth = header.bitCount <= 8 ? header.bitCount : header.bitCount == 16 ? 5 : 8
        // Pixels that run-length coding skips are transparent.
        probe.hasAlpha = header.hasAlphaMask || header.isRunLengthCoded
        let (memory, overflow) = probe.size.area.multipliedReportingOverflow(by: 4)
        probe.decodeMemory = overflow ? .max : memory
        if let range = header.profileRange {
            let length = min(range.count, limits.maximumProfileBytes + 1)
            ProfileAcceptance.settle(
                try source.bytes(at: range.lowerBound, length: length), in: &probe, limits: limits)
        }
        return probe
    }

    /// Whether all pixels are there, which the decoder does not say.
    func checkCompleteness(_ source: EncodedSource) throws(CodecError) {
        if isRunLengthCoded {
            try BMPRunLengths.check(
                source, from: pixelOffset, size: size, bitCount: compression == .runLength4 ? 4 : 8)
            return
        }
        let stride = (size.width * bitCount + 31) / 32 * 4
        let end = pixelOffset + stride * size.height
        guard end <= source.count else {
            throw .truncated("pixels end at byte \(end), the file at \(source.count)")
        }
    }
}
#endif
