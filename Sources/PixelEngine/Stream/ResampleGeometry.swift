package import Pixels

/// The geometry of one resize: all sizes and offsets that map samples of the source to samples of
/// the result.
package struct ResampleGeometry {
    /// The result as computed: in stored orientation, with sides padded to whole chroma samples.
    package let target: PlaneFormat
    /// The region that becomes the whole `target`, in px of the source. It may extend past the
    /// source's edges.
    package let region: PixelRegion
    /// The number of source rows above and below a row's position that the filter may read.
    package let reach: Int

    /// The filter that changes the chroma subsampling; `nil` for the filter of the resize.
    ///
    /// If colours are only converted and nothing is resized, chroma is interpolated linearly
    /// between centred samples, as every JPEG decoder does ("fancy upsampling").
    package let chromaFilter: ResamplingFilter?

    private let source: PlaneFormat
    private let stored: PlaneFormat
    /// The columns and rows by which the source is mirrored beyond its edge, if a side is not a
    /// whole number of chroma samples.
    private let mirrored: PixelSize
    private let scaleX: Double
    private let scaleY: Double

    /// - Parameters:
    ///   - region: The part of the source that becomes the image.
    ///   - stored: The result before it is rotated.
    package init(source: PlaneFormat, region: PixelRegion, stored: PlaneFormat, orientation: Orientation) {
        self.source = source
        self.stored = stored
        target = stored.paddedToChroma
        scaleX = region.width / Double(stored.size.width)
        scaleY = region.height / Double(stored.size.height)
        // The image is at the start of an axis, or at its end if the axis is reversed, so that
        // chroma samples stay aligned after the rotation.
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
        // zimg requires whole chroma samples, and mirrors the image at its own width and height.
        // The image is therefore mirrored at its true edge first, as far as the filter reaches, so
        // that samples zimg makes up beyond are never read.
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

    /// Returns the format of source rows with room for the mirrored columns on the right.
    package func extended(rows: Int) -> PlaneFormat {
        var format = source
        format.size = PixelSize(width: source.size.width + mirrored.width, height: rows)
        return format
    }

    /// Returns the format of rows between the passes: as wide as the result, at the height scale of
    /// the source.
    ///
    /// The colour model changes in the pass across if that needs no other row and no other
    /// primaries; otherwise in the pass down.
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

    /// Returns the source rows needed for rows of the result, starting with a whole chroma row.
    package func rows(for result: Range<Int>) -> Range<Int> {
        let step = 1 << source.subsampling.verticalShift
        let top = (region.top + Double(result.lowerBound) * scaleY).rounded(.down)
        let bottom = (region.top + Double(result.upperBound) * scaleY).rounded(.up)
        // At the end, the rows to mirror must be included too.
        let last = source.size.height - (mirrored.height > 0 ? mirrored.height + step : 1)
        let first = max(0, min(Int(top) - reach, last)) / step * step
        let end = min(
            max(Int(bottom) + reach, first + step).roundedUp(toMultipleOf: step), source.size.height)
        return first..<max(end, min(first + step, source.size.height))
    }

    /// Returns the number of rows that a window needs for strips of the result: those that the
    /// filter reads, and what may be read too much, because the source comes in bands.
    func windowRows(strip: Int, band: Int) -> Int {
        let step = 1 << source.subsampling.verticalShift
        let read = Int((Double(strip) * scaleY).rounded(.up)) + 1
        return read + 2 * (reach + step + band) + mirrored.height
    }

    /// Whether colours are converted to other primaries, in a pass of their own.
    var changesPrimaries: Bool { source.primaries != stored.primaries }

    /// Returns the format between the pass down and the conversion to other primaries.
    func unconverted(rows: Int) -> PlaneFormat {
        let format = middle(rows: rows)
        return PlaneFormat(
            format.model, size: format.size,
            subsampling: ChromaSubsampling(
                horizontalShift: stored.subsampling.horizontalShift, verticalShift: 0),
            hasAlpha: format.hasAlpha, primaries: format.primaries)
    }

    /// Returns the graph for some rows of the result, made from the rows in `window` and the
    /// mirrored rows below them.
    func graphDown(
        to rows: Range<Int>, from window: RowWindow, as result: ResampleGraph.Endpoint,
        filter: ResamplingFilter
    ) throws(PixelError) -> ResampleGraph {
        let isLast = window.end == source.size.height && mirrored.height > 0
        let held = isLast ? window.mirror(rows: mirrored.height) : window.end - window.first
        return try ResampleGraph(
            from: .init(middle(rows: held), .word, isPremultiplied: true),
            region: PixelRegion(
                top: region.top + Double(rows.lowerBound) * scaleY - Double(window.first),
                width: Double(target.size.width), height: Double(rows.count) * scaleY),
            to: result, filter: filter, chromaFilter: chromaFilter)
    }
}
