package import Pixels

/// Packed rows as bands of planes: separated, and with alpha composited or kept.
package final class RowBandSource: BandSource {
    /// What becomes of the alpha channel.
    package enum Alpha: Hashable, Sendable {
        /// Composited on a colour; what is left is opaque.
        case flatten(RGBColor)
        case keep
        /// Left out, where every sample is known to be opaque.
        case drop
    }

    package let format: PlaneFormat
    package let bandRows = 16
    package var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }

    /// Whether a sample that is not opaque has been composited so far.
    package private(set) var hasFlattened = false

    private let reader: any RowReader
    private let alpha: Alpha
    private let row: UnsafeMutablePointer<UInt8>

    /// Reads from `reader`, whose alpha channel, if it has one, is treated as `alpha` says.
    package init(_ reader: any RowReader, alpha: Alpha) {
        self.reader = reader
        self.alpha = alpha
        var model: PlaneFormat.Model = reader.channels <= 2 ? .grey : .rgb
        if reader.channels == 2, case .flatten(let background) = alpha, !background.isGrey { model = .rgb }
        let keepsAlpha = alpha == .keep && reader.channels.isMultiple(of: 2)
        format = PlaneFormat(model, size: reader.size, hasAlpha: keepsAlpha)
        row = .allocate(capacity: reader.size.width * reader.channels)
    }

    deinit { row.deallocate() }

    package func readBand(into buffer: PlaneBuffer, at first: Int) throws {
        for y in first..<min(first + bandRows, format.size.height) {
            try reader.readRow(into: row)
            separate(into: (0..<format.planeCount).map { buffer.row(y, ofPlane: $0) })
        }
    }

    package func finish() throws { try reader.finish() }

    private func separate(into planes: [UnsafeMutablePointer<UInt8>]) {
        let width = format.size.width
        let row = UnsafePointer(row)
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
            noteTransparency()
            for (plane, level) in zip(planes, background.levels) {
                for x in 0..<width { plane[x] = Self.blend(row[2 &* x], row[2 &* x &+ 1], level) }
            }
        case (4, .flatten(let background)):
            let (red, green, blue) = (planes[0], planes[1], planes[2])
            let levels = (background.red, background.green, background.blue)
            noteTransparency()
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

    private func noteTransparency() {
        guard !hasFlattened else { return }
        let channels = reader.channels
        var all: UInt8 = 255
        for x in 0..<format.size.width { all &= row[channels &* x &+ channels &- 1] }
        hasFlattened = all != 255
    }

    /// `sample·alpha + background·(1 - alpha)`, rounded to the nearest: exact at alpha 0 and 255.
    private static func blend(_ sample: UInt8, _ alpha: UInt8, _ background: UInt8) -> UInt8 {
        let sum = UInt32(sample) &* UInt32(alpha) &+ UInt32(background) &* (255 &- UInt32(alpha)) &+ 127
        return UInt8(truncatingIfNeeded: sum / 255)
    }
}
