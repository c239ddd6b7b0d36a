#if HEIF
import PixelEngine
import Platform
import CodecBridge
import Pixels

/// The planes of an image, read row by row from top to bottom: the whole image from libheif, or
/// rows of tiles that are released when the next ones are decoded.
final class HEIFWindow {
    /// The arrangement of the tiles, from the header.
    struct Tiling {
        let geometry: HEIFGeometry
        let tile: PixelSize
        let columns: Int
        let rows: Int
        let subsampling: ChromaSubsampling

        /// Returns `nil` for an image that is decoded as a whole: no grid, alpha, inconsistent
        /// sizes, or samples that its transformations split, which libheif converts to 4:4:4 first.
        init?(_ decoder: HEIFDecoder) {
            let info = decoder.info
            guard bridge_heif_has_tiles() != 0, info.tile_columns > 0, info.tile_rows > 0,
                info.tile_columns * info.tile_rows > 1, info.has_alpha == 0,
                let item = decoder.structure.primaryItem, let coding = decoder.structure.coding
            else { return nil }
            tile = PixelSize(width: Int(info.tile_width), height: Int(info.tile_height))
            columns = Int(info.tile_columns)
            rows = Int(info.tile_rows)
            subsampling = coding.subsampling ?? .full
            let coded = PixelSize(width: Int(info.coded_width), height: Int(info.coded_height))
            guard
                let geometry = HEIFGeometry(coded: coded, properties: decoder.structure.properties(of: item)),
                geometry.size == PixelSize(width: Int(info.width), height: Int(info.height)),
                !geometry.splitsSamples(of: subsampling),
                tile.width > 0, tile.height > 0, tile.width * columns >= coded.width,
                tile.height * rows >= coded.height,
                tile.width.isMultiple(of: 1 << subsampling.horizontalShift),
                tile.height.isMultiple(of: 1 << subsampling.verticalShift)
            else { return nil }
            self.geometry = geometry
        }

        /// The most shown rows of a row of tiles.
        var lineRows: Int { geometry.swapsAxes ? tile.width : tile.height }
        /// The chroma subsampling, as shown.
        var shownSubsampling: ChromaSubsampling {
            geometry.swapsAxes ? subsampling.transposed : subsampling
        }

        /// Returns the bytes held at once: two rows of tiles, and a tile in libheif and in its
        /// decoder.
        func memory(sampleBytes: Int) -> Int {
            let chroma = 1 << (subsampling.horizontalShift + subsampling.verticalShift)
            let area = 2 * lineRows * (geometry.size.width + 64) + 4 * tile.area
            return area * sampleBytes * (chroma + 2) / chroma
        }
    }

    /// The description of the samples; the pointers in ``bridge_heif_planes/samples`` become
    /// invalid.
    let planes: bridge_heif_planes
    let size: PixelSize
    let coding: HEIFColorCoding

    private enum Storage {
        case whole
        case tiles(Tiles)
    }

    private let decoder: HEIFDecoder
    private let storage: Storage

    /// Decodes the whole image, or the first tile.
    ///
    /// - Parameter threads: The most tiles decoded at the same time.
    init(_ decoder: HEIFDecoder, memory: Int, threads: Int) throws(CodecError) {
        self.decoder = decoder
        let file = decoder.structure.codePoints
        if let tiling = Tiling(decoder) {
            let tiles = try Tiles(decoder, tiling, memory: memory, threads: threads)
            planes = tiles.planes
            size = tiling.geometry.size
            storage = .tiles(tiles)
        } else {
            planes = try decoder.decode(memory: memory)
            size = PixelSize(width: Int(planes.width), height: Int(planes.height))
            storage = .whole
        }
        coding = try HEIFColorCoding(planes, file: file)
    }

    /// The subsampling of the shown planes.
    var subsampling: ChromaSubsampling {
        switch storage {
        case .whole:
            ChromaSubsampling(horizontalShift: Int(planes.shift_x), verticalShift: Int(planes.shift_y))
        case .tiles(let tiles): tiles.tiling.shownSubsampling
        }
    }

