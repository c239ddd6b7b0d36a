import Pixels

/// Keeps a ring filled from a source, in the caller's thread or ahead of it in a separate thread.
final class StripFeeder {
    private let source: any StripSource
    private let stage: Stage

    /// - Parameter ringRows: The number of rows that `buffer` can hold: at least one strip more
    ///   than the consumer looks back.
    init(source: any StripSource, buffer: PlaneBuffer, ringRows: Int, concurrently: Bool) throws(PixelError) {
        self.source = source
        let strip = source.stripRows
        stage = try Stage(
            count: source.format.size.height.dividedRoundingUp(by: strip), slots: ringRows / strip,
            concurrently: concurrently
        ) {
            try source.readMirroredStrip(into: buffer, at: $0 * strip)
        }
    }

    /// Returns once rows `0..<end` have been read. Rows below `released` may have been overwritten.
    func require(_ end: Int, releasing released: Int) throws {
        try stage.require(
            end.dividedRoundingUp(by: source.stripRows), releasing: released / source.stripRows)
    }

    /// Reads and discards the rest of the image, and the data after it.
    func finish() throws {
        try stage.finish()
        try source.finish()
    }
}
