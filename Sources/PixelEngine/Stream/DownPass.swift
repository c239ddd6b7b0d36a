import Pixels

/// The second pass of a resize: makes strips of the result from windows of rows, and converts
/// colours to other primaries.
final class DownPass {
    /// The number of rows of each strip. The last strip may have fewer.
    let strip: Int
    private let geometry: ResampleGeometry
    private let filter: ResamplingFilter
    private let color: ColorPass?

    init(_ geometry: ResampleGeometry, filter: ResamplingFilter, strip: Int) throws(PixelError) {
        self.geometry = geometry
        self.filter = filter
        self.strip = strip
        color = geometry.changesPrimaries ? try ColorPass(geometry, filter: filter, strip: strip) : nil
    }

    /// The number of strips.
    var count: Int { geometry.target.size.height.dividedRoundingUp(by: strip) }

    /// Returns the rows of a strip.
    func rows(_ number: Int) -> Range<Int> {
        number * strip..<min((number + 1) * strip, geometry.target.size.height)
    }

    /// Returns the rows of the result that the strip is computed from.
    func computedRows(_ number: Int) -> Range<Int> { color?.rows(for: rows(number)) ?? rows(number) }

    /// Computes a strip into its rows of `output`.
    func compute(_ number: Int, from window: RowWindow, into output: PlaneBuffer) throws(PixelError) {
        let rows = rows(number)
        guard let color else {
            var format = geometry.target
            format.size.height = rows.count
            let graph = try geometry.graphDown(to: rows, from: window, as: .init(format), filter: filter)
            return try graph.run(from: window.view, to: output.view(from: rows.lowerBound))
        }
        let computed = color.rows(for: rows)
        let graph = try geometry.graphDown(
            to: computed, from: window, as: color.source, filter: filter)
        try graph.run(from: window.view, to: color.input.view())
        try color.convert(rows, of: computed, into: output)
    }
}