    /// Returns a row of a plane (3 is alpha), counted in that plane's rows; valid until a later row
    /// needs other tiles.
    func row(_ y: Int, ofPlane plane: Int) throws(CodecError) -> UnsafePointer<UInt8> {
        switch storage {
        case .tiles(let tiles): return try tiles.row(y, ofPlane: plane)
        case .whole:
            let rows = withUnsafeBytes(of: planes.samples) {
                Array($0.bindMemory(to: UnsafePointer<UInt8>?.self))
            }
            let strides = withUnsafeBytes(of: planes.strides) { Array($0.bindMemory(to: Int32.self)) }
            guard let base = rows[plane] else { throw .misuse("no plane \(plane)") }
            return base + y * Int(strides[plane])
        }
    }
}

extension HEIFWindow {
    /// A ring of two rows of tiles, rotated as shown.
    private final class Tiles {
        let tiling: Tiling
        let planes: bridge_heif_planes
        /// One for each thread.
        private let decoders: [HEIFDecoder]
        private let memory: Int
        private let buffer: PlaneBuffer
        private let planeGeometries: [HEIFGeometry.Plane]
        /// For each plane, the first row not yet filled.
        private var filled: [Int]
        /// The next row of tiles, as shown: a coded row or column of tiles.
        private var nextLine: Int
        private let step: Int

        init(_ decoder: HEIFDecoder, _ tiling: Tiling, memory: Int, threads: Int) throws(CodecError) {
            self.tiling = tiling
            self.memory = memory
            let geometry = tiling.geometry
            let first = HEIFGeometry.Plane(geometry, subsampling: .full).place(x: 0, y: 0)
            nextLine = geometry.swapsAxes ? first.x / tiling.tile.width : first.y / tiling.tile.height
            step = geometry.swapsAxes ? geometry.row.x : geometry.row.y
            planes = try decoder.decodeTile(
                column: first.x / tiling.tile.width, row: first.y / tiling.tile.height, memory: memory)
            let model: PlaneFormat.Model =
                switch planes.model {
                case Int32(BRIDGE_HEIF_GREY.rawValue): .grey
                case Int32(BRIDGE_HEIF_YCBCR.rawValue): .yCbCr
                default: .rgb
                }
            let found = ChromaSubsampling(
                horizontalShift: Int(planes.shift_x), verticalShift: Int(planes.shift_y))
            guard found == tiling.subsampling || model != .yCbCr else {
                throw .corrupt("the tiles are \(found), the file says \(tiling.subsampling)")
            }
            let format = PlaneFormat(
                model, size: geometry.size, subsampling: tiling.shownSubsampling)
            planeGeometries = (0..<format.planeCount).map { plane in
                HEIFGeometry.Plane(
                    geometry, subsampling: plane == 0 || model != .yCbCr ? .full : tiling.subsampling)
            }
            filled = [Int](repeating: 0, count: format.planeCount)
            var decoders = [decoder]
            for _ in 1..<max(1, min(threads, geometry.swapsAxes ? tiling.rows : tiling.columns)) {
                decoders.append(try decoder.copy())
            }
            self.decoders = decoders
            let rows = (2 * tiling.lineRows + 16).roundedUp(toMultipleOf: 16)
            let sampleType: SampleType = planes.bits > 8 ? .word : .byte
            buffer = try CodecError.inMemory { () throws(PixelError) in
                try PlaneBuffer(format: format, rows: rows, sampleType: sampleType)
            }
        }

        func row(_ y: Int, ofPlane plane: Int) throws(CodecError) -> UnsafePointer<UInt8> {
            while filled[plane] <= y { try fillLine() }
            return UnsafePointer(buffer.row(y, ofPlane: plane))
        }

        /// Decodes the next row of tiles and copies it to its shown place.
        private func fillLine() throws(CodecError) {
            let isSwapped = tiling.geometry.swapsAxes
            guard (0..<(isSwapped ? tiling.columns : tiling.rows)).contains(nextLine) else {
                throw .misuse("no row of tiles \(nextLine)")
            }
            let ends = planeGeometries.indices.map { end(ofLine: nextLine, plane: $0) }
            // Each tile is copied to columns of its own.
            try ParallelLoop.run(
                isSwapped ? tiling.rows : tiling.columns, threads: decoders.count, shortage: .outOfMemory
            ) { (across, thread) throws(CodecError) in
                let (column, row) = isSwapped ? (nextLine, across) : (across, nextLine)
                let tile = try decoders[thread].decodeTile(column: column, row: row, memory: memory)
                guard tile.model == planes.model, tile.bits == planes.bits, tile.shift_x == planes.shift_x,
                    tile.shift_y == planes.shift_y, tile.matrix == planes.matrix,
                    tile.full_range == planes.full_range, Int(tile.width) >= tiling.tile.width,
                    Int(tile.height) >= tiling.tile.height
                else { throw .corrupt("tile \(column)/\(row) differs in format from the first") }
                for plane in planeGeometries.indices {
                    copy(tile, column: column, row: row, plane: plane, rows: filled[plane]..<ends[plane])
                }
            }
            filled = ends
            nextLine += step
        }

