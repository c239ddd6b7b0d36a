/// The samples of some consecutive rows of a planar picture, or of all of them.
///
/// Each plane is a ring of a power-of-two number of lines: row `y` lies in line `y & mask`. Lines start at 64-byte
/// boundaries and have at least 64 bytes of slack behind the last sample, because zimg's kernels read and write that far.
package final class PlaneBuffer {
    /// One plane's memory.
    package struct Plane {
        package let base: UnsafeMutablePointer<UInt8>
        /// Bytes from one line to the next.
        package let stride: Int
        /// Lines in the ring minus one, or all ones for a whole plane.
        package let mask: Int
        /// Base-2 logarithm of picture rows per row of this plane.
        package let verticalShift: Int
    }

    package let format: PlaneFormat
    package let planes: [Plane]
    private let storage: UnsafeMutableRawPointer

    /// Allocates planes.
    ///
    /// - Parameters:
    ///   - format: The picture's format, padded sides included.
    ///   - rows: Rows of the picture to hold, at least; `nil` for all.
    ///   - widths: For each plane, samples that a row must have room for; the plane's own width when `nil`.
    package init(format: PlaneFormat, rows: Int?, widths: [Int]? = nil) {
        self.format = format
        var offset = 0
        var layout: [(offset: Int, stride: Int, mask: Int, shift: Int)] = []
        for plane in 0..<format.planeCount {
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let width = max(size.width, widths?[plane] ?? 0)
            let stride = (width + 64).roundedUp(toMultipleOf: 64)
            let ring = rows.map { $0.roundedUpToPowerOfTwo >> shift }
            let lines = ring ?? size.height
            layout.append((offset, stride, ring.map { $0 - 1 } ?? Int.max, shift))
            offset += stride * lines
        }
        storage = .allocate(byteCount: max(offset, 64), alignment: 64)
        planes = layout.map { [storage] in
            Plane(
                base: (storage + $0.offset).assumingMemoryBound(to: UInt8.self), stride: $0.stride, mask: $0.mask,
                verticalShift: $0.shift)
        }
    }

    deinit { storage.deallocate() }

    /// The address of the first sample of a row of a plane; `row` counts in that plane's own rows.
    package func row(_ row: Int, ofPlane plane: Int) -> UnsafeMutablePointer<UInt8> {
        planes[plane].base + (row & planes[plane].mask) * planes[plane].stride
    }

    /// Bytes that a buffer of this shape takes.
    package static func byteCount(of format: PlaneFormat, rows: Int?) -> Int {
        (0..<format.planeCount).reduce(0) { total, plane in
            let size = format.size(ofPlane: plane)
            let shift = format.subsampling(ofPlane: plane).verticalShift
            let lines = rows.map { $0.roundedUpToPowerOfTwo >> shift } ?? size.height
            return total + (size.width + 64).roundedUp(toMultipleOf: 64) * lines
        }
    }
}
