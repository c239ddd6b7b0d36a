import ImageCodecs
package import PixelEngine
package import Pixels

/// An image as the project's row reader gives it: in 16 bits if it has more than 8.
package struct DecodedRows: Equatable, Sendable {
    package var size: PixelSize
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
    package var channels: Int
    package var sampleType: SampleType
    package var samples: [UInt16]

    /// - Parameter threads: The most tiles decoded at the same time. Default: 1.
    package init(_ bytes: [UInt8], threads: Int = 1) throws {
        let source = EncodedSource(bytes)
        let probe = try Prober.probe(source, limits: DecodeLimits())
        self = try RowReaders.withReader(
            of: source, probe: probe, limits: DecodeLimits(), precision: .word, threads: threads
        ) { try DecodedRows($0) }
    }

    private init(_ reader: any RowReader) throws {
        (size, channels, sampleType) = (reader.size, reader.channels, reader.sampleType)
        samples = []
        samples.reserveCapacity(size.area * channels)
        let memory = try WorkingMemory(byteCount: reader.rowBytes)
        for _ in 0..<size.height {
            try reader.readRow(into: memory.bytes)
            let row = UnsafeRawBufferPointer(start: memory.bytes, count: reader.rowBytes)
            switch sampleType {
            case .word: samples += row.bindMemory(to: UInt16.self)
            default: for sample in row { samples.append(UInt16(sample)) }
            }
        }
        try reader.finish()
    }

    /// Returns some of the channels.
    package func keeping(_ kept: Range<Int>) -> DecodedRows {
        var copy = self
        copy.channels = kept.count
        copy.samples = []
        copy.samples.reserveCapacity(size.area * kept.count)
        for pixel in stride(from: 0, to: samples.count, by: channels) {
            for channel in kept { copy.samples.append(samples[pixel + channel]) }
        }
        return copy
    }

    /// Returns samples of 8 bits as samples of 16.
    package func widened() -> DecodedRows {
        guard sampleType == .byte else { return self }
        var copy = self
        copy.sampleType = .word
        for index in samples.indices { copy.samples[index] = samples[index] * 257 }
        return copy
    }

    /// Returns the largest difference of two samples; `nil` for images of another shape.
    ///
    /// - Parameter margin: The px at each side that are not compared. Default: 0.
    package func largestDifference(to other: DecodedRows, margin: Int = 0) -> Int? {
        guard size == other.size, channels == other.channels, sampleType == other.sampleType else {
            return nil
        }
        var largest = 0
        let columns = channels * margin..<max(channels * margin, channels * (size.width - margin))
        for y in margin..<max(margin, size.height - margin) {
            for x in columns {
                let index = y * size.width * channels + x
                largest = max(largest, abs(Int(samples[index]) - Int(other.samples[index])))
            }
        }
        return largest
    }
}
