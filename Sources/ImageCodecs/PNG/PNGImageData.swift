import CodecBridge

/// Measures the zlib stream in the IDAT chunks of a PNG, without keeping the inflated data.
enum PNGImageData {
    /// The end of the stream.
    enum Extent: Equatable {
        /// At the end of the last chunk's data.
        case everything
        /// In the chunk with this index, after `bytes` bytes of its payload. No decoder reads
        /// further.
        case upTo(chunk: Int, bytes: Int)
        /// The stream is damaged, or has more or fewer bytes than the image needs, so it cannot be
        /// cut.
        case unusable
    }

    /// Inflates the stream.
    ///
    /// - Throws: ``CodecError/corrupt(_:)`` for a chunk with a wrong CRC.
    static func extent(
        of structure: inout PNGStructure, in source: EncodedSource
    ) throws(CodecError) -> Extent {
        let chunks = structure.data
        guard let first = chunks.first else { return .unusable }
        let plain = source.withBridgeInput {
            bridge_png_data_is_plain($0, UInt64(first.range.lowerBound), UInt64(structure.header.dataBytes))
        }
        if plain != 0 { return .everything }
        for chunk in chunks {
            guard try structure.isWhole(chunk) else { throw .corrupt("checksum of chunk IDAT is wrong") }
        }
        guard let inflater = bridge_inflater_open() else { throw .outOfMemory }
        defer { bridge_inflater_close(inflater) }
        var walk = Walk(inflater, chunks, source)
        // Inflates row by row from pieces of 8 KiB, as libpng does: the distance that a stream may
        // refer back depends on it.
        for pass in structure.header.passes {
            var row = [UInt8](repeating: 0, count: pass.rowBytes)
            for _ in 0..<pass.rows {
                guard try walk.fill(&row) else { return .unusable }
            }
        }
        guard let end = try walk.end() else { return .unusable }
        return end.chunk == chunks.count - 1 && end.bytes == chunks[end.chunk].payload.count
            ? .everything : .upTo(chunk: end.chunk, bytes: end.bytes)
    }

    /// Feeds the chunks' payloads to the inflater.
    private struct Walk {
        private let inflater: OpaquePointer
        private let chunks: [PNGStructure.Chunk]
        private let source: EncodedSource
        private var piece: [UInt8] = []
        private var used = 0
        /// The end of the piece: a chunk's index, and the bytes of its payload up to there.
        private var chunk = 0
        private var bytes = 0
        private var state = Int32(BRIDGE_INFLATER_RUNNING)

        init(_ inflater: OpaquePointer, _ chunks: [PNGStructure.Chunk], _ source: EncodedSource) {
            (self.inflater, self.chunks, self.source) = (inflater, chunks, source)
        }

        /// Fills the row. Returns `false` if the stream ends before or is damaged.
        mutating func fill(_ row: inout [UInt8]) throws(CodecError) -> Bool {
            var filled = 0
            while filled < row.count {
                guard state == Int32(BRIDGE_INFLATER_RUNNING), try load() else { return false }
                filled += run(&row, from: filled)
            }
            return state != Int32(BRIDGE_INFLATER_DAMAGED)
        }

        /// Returns the end of the stream; `nil` if it has more data or is damaged.
        mutating func end() throws(CodecError) -> (chunk: Int, bytes: Int)? {
            var spare: [UInt8] = [0]
            while state == Int32(BRIDGE_INFLATER_RUNNING) {
                guard try load(), run(&spare, from: 0) == 0 else { return nil }
            }
            guard state == Int32(BRIDGE_INFLATER_ENDED) else { return nil }
            return (chunk, bytes - (piece.count - used))
        }

        private mutating func run(_ target: inout [UInt8], from filled: Int) -> Int {
            var (read, written) = (piece.count - used, target.count - filled)
            state = target.withUnsafeMutableBufferPointer { target in
                piece.withUnsafeBufferPointer {
                    bridge_inflater_run(
                        inflater, $0.baseAddress.map { $0 + used }, &read,
                        target.baseAddress.map { $0 + filled }, &written)
                }
            }
            used += read
            return written
        }

        /// Loads more input if all of it is used. Returns `false` at the end of the last chunk.
        private mutating func load() throws(CodecError) -> Bool {
            guard used == piece.count else { return true }
            while bytes == chunks[chunk].payload.count {
                guard chunk + 1 < chunks.count else { return false }
                chunk += 1
                bytes = 0
            }
            let payload = chunks[chunk].payload
            piece = try source.bytes(
                at: payload.lowerBound + bytes, length: min(8192, payload.count - bytes))
            guard !piece.isEmpty else { throw .truncated("the file became shorter while it was read") }
            bytes += piece.count
            used = 0
            return true
        }
    }
}
