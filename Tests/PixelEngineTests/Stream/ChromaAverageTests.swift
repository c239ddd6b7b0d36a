import PixelEngine
import Pixels
import Testing

@Suite("ChromaAverage")
struct ChromaAverageTests {
    static let blocks = (0...2).flatMap { across in
        (0...2).map { ChromaSubsampling(horizontalShift: across, verticalShift: $0) }
    }

    @Test("each sample is the rounded mean of its block", arguments: blocks, [1, 7, 16, 37, 64])
    func means(_ block: ChromaSubsampling, _ count: Int) {
        let (across, down) = (1 << block.horizontalShift, 1 << block.verticalShift)
        let stride = across * count + 3
        var rows = (0..<stride * down).map { UInt8(truncatingIfNeeded: 101 * $0 + $0 / 7) }
        var means = [UInt8](repeating: 0, count: count)
        ChromaAverage.row(of: &rows, stride: stride, by: block, into: &means, count: count)
        for x in 0..<count {
            var sum = 0
            for y in 0..<down { for i in 0..<across { sum += Int(rows[y * stride + x * across + i]) } }
            #expect(Int(means[x]) == (2 * sum + across * down) / (2 * across * down))
        }
    }

    @Test("with a stride of 0, a row is averaged with itself")
    func sameRow() {
        var row: [UInt8] = [0, 1, 254, 255]
        var means: [UInt8] = [0, 0]
        ChromaAverage.row(of: &row, stride: 0, by: .quarter, into: &means, count: 2)
        #expect(means == [1, 255])
    }
}