        /// The size of a tile in samples of a plane.
        private func extent(ofPlane plane: Int) -> PixelSize {
            let isChroma = plane > 0 && planes.model == Int32(BRIDGE_HEIF_YCBCR.rawValue)
            let shift = isChroma ? tiling.subsampling : .full
            return PixelSize(
                width: tiling.tile.width >> shift.horizontalShift,
                height: tiling.tile.height >> shift.verticalShift)
        }

        /// Returns the end of the shown rows of a plane in this row of tiles.
        private func end(ofLine line: Int, plane: Int) -> Int {
            let (geometry, extent) = (planeGeometries[plane], extent(ofPlane: plane))
            var y = filled[plane]
            while y < geometry.size.height {
                let place = geometry.place(x: 0, y: y)
                guard (tiling.geometry.swapsAxes ? place.x / extent.width : place.y / extent.height) == line
                else { break }
                y += 1
            }
            return y
        }

        private func copy(
            _ tile: bridge_heif_planes, column: Int, row: Int, plane: Int, rows: Range<Int>
        ) {
            let (geometry, extent) = (planeGeometries[plane], extent(ofPlane: plane))
            let samples = [tile.samples.0, tile.samples.1, tile.samples.2]
            let strides = [tile.strides.0, tile.strides.1, tile.strides.2].map(Int.init)
            guard let base = samples[plane] else { return }
            let bytes = buffer.sampleType.bytes
            let (left, top) = (column * extent.width, row * extent.height)
            // Along a shown row, only one coded coordinate changes.
            let isSwapped = tiling.geometry.swapsAxes
            let isBackward = (isSwapped ? tiling.geometry.column.y : tiling.geometry.column.x) < 0
            let codedRange = isSwapped ? top..<top + extent.height : left..<left + extent.width
            var columns: [(shown: Int, coded: Int)] = []
            columns.reserveCapacity(codedRange.count)
            for x in shownColumns(of: codedRange, geometry, isBackward: isBackward) {
                let place = geometry.place(x: x, y: 0)
                let coded = isSwapped ? place.y : place.x
                if codedRange.contains(coded) { columns.append((x, coded - codedRange.lowerBound)) }
            }
            guard let first = columns.first else { return }
            let isPlain =
                !isSwapped && !isBackward
                && columns[columns.count - 1].coded - first.coded == columns.count - 1
            let codedStep = isSwapped ? strides[plane] : bytes
            for y in rows {
                let place = geometry.place(x: 0, y: y)
                let from = base + (isSwapped ? (place.x - left) * bytes : (place.y - top) * strides[plane])
                let to = buffer.row(y, ofPlane: plane)
                if isPlain {
                    (to + first.shown * bytes).update(
                        from: from + first.coded * bytes, count: columns.count * bytes)
                } else if bytes == 1 {
                    for (shown, coded) in columns { to[shown] = from[coded * codedStep] }
                } else {
                    for (shown, coded) in columns {
                        to[2 &* shown] = from[coded &* codedStep]
                        to[2 &* shown &+ 1] = from[coded &* codedStep &+ 1]
                    }
                }
            }
        }

        /// Returns the shown columns whose coded position may be in the range.
        private func shownColumns(
            of coded: Range<Int>, _ geometry: HEIFGeometry.Plane, isBackward: Bool
        ) -> Range<Int> {
            let place = geometry.place(x: 0, y: 0)
            let start = tiling.geometry.swapsAxes ? place.y : place.x
            let (first, end) =
                isBackward
                ? (start - coded.upperBound + 1, start - coded.lowerBound + 1)
                : (coded.lowerBound - start, coded.upperBound - start)
            // Positions beyond the edge repeat the last sample.
            let lower = min(max(first - 1, 0), geometry.size.width)
            return lower..<max(lower, min(end + 1, geometry.size.width))
        }
    }
}
#endif
