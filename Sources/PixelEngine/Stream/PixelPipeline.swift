package import Pixels

/// Transfers an image from a source to a sink in strips, and resizes, converts and rotates it.
///
/// `source strips => zimg across => windows of 16-bit rows => zimg down => sink strips`
///
/// Resizing is separable and done in two passes: each strip of the source is resized across as it
/// arrives, and each strip of the result is resized down from a window of such rows. The colour
/// model and the chroma subsampling change on the way. Memory holds a few strips for any image
/// height. Each pass may have a thread of its own; the bytes of the result are the same.
///
/// The orientation is applied after the resize, to the planes of the result, so that memory is
/// bounded by the size of the result for any size of source. If nothing needs to be computed, zimg
/// is skipped and the source's samples reach the sink unchanged.
package struct PixelPipeline {
    /// The part of the source to use, in px of the source.
    package var region: PixelRegion
    package var orientation: Orientation
    package var filter: ResamplingFilter
    /// The stages with a thread of their own; the others work in the caller's thread.
    package var stages: Stages

    /// The stages before the sink.
    package struct Stages: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let read = Stages(rawValue: 1)
        package static let across = Stages(rawValue: 2)
        package static let down = Stages(rawValue: 4)
        package static let all: Stages = [.read, .across, .down]
    }

    package init(
        region: PixelRegion, orientation: Orientation = .topLeft, filter: ResamplingFilter = .lanczos3,
        stages: Stages = []
    ) {
        self.region = region
        self.orientation = orientation
        self.filter = filter
        self.stages = stages
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
            source: source, buffer: buffer, ringRows: ringRows, concurrently: stages.contains(.read))
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
        let height = geometry.target.size.height
        let strip = Self.workingRows.roundedUp(toMultipleOf: sink.stripRows)
        let across = try AcrossPass(
            source, geometry: geometry, filter: filter, strip: strip,
            readsAhead: stages.contains(.read), windows: stages.contains(.across) ? 2 : 1)
        let down = try DownPass(geometry, filter: filter, strip: strip)
        let isTurned = orientation != .topLeft
        let slots = isTurned ? down.count : stages.contains(.down) ? 2 : 1
        let output = try PlaneBuffer(
            format: geometry.target, rows: isTurned ? height : slots * strip,
            widths: isTurned ? nil : sink.rowWidths)

        let windows = try Stage(
            count: down.count, slots: 2, concurrently: stages.contains(.across)
        ) {
            try across.fill($0, for: down.computedRows($0))
        }
        let strips = try Stage(count: down.count, slots: slots, concurrently: stages.contains(.down)) {
            try windows.require($0 + 1, releasing: $0)
            try down.compute($0, from: across.window($0), into: output)
        }
        for number in 0..<down.count {
            try strips.require(number + 1, releasing: isTurned ? 0 : number)
            let rows = down.rows(number)
            if !isTurned {
                let end = min(rows.upperBound, stored.size.height)
                for row in stride(from: rows.lowerBound, to: end, by: sink.stripRows) {
                    try sink.writeStrip(from: output, at: row)
                }
            }
            try checkpoint(Double(rows.upperBound) / Double(height) * (isTurned ? 0.8 : 1))
        }
        try strips.finish()
        try windows.finish()
        try across.finish()
        if isTurned {
            let turned = RotatedPlanes(output, size: geometry.target.size, orientation: orientation)
            try turned.write(to: sink) { try checkpoint(0.8 + $0 * 0.2) }
        }
    }
}
