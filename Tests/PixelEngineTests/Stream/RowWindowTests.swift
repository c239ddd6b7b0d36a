import PixelEngine
import Pixels
import Testing

@Suite("RowWindow")
struct RowWindowTests {
    /// Returns the level of all samples in one row, which identifies the plane and the row.
    private static func level(_ plane: Int, _ row: Int) -> UInt16 { UInt16(1000 * plane + row) }

    /// Writes rows of the image to the tail, as the resampler does, and counts them.
    private static func write(_ rows: Range<Int>, of format: PlaneFormat, to window: RowWindow) {
        for (plane, line) in window.tail.lines.enumerated() {
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let first = rows.lowerBound >> shift
            for row in first..<rows.upperBound.dividedRoundingUp(by: 1 << shift) {
                fill(
                    line.base + (row - first) * line.stride, format.size(ofPlane: plane).width,
                    level(plane, row))
            }
        }
        window.append(rows: rows.count)
    }

    private static func fill(_ row: UnsafeMutablePointer<UInt8>, _ count: Int, _ level: UInt16) {
        UnsafeMutableRawPointer(row).bindMemory(to: UInt16.self, capacity: count)
            .update(repeating: level, count: count)
    }

    /// Returns the levels of the rows in the window, for one plane.
    private static func levels(_ window: RowWindow, plane: Int, count: Int) -> [UInt16] {
        let line = window.view.lines[plane]
        return (0..<count).map {
            UnsafeRawPointer(line.base + $0 * line.stride).loadUnaligned(as: UInt16.self)
        }
    }

    private static let grey = PlaneFormat(.grey, size: PixelSize(width: 3, height: 10))
    private static let color = PlaneFormat(
        .yCbCr, size: PixelSize(width: 6, height: 10), subsampling: .quarter)

    @Test("holds the rows that were written, and moves those that stay to the front")
    func slides() throws {
        let window = try RowWindow(format: Self.grey, capacity: 5)
        Self.write(0..<4, of: Self.grey, to: window)
        #expect((window.first, window.end) == (0, 4))
        #expect(Self.levels(window, plane: 0, count: 4) == [0, 1, 2, 3])
        window.slide(to: 3)
        #expect((window.first, window.end) == (3, 4))
        #expect(Self.levels(window, plane: 0, count: 1) == [3])
        Self.write(4..<8, of: Self.grey, to: window)
        #expect((window.first, window.end) == (3, 8))
        #expect(Self.levels(window, plane: 0, count: 5) == [3, 4, 5, 6, 7])
    }

    @Test("slides down only, and not beyond its rows")
    func bounds() throws {
        let window = try RowWindow(format: Self.grey, capacity: 5)
        Self.write(0..<4, of: Self.grey, to: window)
        window.slide(to: 2)
        window.slide(to: 1)
        #expect((window.first, window.end) == (2, 4))
        #expect(Self.levels(window, plane: 0, count: 2) == [2, 3])
        window.slide(to: 9)
        #expect((window.first, window.end) == (4, 4))
    }

    @Test("does not count rows below the image")
    func end() throws {
        let window = try RowWindow(format: Self.grey, capacity: 12)
        Self.write(0..<10, of: Self.grey, to: window)
        window.append(rows: 2)
        #expect(window.end == 10)
    }

    @Test("moves chroma by its own rows")
    func chroma() throws {
        // 5 rows are not a whole number of chroma rows; 6 are.
        let window = try RowWindow(format: Self.color, capacity: 5)
        Self.write(0..<6, of: Self.color, to: window)
        window.slide(to: 4)
        Self.write(6..<10, of: Self.color, to: window)
        #expect((window.first, window.end) == (4, 10))
        #expect(Self.levels(window, plane: 0, count: 6) == [4, 5, 6, 7, 8, 9])
        #expect(Self.levels(window, plane: 1, count: 3) == [1002, 1003, 1004])
        #expect(Self.levels(window, plane: 2, count: 3) == [2002, 2003, 2004])
    }

    @Test("mirrors the image at its last row, in each plane", arguments: [0, 2])
    func mirror(_ first: Int) throws {
        // 5 rows have 3 chroma rows; 3 mirrored rows make 8 and 4.
        let odd = PlaneFormat(.yCbCr, size: PixelSize(width: 6, height: 5), subsampling: .quarter)
        let window = try RowWindow(format: odd, capacity: 8)
        Self.write(0..<5, of: odd, to: window)
        window.slide(to: first)
        #expect(window.mirror(rows: 3) == 8 - first)
        #expect(
            Self.levels(window, plane: 0, count: 8 - first)
                == Array([0, 1, 2, 3, 4, 4, 3, 2].dropFirst(first)))
        #expect(
            Self.levels(window, plane: 1, count: 4 - first / 2)
                == Array([1000, 1001, 1002, 1002].dropFirst(first / 2)))
    }
}
