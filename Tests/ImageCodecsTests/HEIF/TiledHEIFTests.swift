import CodecBridge
import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// Grids decoded in tiles have the samples of the same grids decoded whole.
///
/// libheif reads tiles from 1.19 on. With an older one both sides of each comparison are decoded
/// whole, and the tests check the boxes, the alpha and the depth only.
@Suite("HEIC in tiles", .enabled(if: ImageFormat.heic.isReadable))
struct TiledHEIFTests {
    typealias Step = HEICFile.Step

    /// Fixtures with tiles of 64 x 64 px.
    enum Tiles: String, CaseIterable, Sendable {
        case quarter = "grid"
        case quarterDeep = "grid-deep-alpha"
        case halfColumnsDeep = "grid-422-deep"
        case full = "grid-444"

        var isDeep: Bool { self == .quarterDeep || self == .halfColumnsDeep }
    }

    /// The arrangement of the tiles and the size that is shown of it.
    struct Layout: Sendable, CustomTestStringConvertible {
        var columns, rows, width, height: Int
        var size: PixelSize { PixelSize(width: width, height: height) }
        var testDescription: String { "\(columns) x \(rows) tiles for \(size)" }

        init(_ columns: Int, _ rows: Int, _ width: Int, _ height: Int) {
            (self.columns, self.rows, self.width, self.height) = (columns, rows, width, height)
        }
    }

    /// Full tiles; cut tiles of an even and of an odd size, the last of 1 and of 3 px; a single row
    /// and a single column.
    static let layouts = [
        Layout(3, 2, 192, 128), Layout(3, 3, 150, 170), Layout(3, 3, 129, 131), Layout(2, 1, 127, 64),
        Layout(1, 3, 64, 131),
    ]

    /// Every rotation and both mirrorings, alone and after crops that begin and end at even and odd
    /// positions, in the order of MIAF (ISO/IEC 23000-22, 7.3.6.7) and in others.
    static let showings: [[Step]] = {
        let crops: [[Step]] = [
            [], [.crop(left: 6, top: 2, right: 10, bottom: 4)], [.crop(left: 2, top: 0, right: 1, bottom: 3)],
            [.crop(left: 3, top: 5, right: 2, bottom: 0)],
        ]
        let turns: [[Step]] = [
            [], [.rotate(1)], [.rotate(2)], [.rotate(3)], [.mirror(columns: true)], [.mirror(columns: false)],
            [.rotate(1), .mirror(columns: true)], [.mirror(columns: true), .rotate(3)],
        ]
        let others: [[Step]] = [
            [.rotate(1), .crop(left: 5, top: 7, right: 0, bottom: 20)],
            [.mirror(columns: false), .crop(left: 0, top: 1, right: 2, bottom: 4), .rotate(2)],
        ]
        return crops.flatMap { crop in turns.map { crop + $0 } } + others
    }()

    // MARK: Colour

    @Test("a grid has the samples of the whole image", arguments: Tiles.allCases, layouts)
    func whole(_ tiles: Tiles, _ layout: Layout) throws {
        let picture = try Self.grid(tiles, layout)
        for steps in Self.showings {
            var file = HEICFile(picture, steps: steps)
            guard isRead(file, tiles) else { continue }
            let found = try DecodedRows(file.bytes, threads: 3)
            #expect(found.size == file.size, "\(steps)")
            // An older libheif converts an identity derivation to RGB and back.
            guard CodecRequirement.heifTiles.isMet else { continue }
            file.isWrapped = true
            expectSame(found, try DecodedRows(file.bytes), file, tiles)
        }
    }

    #if HEIF
    @Test(
        "the planes of a grid are those of libheif's whole image", arguments: [Tiles.quarter, .full], layouts)
    func planes(_ tiles: Tiles, _ layout: Layout) throws {
        let picture = try Self.grid(tiles, layout)
        for steps in Self.showings {
            let file = HEICFile(picture, steps: steps)
            let expected = try Self.wholePlanes(of: file.bytes, isSubsampled: tiles == .quarter)
            guard let found = try HEIFTests.planes(of: file.bytes, threads: 2) else {
                #expect(Self.convertsChroma(of: file, tiles), "\(steps)")
                continue
            }
            // libheif converted chroma; luma is the same all the same.
            let count = Self.convertsChroma(of: file, tiles) ? 1 : 3
            #expect(found.prefix(count) == expected.prefix(count), "\(steps)")
        }
    }
    #endif

