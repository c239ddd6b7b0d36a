import Pixels

/// The first pass of a resize: makes a window of rows as wide as the result for each strip of the
/// result.
///
/// Two windows alternate, so that one is filled while the other is read. The rows that both need
/// are copied. In one thread, a single window slides.
final class AcrossPass {
    /// Returns the fewest rows read ahead, while graphs are built or another thread is late.
    ///
    /// The graph of this pass takes the time of 64 rows. Those that convert primaries take the time
    /// of a tenth of an image of 12 megapixels, for which 4 MiB suffice.
    private static func rowsAhead(of source: any StripSource, _ geometry: ResampleGeometry) -> Int {
        guard geometry.changesPrimaries else { return 64 }
        let rowBytes = source.format.size.width * 3 * source.sampleType.bytes
        return max(64, min(source.format.size.height, (4 << 20) / rowBytes))
    }

    private let geometry: ResampleGeometry
    private let band: Int
    private let ring: PlaneBuffer
    private let feeder: StripFeeder
    private let graph: ResampleGraph
    private let windows: [RowWindow]

    /// - Parameters:
    ///   - strip: The most rows of the result made from one window.
    ///   - readsAhead: Whether the source is read in a separate thread.
    ///   - windows: The number of windows, 1 or 2.
    init(
        _ source: any StripSource, geometry: ResampleGeometry, filter: ResamplingFilter, strip: Int,
        readsAhead: Bool, windows count: Int
    ) throws(PixelError) {
        self.geometry = geometry
        band = source.stripRows
        // The feeder is created first, so that its thread has started by the time the graph, which
        // takes milliseconds, is built.
        let ahead = Self.rowsAhead(of: source, geometry).roundedUp(toMultipleOf: band)
        let ringRows = readsAhead ? max(4 * band, ahead) : band
        let height = source.format.size.height
        ring = try PlaneBuffer(
            format: geometry.extended(rows: height), rows: ringRows, widths: source.rowWidths,
            sampleType: source.sampleType)
        feeder = try StripFeeder(source: source, buffer: ring, ringRows: ringRows, concurrently: readsAhead)
        graph = try ResampleGraph(
            from: .init(geometry.extended(rows: band), source.sampleType),
            region: PixelRegion(
                left: geometry.region.left, width: geometry.region.width, height: Double(band)),
            to: .init(geometry.middle(rows: band), .word, isPremultiplied: true), filter: filter,
            chromaFilter: geometry.chromaFilter)
        var windows: [RowWindow] = []
        for _ in 0..<count {
            windows.append(
                try RowWindow(
                    format: geometry.middle(rows: height),
                    capacity: geometry.windowRows(strip: strip, band: band)))
        }
        self.windows = windows
    }

    /// Returns the window of the given number.
    func window(_ number: Int) -> RowWindow { windows[number % windows.count] }

    /// Fills the window of the given number with the source rows that rows of the result need.
    /// Numbers ascend by 1 and rows never go up.
    func fill(_ number: Int, for rows: Range<Int>) throws {
        let needed = geometry.rows(for: rows)
        let window = window(number)
        window.take(over: number == 0 ? window : self.window(number - 1), from: needed.lowerBound)
        while window.end < needed.upperBound {
            let row = window.end
            try feeder.require(row + band, releasing: row)
            try graph.run(from: ring.view(from: row), to: window.tail)
            window.append(rows: band)
            // Rows above the region are read and discarded.
            if window.end <= needed.lowerBound { window.slide(to: window.end) }
        }
    }

    /// Reads and discards the rest of the image, and the data after it.
    func finish() throws { try feeder.finish() }
}
