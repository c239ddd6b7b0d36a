import Pixels

/// Converts rows of the result to its primaries, colour model and chroma subsampling.
///
/// zimg searches for the operations of a graph among all colour spaces it knows, which takes 9 ms
/// for other primaries from Y'CbCr to Y'CbCr, and 3 ms to RGB. So there are two graphs, and chroma
/// is averaged at last, as JPEG encoders do. No row depends on another one.
final class ColorPass {
    /// The format of the rows before.
    let source: ResampleGraph.Endpoint
    /// The rows to convert.
    let input: PlaneBuffer
    private let steps: [ResampleGraph.Endpoint]
    private let filter: ResamplingFilter
    private let chromaFilter: ResamplingFilter?
    private let height: Int
    private let span: Int
    /// The graphs, each with the rows it makes. Built with the first rows, while the source is
    /// read.
    private var graphs: [(graph: ResampleGraph, output: PlaneBuffer)] = []

    /// - Parameter strip: The most rows of a strip.
    init(_ geometry: ResampleGeometry, filter: ResamplingFilter, strip: Int) throws(PixelError) {
        self.filter = filter
        chromaFilter = geometry.chromaFilter
        height = geometry.target.size.height
        span = min(strip, height)
        source = .init(geometry.unconverted(rows: span), .word)
        var target = geometry.target
        target.size.height = span
        target.subsampling = .full
        let converted = PlaneFormat(
            source.format.model == .grey ? .grey : .rgb, size: target.size, hasAlpha: target.hasAlpha,
            primaries: target.primaries)
        steps = converted == target ? [.init(target)] : [.init(converted, .word), .init(target)]
        input = try PlaneBuffer(format: source.format, rows: nil, sampleType: .word)
    }

    /// Returns the rows to convert for a strip: always the same number, so the last strip has some
    /// of the one before.
    func rows(for strip: Range<Int>) -> Range<Int> {
        let first = min(strip.lowerBound, height - span)
        return first..<first + span
    }

    /// Converts ``input``, which holds the rows `all` of the result, and copies those of a strip to
    /// `output`.
    func convert(_ strip: Range<Int>, of all: Range<Int>, into output: PlaneBuffer) throws(PixelError) {
        if graphs.isEmpty { graphs = try build() }
        var converted = input
        for (graph, rows) in graphs {
            try graph.run(from: converted.view(), to: rows.view())
            converted = rows
        }
        for plane in converted.planes.indices {
            let subsampling = output.format.subsampling(ofPlane: plane)
            let down = 1 << subsampling.verticalShift
            let width = output.format.size(ofPlane: plane).width
            for y in stride(from: strip.lowerBound, to: strip.upperBound, by: down) {
                let row = converted.row(y - all.lowerBound, ofPlane: plane)
                let target = output.row(y >> subsampling.verticalShift, ofPlane: plane)
                if subsampling == .full {
                    target.update(from: row, count: width)
                } else {
                    ChromaAverage.row(
                        of: row, stride: converted.planes[plane].stride, by: subsampling, into: target,
                        count: width)
                }
            }
        }
    }

    private func build() throws(PixelError) -> [(graph: ResampleGraph, output: PlaneBuffer)] {
        var graphs: [(graph: ResampleGraph, output: PlaneBuffer)] = []
        var from = source
        for step in steps {
            let graph = try ResampleGraph(
                from: from, region: PixelRegion(from.format.size), to: step, filter: filter,
                chromaFilter: chromaFilter)
            graphs.append(
                (graph, try PlaneBuffer(format: step.format, rows: nil, sampleType: step.sampleType)))
            from = step
        }
        return graphs
    }
}
