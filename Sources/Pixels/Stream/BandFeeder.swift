/// Keeps a ring filled from a source: in the caller's thread, or ahead of it in a thread of its own.
final class BandFeeder {
    private let source: any BandSource
    private let buffer: PlaneBuffer
    private let ringRows: Int
    private let readAhead: ReadAhead?
    private var rows = 0

    /// - Parameter ringRows: Rows that `buffer` can hold; at least one band more than the consumer looks back.
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

    /// Reads a band and repeats its edge samples up to whole chroma samples, which is what the resampler reads.
    static func readBand(of source: any BandSource, into buffer: PlaneBuffer, at row: Int) throws {
        try source.readBand(into: buffer, at: row)
        let size = source.format.size
        let padded = source.format.paddedToChroma.size
        guard padded != size else { return }
        for plane in 0..<source.format.planeCount where source.format.subsampling(ofPlane: plane) == .full {
            let bottom = min(row + source.bandRows, size.height)
            if padded.width > size.width {
                for y in row..<bottom {
                    let samples = buffer.row(y, ofPlane: plane)
                    for x in size.width..<padded.width { samples[x] = samples[size.width - 1] }
                }
            }
            guard bottom == size.height else { continue }
            for y in size.height..<max(padded.height, size.height) {
                buffer.row(y, ofPlane: plane).update(
                    from: buffer.row(size.height - 1, ofPlane: plane), count: padded.width)
            }
        }
    }
}
