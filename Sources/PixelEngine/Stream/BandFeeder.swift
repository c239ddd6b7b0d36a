import Pixels

/// Keeps a ring filled from a source: in the caller's thread, or ahead of it in a thread of its
/// own.
final class BandFeeder {
    private let source: any BandSource
    private let buffer: PlaneBuffer
    private let ringRows: Int
    private let readAhead: ReadAhead?
    private var rows = 0

    /// - Parameter ringRows: Rows that `buffer` can hold; at least one band more than the consumer
    ///   looks back.
    init(source: any BandSource, buffer: PlaneBuffer, ringRows: Int, concurrently: Bool) throws {
        self.source = source
        self.buffer = buffer
        self.ringRows = ringRows
        readAhead = concurrently ? try ReadAhead(source: source, buffer: buffer, ringRows: ringRows) : nil
    }

    /// Returns once rows `0..<end` have been read; rows below `released` may have been overwritten.
    func require(_ end: Int, releasing released: Int) throws {
        let end = min(end, source.format.size.height)
        if let readAhead {
            try readAhead.require(end, releasing: released)
            return
        }
        while rows < end {
            try Self.readBand(of: source, into: buffer, at: rows)
            rows += source.bandRows
        }
    }

    /// Reads the rest of the picture without keeping it, and what follows it.
    func finish() throws {
        try require(source.format.size.height, releasing: .max)
        try readAhead?.join()
        try source.finish()
    }

    /// Reads a band. Where the buffer's rows are wider than the source's, what lies beyond is the
    /// source mirrored at its last column, as the resampler would have it.
    static func readBand(of source: any BandSource, into buffer: PlaneBuffer, at row: Int) throws {
        try source.readBand(into: buffer, at: row)
        guard buffer.format.size.width != source.format.size.width else { return }
        for plane in 0..<source.format.planeCount {
            let inside = source.format.size(ofPlane: plane)
            let width = buffer.format.size(ofPlane: plane).width
            let shift = source.format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<max(row >> shift, min((row + source.bandRows) >> shift, inside.height))
            {
                let samples = buffer.row(y, ofPlane: plane)
                for x in inside.width..<width { samples[x] = samples[max(2 * inside.width - 1 - x, 0)] }
            }
        }
    }
}