    @Test("a grid needs less memory than the whole image, except with alpha", arguments: Tiles.allCases)
    func memory(_ tiles: Tiles) throws {
        func needed(_ file: HEICFile) throws -> Int {
            let source = EncodedSource(file.bytes)
            return try Prober.probe(source, limits: DecodeLimits()).decodeMemory - source.count
        }
        var file = HEICFile(try Self.grid(tiles, Layout(4, 10, 255, 639)))
        let inTiles = try needed(file)
        file.isWrapped = true
        #expect(try (inTiles < needed(file)) == CodecRequirement.heifTiles.isMet)
        file.alpha = try Self.grid(tiles, Layout(4, 10, 255, 639), isAlpha: true)
        let whole = try needed(file)
        file.isWrapped = false
        #expect(try needed(file) == whole)
    }

    // MARK: Alpha

    /// Alpha as a grid, of the same depth as the colours or not.
    static let mixtures: [(Tiles, Tiles)] = [
        (.quarter, .quarter), (.quarterDeep, .quarterDeep), (.quarter, .quarterDeep),
        (.quarterDeep, .quarter),
        (.full, .quarter), (.halfColumnsDeep, .quarterDeep),
    ]

    @Test(
        "a grid with a grid of alpha has the samples of the two grids", arguments: mixtures,
        layouts[1...2])
    func alphaGrid(_ tiles: (Tiles, Tiles), _ layout: Layout) throws {
        let (colors, alpha) = try (Self.grid(tiles.0, layout), Self.grid(tiles.1, layout, isAlpha: true))
        for steps in Self.showings {
            let file = HEICFile(colors, alpha: alpha, steps: steps)
            if isRead(file, tiles.0, tiles.1) { try expectAlpha(file, tiles.0) }
        }
    }

    @Test("a grid with a single image of alpha has the samples of both", arguments: Tiles.allCases)
    func alphaImage(_ tiles: Tiles) throws {
        let greys = HEICFile.Coded.all(in: try Fixtures.bytes("formats/alpha.heic")).filter(\.isGrey)
        let single = try #require(greys.first)
        #expect(single.size == PixelSize(width: 128, height: 128))
        let colors = try Self.grid(tiles, Layout(2, 2, 128, 128))
        for steps in Self.showings {
            let file = HEICFile(colors, alpha: .single(single), steps: steps)
            if isRead(file, tiles) { try expectAlpha(file, tiles) }
        }
    }

    /// Compares a file with its picture and its alpha, each decoded alone.
    private func expectAlpha(
        _ file: HEICFile, _ tiles: Tiles, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let alpha = try #require(file.alpha)
        let both = try DecodedRows(file.bytes, threads: 2)
        try #require(both.channels == 4, "\(file.steps)", sourceLocation: sourceLocation)
        let colors = try DecodedRows(HEICFile(file.picture, steps: file.steps).bytes, threads: 2)
        let grey = try DecodedRows(HEICFile(alpha, steps: file.steps).bytes, threads: 2).keeping(0..<1)
        // Before 1.19, alpha of another depth has libheif convert the colours in another way.
        if grey.sampleType == both.sampleType || CodecRequirement.heifTiles.isMet {
            expectSame(both.keeping(0..<3), colors, file, tiles, sourceLocation: sourceLocation)
        }
        let difference = both.keeping(3..<4).widened().largestDifference(to: grey.widened()) ?? .max
        // Rows have 16 bits only if the colours have more than 8; otherwise alpha is rounded.
        let allowed = grey.sampleType == both.sampleType || grey.sampleType == .byte ? 0 : 129
        #expect(difference <= allowed, "\(file.steps)", sourceLocation: sourceLocation)
    }

    // MARK: Comparison

    /// Expects equal samples. Expects close ones if libheif converts chroma before a step: that
    /// rounds chroma to the depth of the image, and before a crop it mixes in samples that are cut
    /// off, which changes two px at the edges.
    private func expectSame(
        _ found: DecodedRows, _ expected: DecodedRows, _ file: HEICFile, _ tiles: Tiles,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isConverted = CodecRequirement.heifTiles.isMet && Self.convertsChroma(of: file, tiles)
        let difference = found.largestDifference(to: expected, margin: isConverted ? 2 : 0) ?? .max
        let allowed = isConverted ? tiles.isDeep ? 128 : 2 : 0
        #expect(difference <= allowed, "\(file.steps)", sourceLocation: sourceLocation)
    }

