import Pixels

/// Takes rows and lets them go: what remains is the work of making them.
final class DiscardingSink: BandSink {
    let format: PlaneFormat
    let bandRows = 16
    var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }

    init(_ format: PlaneFormat) { self.format = format }

    func writeBand(from buffer: PlaneBuffer, at row: Int) throws {}
}
