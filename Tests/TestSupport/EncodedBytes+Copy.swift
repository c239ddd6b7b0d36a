package import SeedreamModel

extension EncodedBytes {
    /// Copies bytes.
    package convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { (target: UnsafeMutableRawBufferPointer) in
            target.copyBytes(from: bytes)
        }
    }
}
