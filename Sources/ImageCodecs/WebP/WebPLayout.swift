import Pixels

/// The places of the parts of a WebP file, by the rules of libwebp's decoder and demuxer
/// (`webp_dec.c`, `demux.c`).
///
/// Header, decoder and stripper share these rules, so that the bytes sent are the bytes read. If
/// the decoder and the demuxer differ, the stricter rule applies: browsers and Pillow use the
/// demuxer.
struct WebPLayout {
    struct Chunk {
        let type: String
        /// From the FourCC to the end of the padding.
        let range: Range<Int>
        let payload: Range<Int>
    }

    /// The flags of the VP8X chunk.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let animation = Flags(rawValue: 0x02)
        static let xmp = Flags(rawValue: 0x04)
        static let exif = Flags(rawValue: 0x08)
        static let alpha = Flags(rawValue: 0x10)
        static let profile = Flags(rawValue: 0x20)
    }

    /// The contents of a bitstream's header.
    struct Bitstream {
        var size: PixelSize
        var hasAlpha = false
        var isLossless = false
    }

    /// The most chunks of a file; more are treated as hostile. Our choice.
    private static let maximumChunks = 1_000_000

    /// The VP8X chunk; `nil` in a file of the simple format.
    private(set) var extended: (chunk: Chunk, flags: Flags, canvas: PixelSize)?
    /// The VP8 or VP8L chunk of a still image.
    private(set) var image: (chunk: Chunk, bitstream: Bitstream)?
    /// The alpha of a lossy still image.
    private(set) var alpha: Chunk?
    /// The profile. As in libwebp, it, EXIF and XMP count only if the VP8X chunk announces them.
    private(set) var profile: Chunk?
    private(set) var exif: Chunk?
    private(set) var xmp: Chunk?
    private(set) var frames = 0
    /// The FourCCs of chunks that no decoder needs.
    private(set) var unneeded: Set<String> = []
    /// The end of the last chunk.
    private(set) var end = 12
    /// The reason why the rest of the file is incomplete or invalid; `nil` without one.
    private(set) var failure: CodecError?
    var isAnimated: Bool { extended?.flags.contains(.animation) == true }

    /// Reads the headers of all chunks.
    ///
    /// - Throws: ``CodecError`` if there is no RIFF header, or as the source does.
    init(_ source: EncodedSource) throws(CodecError) {
        var reader = HeaderReader(source, windowSize: 4096)
        guard let declared = try reader.littleEndian(at: 4, bytes: 4), source.count >= 12 else {
            throw .truncated("RIFF header")
        }
        do throws(CodecError) {
            try readChunks(&reader, riffEnd: 8 + declared)
        } catch {
            if case .readFailed = error { throw error }
            failure = error
        }
        if failure == nil, 8 + declared > reader.count + 1 {
            failure = .truncated("the RIFF header announces \(declared) bytes, the file ends before")
        }
    }

    private mutating func readChunks(_ reader: inout HeaderReader, riffEnd: Int) throws(CodecError) {
        for number in 0... {
            let offset = end
            // Ignores a rest that is shorter than a chunk header.
            guard offset + 8 <= min(riffEnd, reader.count) else { break }
            guard number < Self.maximumChunks else {
                throw .corrupt("more than \(Self.maximumChunks) chunks")
            }
            let type = String(decoding: try reader.bytes(at: offset, length: 4), as: UTF8.self)
            let length = try reader.littleEndian(at: offset + 4, bytes: 4) ?? 0
            let payload = offset + 8..<offset + 8 + length
            guard payload.upperBound <= reader.count else {
                throw .truncated(
                    "chunk \(type.debugDescription) has \(length) bytes, the file ends inside it")
            }
            guard payload.upperBound <= riffEnd else {
                throw .corrupt(
                    "chunk \(type.debugDescription) has \(length) bytes, more than the RIFF header announces")
            }
            // A file may end before the padding byte of its last chunk.
            let next = min(payload.upperBound + (length & 1), reader.count)
            try take(Chunk(type: type, range: offset..<next, payload: payload), isFirst: number == 0, &reader)
            end = next
        }
    }

    private mutating func take(
        _ chunk: Chunk, isFirst: Bool, _ reader: inout HeaderReader
    ) throws(CodecError) {
        guard !isFirst || ["VP8X", "VP8 ", "VP8L"].contains(chunk.type) else {
            throw .corrupt("the first chunk is \(chunk.type.debugDescription), expected VP8X, VP8 or VP8L")
        }
        let flags = extended?.flags ?? []
        switch chunk.type {
        case "VP8X":
            guard isFirst else { throw .corrupt("a second VP8X chunk") }
            let bytes = Array(try reader.bytes(at: chunk.payload.lowerBound, length: 10))
            guard bytes.count == 10, chunk.payload.count == 10 else {
                throw .corrupt("the VP8X chunk has \(chunk.payload.count) bytes, expected 10")
            }
            let canvas = PixelSize(
                width: bytes[4..<7].littleEndianValue + 1, height: bytes[7..<10].littleEndianValue + 1)
            extended = (chunk, Flags(rawValue: bytes[0]), canvas)
        // The first of two bitstreams is used.
        case "VP8 " where image == nil, "VP8L" where image == nil:
            let bitstream = try Self.bitstream(chunk, &reader)
            if let canvas = extended?.canvas, !isAnimated, canvas != bitstream.size {
                throw .corrupt("the header says \(canvas), the image has \(bitstream.size)")
            }
            image = (chunk, bitstream)
            // A lossless bitstream has its own alpha.
            if bitstream.isLossless, let unused = alpha {
                unneeded.insert(unused.type)
                alpha = nil
            }
        case "ALPH" where image == nil && flags.contains(.alpha):
            guard alpha == nil else { throw .corrupt("a second ALPH chunk") }
            alpha = chunk
        case "ICCP" where profile == nil && flags.contains(.profile): profile = chunk
        case "EXIF" where exif == nil && flags.contains(.exif): exif = chunk
        case "XMP " where xmp == nil && flags.contains(.xmp): xmp = chunk
        case "ANIM" where isAnimated: break
        case "ANMF" where isAnimated: frames += 1
        default: unneeded.insert(chunk.type)
        }
    }

    private static func bitstream(
        _ chunk: Chunk, _ reader: inout HeaderReader
    ) throws(CodecError) -> Bitstream {
        let count = chunk.payload.count
        let bytes = Array(try reader.bytes(at: chunk.payload.lowerBound, length: min(10, count)))
        if chunk.type == "VP8L" {
            guard bytes.count >= 5, bytes[0] == 0x2F else {
                throw .corrupt("the VP8L chunk has no signature")
            }
            let bits = bytes[1..<5].littleEndianValue
            let size = PixelSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
            return Bitstream(size: size, hasAlpha: bits >> 28 & 1 == 1, isLossless: true)
        }
        guard bytes.count == 10, bytes[3...5].elementsEqual([0x9D, 0x01, 0x2A]) else {
            throw .corrupt("the VP8 chunk has no start code")
        }
        let firstPartition = bytes[0..<3].littleEndianValue >> 5
        guard firstPartition < count - 10 else {
            throw .truncated("the VP8 chunk has \(count) bytes, its first partition alone \(firstPartition)")
        }
        return Bitstream(
            size: PixelSize(
                width: bytes[6..<8].littleEndianValue & 0x3FFF,
                height: bytes[8..<10].littleEndianValue & 0x3FFF))
    }

    /// Returns the bytes of a still image alone. Passing only these to the decoder keeps it from
    /// reading further.
    func stillRange() throws(CodecError) -> Range<Int> {
        if let failure { throw failure }
        guard let image else { throw .corrupt("no image chunk") }
        return (alpha ?? image.chunk).range.lowerBound..<image.chunk.payload.upperBound
    }
}
