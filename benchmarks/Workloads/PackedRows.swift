import ImageCodecs
import Pixels

/// Reads images as packed rows.
enum PackedRows {
    /// Reads all rows of an image into the same memory.
    static func decode(_ source: EncodedSource, probe: ImageProbe) throws {
        try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits()) { reader in
            let row = UnsafeMutablePointer<UInt8>.allocate(capacity: reader.rowBytes)
            defer { row.deallocate() }
            for _ in 0..<reader.size.height { try reader.readRow(into: row) }
            try reader.finish()
        }
    }

    /// Calls `body` with a reader of a 1536x1152 photograph as RGB rows.
    static func photograph<Result>(_ body: (any RowReader) throws -> Result) throws -> Result {
        let source = EncodedSource(try Photo.dandelion.bytes)
        let limits = DecodeLimits()
        let probe = try Prober.probe(source, limits: limits)
        return try RowReaders.withReader(of: source, probe: probe, limits: limits, body)
    }

    /// Returns the photograph's size and its RGB rows, one after another.
    static func rgb() throws -> (size: PixelSize, samples: [UInt8]) {
        try photograph { reader in
            let bytes = reader.rowBytes
            let samples = try [UInt8](unsafeUninitializedCapacity: bytes * reader.size.height) {
                target, filled in
                guard let base = target.baseAddress else { return }
                for y in 0..<reader.size.height { try reader.readRow(into: base + y * bytes) }
                try reader.finish()
                filled = target.count
            }
            return (reader.size, samples)
        }
    }
}
