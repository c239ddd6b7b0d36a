private import Foundation
package import ImageCodecs
private import PixelEngine
package import Pixels
package import SeedreamModel

extension EncodedBuffer {
    /// Copies the bytes and frees the buffer.
    package consuming func array() -> [UInt8] {
        let count = count
        let base = release()
        defer { free(base) }
        return Array(UnsafeRawBufferPointer(start: base, count: count))
    }
}

extension EncodedBytes {
    /// Creates a buffer with a copy of the bytes.
    package convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { (target: UnsafeMutableRawBufferPointer) in
            target.copyBytes(from: bytes)
        }
    }
}

extension PlaneImage {
    /// Encodes the image, resized to the encoder's size.
    package func encoded(by sink: some ImageSink, filter: ResamplingFilter = .lanczos3) throws -> [UInt8] {
        try PixelPipeline(region: PixelRegion(format.size), filter: filter).run(
            from: PlaneImageSource(self), to: sink)
        return try sink.finish().array()
    }
}
