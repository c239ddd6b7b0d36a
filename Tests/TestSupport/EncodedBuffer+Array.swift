private import Foundation
package import ImageCodecs

extension EncodedBuffer {
    /// The bytes, copied; the buffer is used up.
    package consuming func array() -> [UInt8] {
        let count = count
        let base = release()
        defer { free(base) }
        return Array(UnsafeRawBufferPointer(start: base, count: count))
    }
}
