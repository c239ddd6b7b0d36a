package import Pixels

/// Transfers an image from a source to a sink in strips, and resizes, converts and rotates it.
///
/// `source strips => zimg across => 16-bit rows => zimg down => sink strips`
///
/// Resizing is separable and done in two passes: each strip of the source is resized across as it
/// arrives, and each strip of the result is resized down from a window of such rows. The colour
/// model and the chroma subsampling change on the way. Memory holds a few strips for any image
/// height.
///
/// The orientation is applied after the resize, to the planes of the result, so that memory is
/// bounded by the size of the result for any size of source. If nothing needs to be computed, zimg
/// is skipped and the source's samples reach the sink unchanged.
package struct PixelPipeline {
    /// The part of the source to use, in px of the source.
    package var region: PixelRegion
    package var orientation: Orientation
    package var filter: ResamplingFilter
    /// Whether the source is read in a separate thread.
    package var readsAhead: Bool

    package init(
        region: PixelRegion, orientation: Orientation = .topLeft, filter: ResamplingFilter = .lanczos3,
        readsAhead: Bool = false
    ) {
        self.region = region
        self.orientation = orientation
        self.filter = filter
        self.readsAhead = readsAhead
    }

    /// Transfers the whole image.
    ///
    /// - Parameter checkpoint: Called after each strip with the completed fraction, 0 to 1; may
    ///   throw to stop.
    /// - Throws: The error that the source, the sink or `checkpoint` throws, or ``PixelError``.
    package func run(
        from source: any StripSource, to sink: any StripSink, checkpoint: (Double) throws -> Void = { _ in }
    ) throws {
        let stored = orientation.swapsAxes ? sink.format.transposed : sink.format
        if source.sampleType == .byte, isCopy(of: source.format, into: stored) {
            try copy(from: source, to: sink, checkpoint)
        } else {
            try resample(from: source, into: stored, to: sink, checkpoint)
        }
    }

    /// Returns whether the source's samples are the result's samples.
    private func isCopy(of source: PlaneFormat, into stored: PlaneFormat) -> Bool {
        guard source == stored, region == PixelRegion(source.size) else { return false }
        // A reversed axis that ends in half a chroma sample would begin with it, so chroma must be
        // recomputed.
        let padded = source.paddedToChroma.size
        return (!orientation.reversesColumns || padded.width == source.size.width)
            && (!orientation.reversesRows || padded.height == source.size.height)
    }

    // MARK: Copying

    private func copy(
        from source: any StripSource, to sink: any StripSink, _ checkpoint: (Double) throws -> Void
    ) throws {
        let height = source.format.size.height
        let isTurned = orientation != .topLeft
        var format = source.format
        // The last strip may extend below the image.
        format.size.height = height.roundedUp(toMultipleOf: source.stripRows)
        // The ring holds a strip on its way to the sink and others being read.
        let ringRows = isTurned ? format.size.height : 4 * max(source.stripRows, sink.stripRows)
        let buffer = try PlaneBuffer(
            format: format, rows: ringRows, widths: zip(source.rowWidths, sink.rowWidths).map(max))
        let feeder = try StripFeeder(
            source: source, buffer: buffer, ringRows: ringRows, concurrently: readsAhead)
        if isTurned {
            for row in stride(from: 0, to: height, by: source.stripRows) {
                try feeder.require(row + source.stripRows, releasing: 0)
                try checkpoint(Double(row) / Double(height) / 2)
            }
            try feeder.finish()
            let turned = RotatedPlanes(buffer, size: source.format.size, orientation: orientation)
            try turned.write(to: sink) { try checkpoint(0.5 + $0 / 2) }
            return
        }
        for row in stride(from: 0, to: height, by: sink.stripRows) {
            try feeder.require(row + sink.stripRows, releasing: row)
            try sink.writeStrip(from: buffer, at: row)
            try checkpoint(Double(row + sink.stripRows) / Double(height))
        }
        try feeder.finish()
    }

    // MARK: Resampling

    /// The rows of the result computed at a time: enough to make building their part of the filter
    /// cheap, few enough that the rows stay in the cache and memory is left for the image. A
    /// multiple of every sink's strip.
    private static let workingRows = 32

    private func resample(
        from source: any StripSource, into stored: PlaneFormat, to sink: any StripSink,
        _ checkpoint: (Double) throws -> Void
    ) throws {
        let geometry = ResampleGeometry(
            source: source.format, region: region, stored: stored, orientation: orientation)
        let padded = geometry.target
        let band = source.stripRows
        // The feeder is created first, so that a thread that reads ahead has started by the time
        // the graph, which takes milliseconds, is built.
        let ringRows = (readsAhead ? 4 : 1) * band
        var ringFormat = geometry.extended(rows: source.format.size.height)
        ringFormat.size.height = source.format.size.height
        let ring = try PlaneBuffer(
            format: ringFormat, rows: ringRows, widths: source.rowWidths, sampleType: source.sampleType)
        let feeder = try StripFeeder(
            source: source, buffer: ring, ringRows: ringRows, concurrently: readsAhead)
        let across = try ResampleGraph(
            from: .init(geometry.extended(rows: band), source.sampleType),
            region: PixelRegion(
                left: geometry.region.left, width: geometry.region.width, height: Double(band)),
            to: .init(geometry.middle(rows: band), .word, isPremultiplied: true), filter: filter,
            chromaFilter: geometry.chromaFilter)

        // Different primaries need gamma tables, which zimg rebuilds for each strip: hence fewer
        // and taller strips.
        let changesPrimaries = source.format.primaries != stored.primaries
        let strip = (changesPrimaries ? 16 * Self.workingRows : Self.workingRows).roundedUp(
            toMultipleOf: sink.stripRows)
        let window = try RowWindow(
            format: geometry.middle(rows: source.format.size.height),
            capacity: geometry.rows(for: 0..<strip).count + 2 * geometry.reach + 3 * band)
        let isTurned = orientation != .topLeft
        let output = try PlaneBuffer(
            format: padded, rows: isTurned ? padded.size.height : strip,
            widths: isTurned ? nil : sink.rowWidths)

        for top in stride(from: 0, to: padded.size.height, by: strip) {
            let rows = top..<min(top + strip, padded.size.height)
            let needed = geometry.rows(for: rows)
            window.slide(to: needed.lowerBound)
            while window.end < needed.upperBound {
                let row = window.end
                try feeder.require(row + band, releasing: row)
                try across.run(from: ring.view(from: row), to: window.tail)
                window.append(rows: band)
                // Rows above the region are read and discarded.
                if window.end <= needed.lowerBound { window.slide(to: window.end) }
            }
            let down = try geometry.graphDown(to: rows, from: window, filter: filter)
            try down.run(from: window.view, to: output.view(from: top))
            if !isTurned {
                for row in stride(from: top, to: min(rows.upperBound, stored.size.height), by: sink.stripRows)
                {
                    try sink.writeStrip(from: output, at: row)
                }
            }
            try checkpoint(Double(rows.upperBound) / Double(padded.size.height) * (isTurned ? 0.8 : 1))
        }
        try feeder.finish()
        if isTurned {
            let turned = RotatedPlanes(output, size: padded.size, orientation: orientation)
            try turned.write(to: sink) { try checkpoint(0.8 + $0 * 0.2) }
        }
    }
}
