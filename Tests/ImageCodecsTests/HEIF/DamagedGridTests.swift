import ImageCodecs
import Pixels
import TestSupport
import Testing

/// Grids whose boxes contradict each other or their tiles.
@Suite("damaged grids", .enabled(if: ImageFormat.heic.isReadable))
struct DamagedGridTests {
    /// Positions in formats/grid.heic, which has 6 x 5 tiles of 64 x 64 px: items 2 to 31, the grid
    /// is item 1.
    private enum Position {
        /// The box `meta`, and the box `iref` in it.
        static let meta = 24..<1945
        static let references = 1384..<1468
        /// The number of tiles, followed by their items in 2 bytes each.
        static let tileCount = 1406
        /// The width of the tiles; that of the grid.
        static let tileWidth = 1496
        static let gridWidth = 1516
        /// The rows and columns of the grid, less 1, and its width and height in 4 bytes each.
        static let grid = 1935

        static func tile(_ index: Int) -> Int { tileCount + 2 + 2 * index }
        /// The number of bytes of an item.
        static func length(_ item: Int) -> Int { 99 + 20 * (item - 1) + 16 }
    }

    enum Change: String, CaseIterable, Sendable {
        case missing, itself, fewer, duplicated, smaller, taller, truncated, empty, beyondFile

        func apply(to bytes: inout [UInt8]) {
            switch self {
            case .missing: bytes.set(999, at: Position.tile(2), count: 2)
            case .itself: bytes.set(1, at: Position.tile(2), count: 2)
            case .fewer: bytes.set(29, at: Position.tileCount, count: 2)
            case .duplicated: bytes.set(2, at: Position.tile(2), count: 2)
            case .smaller: bytes.set(32, at: Position.tileWidth, count: 4)
            case .taller: bytes.set(5, at: Position.grid, count: 1)
            case .truncated: bytes.set(40, at: Position.length(4), count: 4)
            case .empty: bytes.set(0, at: Position.length(4), count: 4)
            case .beyondFile: bytes.set(1 << 24, at: Position.length(4), count: 4)
            }
        }
    }

    @Test(
        "a grid that contradicts itself is refused, one with a tile twice is decoded, in any threads",
        arguments: Change.allCases)
    func contradiction(_ change: Change) throws {
        var bytes = try Fixtures.bytes("formats/grid.heic")
        change.apply(to: &bytes)
        let outcomes = [1, 2, 3, 8].map { Self.outcome(of: bytes, threads: $0) }
        #expect(Set(outcomes).count == 1, "\(outcomes)")
        // Tiles of another size than stated: libheif before 1.19 goes by the bitstream.
        if change == .smaller { return }
        #expect((outcomes[0] == "decoded") == (change == .duplicated), "\(outcomes[0])")
    }

    @Test("grids of grids are refused by the area that they would decode")
    func nested() throws {
        // The tiles become grids too: each is derived from 30 others, four levels deep.
        var bytes = try Fixtures.bytes("formats/grid.heic")
        var references: [UInt8] = [0, 0, 0, 0] + Array("iref".utf8) + [0, 0, 0, 0]
        for level in 1...4 {
            let entry: [UInt8] = [0, 0, 0, 72] + Array("dimg".utf8) + [0, UInt8(level), 0, 30]
            references += entry + (0..<30).flatMap { _ in [0, UInt8(level + 1)] }
        }
        references.set(references.count, at: 0, count: 4)
        Self.replaceReferences(of: &bytes, with: references)
        let (tiles, area) = (30 * 30 * 30 * 30, 64 * 64)
        let limit = DecodeLimits().maximumPixels
        #expect(
            Self.outcome(of: bytes, threads: 1)
                == "\(CodecError.limitExceeded(.pixels, value: tiles * area + 30 * 30 * 30 * area + 30 * 30 * area + 30 * area, maximum: limit))"
        )
    }

    @Test("10,000 tiles for 100 x 100 px are refused or decoded within the limits")
    func manyTiles() throws {
        let original = try Fixtures.bytes("formats/grid.heic")
        var bytes = original
        bytes.set(100, at: Position.gridWidth, count: 4)
        bytes.set(100, at: Position.gridWidth + 4, count: 4)
        bytes.set(99, at: Position.grid, count: 1)
        bytes.set(99, at: Position.grid + 1, count: 1)
        bytes.set(100, at: Position.grid + 2, count: 4)
        bytes.set(100, at: Position.grid + 6, count: 4)
        var references = Array(bytes[Position.references.lowerBound..<Position.tileCount])
        references += [0x27, 0x10] + [UInt8](repeating: 0, count: 20_000)
        for index in 0..<10_000 { references.set(2 + index % 30, at: 24 + 2 * index, count: 2) }
        references.set(references.count, at: 0, count: 4)
        references.set(references.count - 12, at: 12, count: 4)
        Self.replaceReferences(of: &bytes, with: references)
        let outcomes = [1, 8].map { Self.outcome(of: bytes, threads: $0) }
        #expect(Set(outcomes).count == 1, "\(outcomes)")
        print("10,000 tiles: \(outcomes[0])")
    }

    /// Replaces the box `iref`. The larger `meta` follows the data, whose positions stay as they
    /// are.
    private static func replaceReferences(of bytes: inout [UInt8], with references: [UInt8]) {
        var meta = Array(bytes[Position.meta.lowerBound..<Position.references.lowerBound]) + references
        meta += bytes[Position.references.upperBound..<Position.meta.upperBound]
        meta.set(meta.count, at: 0, count: 4)
        bytes.replaceSubrange(
            Position.meta.lowerBound + 4..<Position.meta.lowerBound + 8, with: Array("free".utf8))
        bytes += meta
    }

    /// Returns `decoded`, or the error.
    private static func outcome(of bytes: [UInt8], threads: Int) -> String {
        do {
            _ = try HEIFTests.planes(of: bytes, threads: threads)
            return "decoded"
        } catch let error as CodecError {
            return "\(error)"
        } catch {
            Issue.record("expected a CodecError, found \(error)")
            return "\(error)"
        }
    }
}

extension [UInt8] {
    /// Writes a big-endian number of `count` bytes.
    fileprivate mutating func set(_ value: Int, at offset: Int, count: Int) {
        for index in 0..<count {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index)))
        }
    }
}
