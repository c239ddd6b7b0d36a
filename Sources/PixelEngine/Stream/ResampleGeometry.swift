package import Pixels

/// Which samples of a source make which samples of a result: all sizes and offsets of one resize.
package struct ResampleGeometry {
    /// The result as it is computed: stored orientation, sides padded to whole chroma samples.
    package let target: PlaneFormat
    /// What becomes the whole of `target`, in px of the source; may reach past its edges.
    package let region: PixelRegion
    /// Rows of the source above and below a row's place that the filter may look at.
    package let reach: Int

    /// What brings chroma to another subsampling; `nil` for the filter of the resize.
    ///
    /// Where colours are only converted and nothing is resized, chroma goes up and down as every
    /// JPEG decoder takes it: by linear interpolation between centred samples ("fancy upsampling").
    package let chromaFilter: ResamplingFilter?

    private let source: PlaneFormat
    private let stored: PlaneFormat
    /// Columns and rows that the source is mirrored beyond its edge, where a side is no whole
    /// number of chroma samples.
    private let mirrored: PixelSize
    private let scaleX: Double
    private let scaleY: Double

    /// - Parameters:
    ///   - region: The part of the source that becomes the picture.
    ///   - stored: The result before it is turned.
    package init(source: PlaneFormat, region: PixelRegion, stored: PlaneFormat, orientation: Orientation) {
        self.source = source
        self.stored = stored
        target = stored.paddedToChroma
        scaleX = region.width / Double(stored.size.width)
        scaleY = region.height / Double(stored.size.height)
        // The picture lies at the start of an axis, or at its end if the axis is reversed, so that
        // chroma samples stay aligned after the turn.
        let leadX = orientation.reversesColumns ? target.size.width - stored.size.width : 0
        let leadY = orientation.reversesRows ? target.size.height - stored.size.height : 0
        self.region = PixelRegion(
            left: region.left - Double(leadX) * scaleX, top: region.top - Double(leadY) * scaleY,
            width: Double(target.size.width) * scaleX, height: Double(target.size.height) * scaleY)
        let keepsSize = scaleX == 1 && scaleY == 1
        let convertsColor = source.model != stored.model || source.primaries != stored.primaries
        chromaFilter = keepsSize && convertsColor ? .bilinear : nil
        // Three lobes of the widest kernel: that of the coarser chroma, of the source or of the
        // result.
        func lobes(_ scale: Double, _ from: Int, _ to: Int) -> Int {
            Int((3 * max(Double(1 << from), scale * Double(1 << to))).rounded(.up)) + (2 << from)
        }
        reach = lobes(scaleY, source.subsampling.verticalShift, stored.subsampling.verticalShift)
        // zimg wants whole chroma samples, and mirrors the picture where its own width and height
        // end. So the picture is mirrored at its true edge before, as far as the filter reaches,
        // and what zimg makes up beyond is never looked at.
        func extra(_ length: Int, _ shift: Int, _ reach: Int) -> Int {
            length.isMultiple(of: 1 << shift)
                ? 0 : (length + reach).roundedUp(toMultipleOf: 1 << shift) - length
        }
        let (shift, coarse) = (source.subsampling, stored.subsampling)
        mirrored = PixelSize(
            width: extra(
                source.size.width, shift.horizontalShift,
                lobes(scaleX, shift.horizontalShift, coarse.horizontalShift)),
            height: extra(source.size.height, shift.verticalShift, reach))
    }

    /// Some rows of the source with room for what is mirrored on the right.
    package func extended(rows: Int) -> PlaneFormat {
        var format = source
        format.size = PixelSize(width: source.size.width + mirrored.width, height: rows)
        return format
    }

    /// Some rows between the passes: as wide as the result and as high as the source.
    ///
    /// The colour model changes on the way across if that needs no other row and no other
    /// primaries, otherwise on the way down.
    package func middle(rows: Int) -> PlaneFormat {
        let changesLater = source.model == .yCbCr || source.primaries != stored.primaries
        return PlaneFormat(
            changesLater ? source.model : stored.model,
            size: PixelSize(width: target.size.width, height: rows),
            subsampling: ChromaSubsampling(
                horizontalShift: stored.subsampling.horizontalShift,
                verticalShift: source.subsampling.verticalShift),
            hasAlpha: source.hasAlpha, primaries: source.primaries)
    }

    /// The rows of the source that rows of the result are made of; begins with a whole chroma row.
    package func rows(for result: Range<Int>) -> Range<Int> {
        let step = 1 << source.subsampling.verticalShift
        let top = (region.top + Double(result.lowerBound) * scaleY).rounded(.down)
        let bottom = (region.top + Double(result.upperBound) * scaleY).rounded(.up)
        // At the end, what is mirrored must be there too.
        let last = source.size.height - (mirrored.height > 0 ? mirrored.height + step : 1)
        let first = max(0, min(Int(top) - reach, last)) / step * step
        let end = min(
            max(Int(bottom) + reach, first + step).roundedUp(toMultipleOf: step), source.size.height)
        return first..<max(end, min(first + step, source.size.height))
    }

    /// The graph for one strip of the result from what `window` holds, the mirrored rows below
    /// included.
    func graphDown(to rows: Range<Int>, from window: RowWindow, filter: ResamplingFilter) throws(PixelError)
        -> ResampleGraph
    {
        let isLast = window.end == source.size.height && mirrored.height > 0
        let held = isLast ? window.mirror(rows: mirrored.height) : window.end - window.first
        var format = target
        format.size.height = rows.count
        return try ResampleGraph(
            from: .init(middle(rows: held), .word, isPremultiplied: true),
            region: PixelRegion(
                top: region.top + Double(rows.lowerBound) * scaleY - Double(window.first),
                width: Double(target.size.width), height: Double(rows.count) * scaleY),
            to: .init(format), filter: filter, chromaFilter: chromaFilter)
    }
}
