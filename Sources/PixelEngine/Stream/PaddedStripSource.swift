package import Pixels

/// An image centred in a larger one of a single colour.
package final class PaddedStripSource: StripSource {
    package let format: PlaneFormat
    package var sampleType: SampleType { inner.sampleType }
    package var stripRows: Int { inner.stripRows }
    package var rowWidths: [Int] { (0..<format.planeCount).map { format.size(ofPlane: $0).width } }

    private let inner: any StripSource
    private let buffer: PlaneBuffer
    private let levels: [UInt8]
    private let left: Int
    private let top: Int
    private var rows = 0

    /// - Parameter size: The size of the larger image, at least that of the inner image in both
    ///   directions.
    package init(
        _ inner: any StripSource, size: PixelSize, background: RGBColor
    ) throws(PixelError) {
        self.inner = inner
        var format = inner.format
        format.size = size
        self.format = format
        // Offsets of whole chroma samples, so that chroma stays aligned.
        let shift = format.subsampling
        left = (size.width - inner.format.size.width) / 2 & -(1 << shift.horizontalShift)
        top = (size.height - inner.format.size.height) / 2 & -(1 << shift.verticalShift)
        buffer = try PlaneBuffer(
            format: inner.format, rows: 2 * inner.stripRows, widths: inner.rowWidths,
            sampleType: inner.sampleType)
        let colors: [UInt8] =
            switch format.model {
            case .grey: [background.yCbCr[0]]
            case .yCbCr: background.yCbCr
            case .rgb: background.levels
            }
        levels = colors + (format.hasAlpha ? [255] : [])
    }

    package func readStrip(into target: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount {
            let shift = format.subsampling(ofPlane: plane)
            let inside = inner.format.size(ofPlane: plane)
            let whole = format.size(ofPlane: plane)
            let (x, y0) = (left >> shift.horizontalShift, top >> shift.verticalShift)
            let first = row >> shift.verticalShift
            for y in first..<max(first, min((row + stripRows) >> shift.verticalShift, whole.height)) {
                let samples = target.row(y, ofPlane: plane)
                // With 16 bits, both bytes are the 8-bit level.
                samples.update(repeating: levels[plane], count: whole.width * sampleType.bytes)
                guard (y0..<y0 + inside.height).contains(y) else { continue }
                try require((y - y0) << shift.verticalShift)
                (samples + x * sampleType.bytes).update(
                    from: buffer.row(y - y0, ofPlane: plane), count: inside.width * sampleType.bytes)
            }
        }
    }

    package func finish() throws {
        try require(inner.format.size.height - 1)
        try inner.finish()
    }

    /// Reads until the given row of the inner image is available. A strip of this image covers at
    /// most two of the inner one.
    private func require(_ row: Int) throws {
        while rows <= row, rows < inner.format.size.height {
            try inner.readStrip(into: buffer, at: rows)
            rows += inner.stripRows
        }
    }
}
