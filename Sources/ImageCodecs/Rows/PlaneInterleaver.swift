import PixelEngine
import Pixels

/// Planes back to packed rows.
enum PlaneInterleaver {
    /// Writes one row of all planes of `buffer`, pixel by pixel, to `target`.
    ///
    /// - Parameter expandingGrey: Whether a grey plane is written three times, as RGB.
    static func interleave(
        _ buffer: PlaneBuffer, row: Int, into target: UnsafeMutablePointer<UInt8>, expandingGrey: Bool = false
    ) {
        let format = buffer.format
        let isExpanded = expandingGrey && format.model == .grey
        let planes = isExpanded ? [0, 0, 0] + (format.hasAlpha ? [1] : []) : Array(0..<format.planeCount)
        let width = format.size.width
        let count = planes.count
        for (channel, plane) in planes.enumerated() {
            let samples = UnsafePointer(buffer.row(row, ofPlane: plane))
            guard count > 1 else {
                target.update(from: samples, count: width)
                return
            }
            for x in 0..<width { target[x &* count &+ channel] = samples[x] }
        }
    }
}
