import Pixels

/// The samples of consecutive rows of a planar image, or of all its rows.
///
/// Each plane is a ring of lines: row `y` is in line `y % lines`. Rows that start at a multiple of
/// a divisor of the ring's height are therefore contiguous, one stride apart. Lines start at
/// 64-byte boundaries and have at least 64 bytes of padding after the last sample, because zimg's
/// kernels read and write that far.
package final class PlaneBuffer {
    /// The memory of one plane.
    package struct Plane {
        package let base: UnsafeMutablePointer<UInt8>
        /// The distance between lines in bytes.
        package let stride: Int
        /// The number of lines in the ring.
        package let lines: Int
        /// The base-2 logarithm of image rows per row of this plane.
        package let verticalShift: Int
    }

    package let format: PlaneFormat
    package let sampleType: SampleType
    package let planes: [Plane]
    private let memory: WorkingMemory

    /// Allocates the planes.
    ///
    /// - Parameters:
    ///   - format: The image's format.
    ///   - rows: The number of image rows to hold, a multiple of the rows per chroma row; `nil` for
    ///     all.
    ///   - widths: For each plane, the number of samples that fit in a row; `nil` means the plane's
    ///     own width.
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

    /// Returns the address of the first sample of a row, counted in the plane's own rows.
    package func row(_ row: Int, ofPlane plane: Int) -> UnsafeMutablePointer<UInt8> {
        planes[plane].base + (row % planes[plane].lines) * planes[plane].stride
    }

    /// Returns the rows of all planes starting at image row `row`, in the form that zimg takes.
    package func view(from row: Int = 0) -> PlaneView {
        PlaneView(
            lines: planes.indices.map { index in
                (self.row(row >> planes[index].verticalShift, ofPlane: index), planes[index].stride)
            }, hasAlpha: format.hasAlpha)
    }
}

/// Rows of planes in memory owned by another object; valid as long as that memory is.
package struct PlaneView {
    /// For each plane, the address of its first row and the distance between rows in bytes.
    package var lines: [(base: UnsafeMutablePointer<UInt8>, stride: Int)]
    /// Whether the last plane is alpha.
    package var hasAlpha: Bool
}
