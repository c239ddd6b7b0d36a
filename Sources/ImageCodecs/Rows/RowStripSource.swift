package import PixelEngine
package import Pixels

/// Separates packed rows into strips of planes, with alpha composited, kept or dropped.
package final class RowStripSource: StripSource {
    /// The treatment of the alpha channel.
    package enum Alpha: Hashable, Sendable {
        /// Composited on a colour, which makes every pixel opaque.
        case flatten(RGBColor)
        case keep
        /// Left out, because every sample is known to be opaque.
        case drop
    }

    package let format: PlaneFormat
    package let stripRows = 16
    package var sampleType: SampleType { reader.sampleType }
    package var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }

    /// Whether a sample that is not opaque has been composited so far.
    package private(set) var hasFlattened = false

    private let reader: any RowReader
    private let alpha: Alpha
    private let memory: WorkingMemory
    private var row: UnsafeMutablePointer<UInt8> { memory.bytes }

    /// Reads from `reader` and treats its alpha channel, if any, as `alpha` says.
    ///
    /// - Parameter primaries: The primaries of the reader's samples. Default: BT.709.
    /// - Throws: ``PixelError/outOfMemory``.
    package init(
        _ reader: any RowReader, alpha: Alpha, primaries: PlaneFormat.Primaries = .bt709
    ) throws(PixelError) {
        memory = try WorkingMemory(byteCount: reader.rowBytes)
        self.reader = reader
        self.alpha = alpha
        var model: PlaneFormat.Model = reader.channels <= 2 ? .grey : .rgb
        if reader.channels == 2, case .flatten(let background) = alpha, !background.isGrey { model = .rgb }
        let keepsAlpha = alpha == .keep && reader.channels.isMultiple(of: 2)
        format = PlaneFormat(model, size: reader.size, hasAlpha: keepsAlpha, primaries: primaries)
    }

    package func readStrip(into buffer: PlaneBuffer, at first: Int) throws {
        for y in first..<min(first + stripRows, format.size.height) {
            try reader.readRow(into: row)
            let planes = (0..<format.planeCount).map { buffer.row(y, ofPlane: $0) }
            if sampleType == .byte {
                separate(UnsafePointer(row), into: planes)
            } else {
                let count = format.size.width
                // Rows and planes are allocated at 64-byte boundaries.
                row.withMemoryRebound(to: UInt16.self, capacity: count * reader.channels) { samples in
                    separate(
                        UnsafePointer(samples),
                        into: planes.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt16.self) })
                }
            }
        }
    }

    package func finish() throws { try reader.finish() }

    @inline(__always)
    private func separate<Sample: FixedWidthInteger & UnsignedInteger>(
        _ row: UnsafePointer<Sample>, into planes: [UnsafeMutablePointer<Sample>]
    ) {
        let width = format.size.width
        switch (reader.channels, alpha) {
        case (1, _):
            planes[0].update(from: row, count: width)
        case (3, _):
            let (red, green, blue) = (planes[0], planes[1], planes[2])
            for x in 0..<width {
                red[x] = row[3 &* x]
                green[x] = row[3 &* x &+ 1]
                blue[x] = row[3 &* x &+ 2]
            }
        case (2, .flatten(let background)):
            noteTransparency(row)
            for (plane, level) in zip(planes, background.levels) {
                for x in 0..<width {
                    plane[x] = Self.blend(row[2 &* x], row[2 &* x &+ 1], Self.scaled(level))
                }
            }
        case (4, .flatten(let background)):
            noteTransparency(row)
            let (red, green, blue) = (planes[0], planes[1], planes[2])
            let levels: (Sample, Sample, Sample) = (
                Self.scaled(background.red), Self.scaled(background.green), Self.scaled(background.blue)
            )
            for x in 0..<width {
                let alpha = row[4 &* x &+ 3]
                red[x] = Self.blend(row[4 &* x], alpha, levels.0)
                green[x] = Self.blend(row[4 &* x &+ 1], alpha, levels.1)
                blue[x] = Self.blend(row[4 &* x &+ 2], alpha, levels.2)
            }
        default:
            let channels = reader.channels
            for (index, plane) in planes.enumerated() {
                for x in 0..<width { plane[x] = row[channels &* x &+ index] }
            }
        }
    }

    private func noteTransparency<Sample: FixedWidthInteger & UnsignedInteger>(_ row: UnsafePointer<Sample>) {
        guard !hasFlattened else { return }
        let channels = reader.channels
        var all = Sample.max
        for x in 0..<format.size.width { all &= row[channels &* x &+ channels &- 1] }
        hasFlattened = all != .max
    }

    /// Returns an 8-bit level in the range of the samples.
    @inline(__always)
    private static func scaled<Sample: FixedWidthInteger & UnsignedInteger>(_ level: UInt8) -> Sample {
        Sample(truncatingIfNeeded: UInt32(level) &* (UInt32(Sample.max) / 255))
    }

    /// Returns `sample·alpha + background·(1 - alpha)`, rounded to the nearest; exact at zero and
    /// at full alpha.
    @inline(__always)
    private static func blend<Sample: FixedWidthInteger & UnsignedInteger>(
        _ sample: Sample, _ alpha: Sample, _ background: Sample
    ) -> Sample {
        let full = UInt64(Sample.max)
        let sum = UInt64(sample) &* UInt64(alpha) &+ UInt64(background) &* (full &- UInt64(alpha)) &+ full / 2
        return Sample(truncatingIfNeeded: sum / full)
    }
}
