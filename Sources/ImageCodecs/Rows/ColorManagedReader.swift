import PixelEngine
import Pixels

/// Converts the rows of another reader to sRGB; grey stays grey.
final class ColorManagedReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType

    private enum Conversion {
        case transform(ColorTransform)
        /// `R = (1 - C)(1 - K)` and so on, as in browsers without a profile.
        case plainCMYK(isInverted: Bool)
    }

    private let inner: any RowReader
    private let conversion: Conversion
    private let memory: WorkingMemory

    /// Returns the reader itself if its samples are sRGB, otherwise one that converts.
    static func wrap(_ inner: any RowReader, probe: ImageProbe) throws(CodecError) -> any RowReader {
        let profile: [UInt8]
        switch probe.colorSpace {
        case .sRGB: return inner
        case .inks:
            return try ColorManagedReader(inner, channels: 3, .plainCMYK(isInverted: probe.hasInvertedCMYK))
        case .displayP3: profile = ColorProfiles.displayP3
        case .profile(let bytes): profile = bytes
        }
        let transform = ColorTransform(
            from: profile, channels: inner.channels, isCMYK: probe.isCMYK, isInverted: probe.hasInvertedCMYK,
            sampleType: inner.sampleType)
        guard let transform else { throw .misuse("no transform from a profile that was accepted") }
        return try ColorManagedReader(
            inner, channels: probe.isCMYK ? 3 : inner.channels, .transform(transform))
    }

    private init(_ inner: any RowReader, channels: Int, _ conversion: Conversion) throws(CodecError) {
        memory = try CodecError.memory(inner.rowBytes)
        self.inner = inner
        self.channels = channels
        self.conversion = conversion
        size = inner.size
        sampleType = inner.sampleType
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        let row = memory.bytes
        try inner.readRow(into: row)
        switch conversion {
        case .transform(let transform): transform.convert(row, to: target, count: size.width)
        case .plainCMYK(let isInverted):
            if sampleType == .byte {
                Self.mix(UnsafePointer(row), into: target, count: size.width, isInverted: isInverted)
            } else {
                // Rows are allocated at 64-byte boundaries.
                let source = UnsafeRawPointer(row).assumingMemoryBound(to: UInt16.self)
                let words = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt16.self)
                Self.mix(source, into: words, count: size.width, isInverted: isInverted)
            }
        }
    }

    /// Applies the plain formula, to samples of either width.
    private static func mix<Sample: FixedWidthInteger & UnsignedInteger>(
        _ row: UnsafePointer<Sample>, into target: UnsafeMutablePointer<Sample>, count: Int, isInverted: Bool
    ) {
        let full = UInt64(Sample.max)
        let flip: Sample = isInverted ? 0 : .max
        for x in 0..<count {
            let black = UInt64(row[4 &* x &+ 3] ^ flip)
            for channel in 0..<3 {
                let light = UInt64(row[4 &* x &+ channel] ^ flip) &* black &+ full / 2
                target[3 &* x &+ channel] = Sample(truncatingIfNeeded: light / full)
            }
        }
    }

    func finish() throws { try inner.finish() }
}
