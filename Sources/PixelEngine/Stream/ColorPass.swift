import Pixels

/// Converts rows of the result to its primaries, colour model and chroma subsampling.
final class ColorPass {
    /// The format of the rows before.
    let source: ResampleGraph.Endpoint
    /// The rows to convert.
    let input: PlaneBuffer
    private let converted: PlaneBuffer
    private let graph: ResampleGraph
    private let height: Int
    private let span: Int
    private let margin: Int

    /// - Parameter strip: The most rows of a strip.
    init(_ geometry: ResampleGeometry, filter: ResamplingFilter, strip: Int) throws(PixelError) {
        height = geometry.target.size.height
        margin = geometry.colorMargin
        span = min(strip + 2 * margin, height)
        source = .init(geometry.unconverted(rows: span), .word)
        var target = geometry.target
        target.size.height = span
        graph = try ResampleGraph(
            from: source, region: PixelRegion(target.size), to: .init(target), filter: filter,
            chromaFilter: geometry.chromaFilter)
        input = try PlaneBuffer(format: source.format, rows: nil, sampleType: .word)
        converted = try PlaneBuffer(format: target, rows: nil)
    }

    /// Returns the rows to convert for a strip: always the same number, at the edges more on one
    /// side.
    func rows(around strip: Range<Int>) -> Range<Int> {
        let first = min(max(strip.lowerBound - margin, 0), height - span)
        return first..<first + span
    }

    /// Converts ``input``, which holds the rows `all` of the result, and copies those of a strip to
    /// `output`.
    func convert(_ strip: Range<Int>, of all: Range<Int>, into output: PlaneBuffer) throws(PixelError) {
        try graph.run(from: input.view(), to: converted.view())
        for (index, plane) in converted.planes.enumerated() {
            let width = converted.format.size(ofPlane: index).width
            let first = strip.lowerBound >> plane.verticalShift
            for y in first..<strip.upperBound >> plane.verticalShift {
                let row = converted.row(y - (all.lowerBound >> plane.verticalShift), ofPlane: index)
                output.row(y, ofPlane: index).update(from: row, count: width)
            }
        }
    }
}
