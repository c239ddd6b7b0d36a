import CodecBridge

/// What an encoder made: memory from `malloc`, owned until it is released.
package struct EncodedBuffer: ~Copyable {
    private let base: UnsafeMutableRawPointer
    /// In bytes.
    package let count: Int

    init(_ output: bridge_output) throws(CodecError) {
        guard let bytes = output.bytes else { throw .misuse("encoder gave no bytes") }
        base = UnsafeMutableRawPointer(bytes)
        count = output.size
    }

    deinit { bridge_free(base) }

    /// Gives the memory away; the receiver frees it with `free`.
    package consuming func release() -> UnsafeMutableRawPointer {
        let base = base
        discard self
        return base
    }
}
