/// Moves a picture from a source to a sink: resized, converted and turned on the way, in bands.
///
/// `source rows => ring => zimg (resize + colour model + chroma subsampling) => ring => sink`
///
/// The orientation is applied after the resize, to the planes of the result, so that memory is bounded by the size of
/// the result however large the source is. Where nothing has to be computed, zimg is left out and the source's samples
/// reach the sink as they are.
package struct PixelPipeline {
    /// The part of the source to use, in px of the source.
    package var region: PixelRegion
    package var orientation: Orientation
    package var filter: ResamplingFilter
    /// Whether the source is read in a thread of its own.
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

    /// Runs to the end of both.
    ///
    /// - Parameter checkpoint: Called after each band with the part of the work that is done, 0 to 1; may throw to stop.
    /// - Throws: What the source, the sink or `checkpoint` threw, or ``PixelError``.
    package func run(
        from source: any BandSource, to sink: any BandSink, checkpoint: (Double) throws -> Void = { _ in }
    ) throws {
        let stored = orientation.swapsAxes ? sink.format.transposed : sink.format
        if isCopy(of: source.format, into: stored) {
            try copy(from: source, to: sink, checkpoint)
        } else {
            try resample(from: source, into: stored, to: sink, checkpoint)
        }
    }

    /// Whether the stored samples are the result's samples.
    private func isCopy(of source: PlaneFormat, into stored: PlaneFormat) -> Bool {
        guard source == stored, region == PixelRegion(source.size) else { return false }
        // A reversed axis that ends in half a chroma sample would begin with it: chroma must be computed anew.
        let padded = source.paddedToChroma.size
        return (!orientation.reversesColumns || padded.width == source.size.width)
            && (!orientation.reversesRows || padded.height == source.size.height)
    }

    // MARK: Copying

    private func copy(
        from source: any BandSource, to sink: any BandSink, _ checkpoint: (Double) throws -> Void
    ) throws {
        let height = source.format.size.height
        let isTurned = orientation != .topLeft
        // The ring must hold a band being written to the sink and one being read.
        let ringRows = (source.bandRows + 2 * max(source.bandRows, sink.bandRows)).roundedUpToPowerOfTwo
        let wholeRows = source.format.size.height.roundedUp(toMultipleOf: source.bandRows)
        var format = source.format
        if isTurned { format.size.height = wholeRows }
        let buffer = PlaneBuffer(
            format: format, rows: isTurned ? nil : ringRows, widths: zip(source.rowWidths, sink.rowWidths).map(max))
        let feeder = try BandFeeder(
            source: source, buffer: buffer, ringRows: isTurned ? .max / 2 : ringRows,
            concurrently: readsAhead && !isTurned)
        if isTurned {
            for row in stride(from: 0, to: height, by: source.bandRows) {
                try feeder.require(row + source.bandRows, releasing: 0)
                try checkpoint(Double(row) / Double(height) / 2)
            }
            try feeder.finish()
            let turned = TurnedPlanes(buffer, size: source.format.size, orientation: orientation)
            try turned.write(to: sink) { try checkpoint(0.5 + $0 / 2) }
            return
        }
        for row in stride(from: 0, to: height, by: sink.bandRows) {
            try feeder.require(row + sink.bandRows, releasing: row)
            try sink.writeBand(from: buffer, at: row)
            try checkpoint(Double(row + sink.bandRows) / Double(height))
        }
        try feeder.finish()
    }

    // MARK: Resampling

    private func resample(
        from source: any BandSource, into stored: PlaneFormat, to sink: any BandSink,
        _ checkpoint: (Double) throws -> Void
    ) throws {
        let padded = stored.paddedToChroma
        let extended = extended(source.format, for: stored)
        let below = extended.size.height - source.format.size.height
        let graph = try ResampleGraph(
            from: extended, region: reachingInto(padded, from: stored), to: padded, filter: filter)
        // What the graph looks back on, what is mirrored at the end, and bands being read meanwhile.
        let lookBack = max(graph.inputRows, 2 * below)
        let sourceRows = (lookBack + (readsAhead ? 6 : 2) * source.bandRows).roundedUpToPowerOfTwo
        let input = PlaneBuffer(format: extended, rows: sourceRows, widths: source.rowWidths)
        let isTurned = orientation != .topLeft
        let output = PlaneBuffer(
            format: padded, rows: isTurned ? nil : graph.outputRows + 2 * sink.bandRows,
            widths: isTurned ? nil : sink.rowWidths)
        let feeder = try BandFeeder(
            source: source, buffer: input, ringRows: sourceRows, concurrently: readsAhead)
        let height = stored.size.height
        var written = 0
        try graph.run(from: input, to: output) { end in
            try feeder.require(end, releasing: end - lookBack)
        } output: { end in
            if !isTurned {
                while written < height, end >= min(written + sink.bandRows, height) {
                    try sink.writeBand(from: output, at: written)
                    written += sink.bandRows
                }
            }
            try checkpoint(Double(min(end, height)) / Double(height) * (isTurned ? 0.8 : 1))
        }
        try feeder.finish()
        if isTurned {
            let turned = TurnedPlanes(output, size: padded.size, orientation: orientation)
            try turned.write(to: sink) { try checkpoint(0.8 + $0 * 0.2) }
        }
    }

    /// The source's format with room on the right and below where a side is no whole number of chroma samples.
    ///
    /// zimg wants whole ones, and mirrors the picture where its own width and height end. So the picture is mirrored at its
    /// true edge here, as far as the filter reaches, and what zimg makes up beyond is never looked at.
    private func extended(_ source: PlaneFormat, for stored: PlaneFormat) -> PlaneFormat {
        func side(_ length: Int, _ shift: Int, _ step: Double) -> Int {
            guard !length.isMultiple(of: 1 << shift) else { return length }
            // Three lobes of the widest kernel, in samples of the coarser planes.
            let reach = (Int((3 * max(step, 1)).rounded(.up)) + 2) << shift
            return (length + reach).roundedUp(toMultipleOf: 1 << shift)
        }
        var extended = source
        extended.size.width = side(
            source.size.width, source.subsampling.horizontalShift, region.width / Double(stored.size.width))
        extended.size.height = side(
            source.size.height, source.subsampling.verticalShift, region.height / Double(stored.size.height))
        return extended
    }

    /// The region whose image fills the padded result, the picture itself landing where the orientation wants it: at
    /// the start of an axis, or at its end if the axis is reversed, so that chroma samples stay aligned after the turn.
    private func reachingInto(_ padded: PlaneFormat, from stored: PlaneFormat) -> PixelRegion {
        let scaleX = region.width / Double(stored.size.width)
        let scaleY = region.height / Double(stored.size.height)
        let leadX = orientation.reversesColumns ? padded.size.width - stored.size.width : 0
        let leadY = orientation.reversesRows ? padded.size.height - stored.size.height : 0
        return PixelRegion(
            left: region.left - Double(leadX) * scaleX, top: region.top - Double(leadY) * scaleY,
            width: Double(padded.size.width) * scaleX, height: Double(padded.size.height) * scaleY)
    }
}