    /// Whether the linked libheif decodes the file. Expects a refusal if not: libheif before 1.19
    /// mirrors 8 bits only.
    private func isRead(
        _ file: HEICFile, _ tiles: Tiles..., sourceLocation: SourceLocation = #_sourceLocation
    ) -> Bool {
        let isMirrored = file.steps.contains { if case .mirror = $0 { true } else { false } }
        guard isMirrored, tiles.contains(where: \.isDeep), !CodecRequirement.heifTiles.isMet else {
            return true
        }
        let error = #expect(throws: CodecError.self, sourceLocation: sourceLocation) {
            try DecodedRows(file.bytes)
        }
        let isNamed = if case .unsupportedFeature? = error { true } else { false }
        #expect(isNamed, sourceLocation: sourceLocation)
        return false
    }

    /// Whether libheif 1.19 to 1.23 converts the whole image to 4:4:4 before a step, because that
    /// would move a subsampled plane by half a sample (`pixelimage.cc`: `rotate_ccw`,
    /// `mirror_inplace`, `crop`).
    private static func convertsChroma(of file: HEICFile, _ tiles: Tiles) -> Bool {
        guard tiles != .full else { return false }
        let isHalved = tiles != .halfColumnsDeep
        var size = file.picture.size
        for step in file.steps {
            let (isOddWidth, isOddHeight) = (size.width & 1 == 1, size.height & 1 == 1)
            switch step {
            case .rotate(1): if isHalved ? isOddWidth : true { return true }
            case .rotate(2): if isOddHeight || isHalved && isOddWidth { return true }
            case .rotate(3): if isHalved ? isOddHeight : true { return true }
            case .mirror(let columns):
                if isHalved ? isOddWidth || isOddHeight : columns && isOddWidth { return true }
            case .crop(let left, let top, _, _):
                if left & 1 == 1 || isHalved && top & 1 == 1 { return true }
            default: break
            }
            size = HEICFile.size(size, after: step)
        }
        return false
    }

    // MARK: Input

    /// Returns a grid of the fixture's tiles, which repeat if the grid has more.
    private static func grid(_ tiles: Tiles, _ layout: Layout, isAlpha: Bool = false) throws
        -> HEICFile.Picture
    {
        let file = isAlpha ? tiles.isDeep ? "grid-deep-alpha" : "grid-alpha" : tiles.rawValue
        let bytes = try Fixtures.bytes("formats/\(file).heic")
        let all = HEICFile.Coded.all(in: bytes).filter { $0.isGrey == isAlpha }
        try #require(!all.isEmpty)
        let chosen = (0..<layout.columns * layout.rows).map { all[$0 % all.count] }
        return .grid(chosen, columns: layout.columns, size: layout.size)
    }

    #if HEIF
    /// Returns the planes of the image that libheif decodes, transforms and hands over whole.
    private static func wholePlanes(of bytes: [UInt8], isSubsampled: Bool) throws -> [[UInt8]] {
        try bytes.withUnsafeBufferPointer { bytes in
            var (decoder, info) = (OpaquePointer?.none, bridge_heif_info())
            let limits = bridge_heif_limits(maximum_pixels: 1 << 20, maximum_memory: 1 << 26)
            let opened = bridge_heif_open(bytes.baseAddress, bytes.count, limits, &decoder, &info)
            try #require(opened.code == Int32(BRIDGE_OK.rawValue))
            defer { bridge_heif_close(decoder) }
            var planes = bridge_heif_planes()
            let shift: Int32 = isSubsampled ? 1 : 0
            let decoded = bridge_heif_decode(decoder, 0, shift, shift, &planes)
            try #require(decoded.code == Int32(BRIDGE_OK.rawValue))
            let samples = [planes.samples.0, planes.samples.1, planes.samples.2]
            let strides = [planes.strides.0, planes.strides.1, planes.strides.2]
            return try samples.indices.map { plane in
                let base = try #require(samples[plane])
                let (across, down) = plane == 0 ? (0, 0) : (planes.shift_x, planes.shift_y)
                let width = Int((planes.width + (1 << across) - 1) >> across)
                return (0..<Int((planes.height + (1 << down) - 1) >> down)).flatMap { y in
                    UnsafeBufferPointer(start: base + y * Int(strides[plane]), count: width)
                }
            }
        }
    }
    #endif
}
