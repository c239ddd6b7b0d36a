import Pixels

/// The samples of some consecutive rows of a planar picture, or of all of them.
///
/// Each plane is a ring of lines: row `y` lies in line `y % lines`, so rows that begin at a
/// multiple of what divides the ring lie one stride apart. Lines start at 64-byte boundaries and
/// have at least 64 bytes of slack behind the last sample, because zimg's kernels read and write
/// that far.
package final class PlaneBuffer {
    /// One plane's memory.
    package struct Plane {
        package let base: UnsafeMutablePointer<UInt8>
        /// Bytes from one line to the next.
        package let stride: Int
        /// Lines in the ring.
        package let lines: Int
        /// Base-2 logarithm of picture rows per row of this plane.
        package let verticalShift: Int
    }

    package let format: PlaneFormat
    package let sampleType: SampleType
    package let planes: [Plane]
    private let memory: WorkingMemory

    /// Allocates planes.
    ///
    /// - Parameters:
    ///   - format: The picture's format.
    ///   - rows: Rows of the picture to hold, a multiple of the chroma rows' step; `nil` for all.
    ///   - widths: For each plane, samples that a row must have room for; the plane's own width
    ///     when `nil`.
    /// - Throws: ``PixelError/outOfMemory``.
    package init(
        format: PlaneFormat, rows: Int?, widths: [Int]? = nil, sampleType: SampleType = .byte
    ) throws(PixelError) {
        self.format = format
        self.sampleType = sampleType
        var offset = 0
        var layout: [(offset: Int, stride: Int, lines: Int, shift: Int)] = []
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let width = max(size.width, widths?[plane] ?? 0)
            let stride = (width * sampleType.bytes + 64).roundedUp(toMultipleOf: 64)
            let lines = rows.map { max($0 >> shift, 1) } ?? size.height
            layout.append((offset, stride, lines, shift))
            offset += stride * lines
        }
        let memory = try WorkingMemory(byteCount: offset)
        self.memory = memory
        planes = layout.map {
            Plane(
                base: (memory.base + $0.offset).assumingMemoryBound(to: UInt8.self), stride: $0.stride,
                lines: $0.lines,
                verticalShift: $0.shift)
        }
    }

    /// The address of the first sample of a row of a plane; `row` counts in that plane's own rows.
    package func row(_ row: Int, ofPlane plane: Int) -> UnsafeMutablePointer<UInt8> {
        planes[plane].base + (row % planes[plane].lines) * planes[plane].stride
    }

    /// The rows of all planes from row `row` of the picture on, as zimg takes them.
    package func view(from row: Int = 0) -> PlaneView {
        PlaneView(
            lines: planes.indices.map { index in
                (self.row(row >> planes[index].verticalShift, ofPlane: index), planes[index].stride)
            }, hasAlpha: format.hasAlpha)
    }
}

/// Rows of planes in memory that somebody else owns; valid as long as that is.
package struct PlaneView {
    /// For each plane, the address of its first row and the bytes from one row to the next.
    package var lines: [(base: UnsafeMutablePointer<UInt8>, stride: Int)]
    /// Whether the last plane is alpha.
    package var hasAlpha: Bool
}
