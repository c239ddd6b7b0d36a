import CodecBridge
package import PixelEngine
import Pixels

/// A sink that encodes a picture.
package protocol ImageSink: BandSink {
    /// Ends the file and hands it over. Only once, after the last band.
    ///
    /// - Throws: ``CodecError/outputTooLarge(maximum:)`` beyond the maximum given to the encoder.
    func finish() throws(CodecError) -> EncodedBuffer
}

/// What every encoder is told.
package struct EncodeSettings: Sendable {
    /// libjpeg's or libwebp's scale, 1 to 100; no meaning for PNG.
    package var quality: Int
    /// An ICC profile to embed, or `nil`.
    package var profile: ColorProfile?
    /// The most bytes to write; encoding stops there.
    package var maximumBytes: Int

    package init(quality: Int, profile: ColorProfile? = nil, maximumBytes: Int = .max) {
        self.quality = quality
        self.profile = profile
        self.maximumBytes = maximumBytes
    }

    /// The C side's spelling: 0 for no limit.
    var bridgedMaximum: Int { maximumBytes == .max ? 0 : max(maximumBytes, 1) }
}

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

/// Planes back to packed rows.
enum PlaneInterleaver {
    /// Writes one row of all planes of `buffer`, pixel by pixel, to `target`.
    ///
    /// - Parameter expandingGrey: Whether a grey plane is written three times, as RGB.
    static func interleave(
        _ buffer: PlaneBuffer, row: Int, into target: UnsafeMutablePointer<UInt8>, expandingGrey: Bool = false
    ) {
        let format = buffer.format
        let isExpanded = expandingGrey && format.model == .grey
        let planes = isExpanded ? [0, 0, 0] + (format.hasAlpha ? [1] : []) : Array(0..<format.planeCount)
        let width = format.size.width
        let count = planes.count
        for (channel, plane) in planes.enumerated() {
            let samples = UnsafePointer(buffer.row(row, ofPlane: plane))
            guard count > 1 else {
                target.update(from: samples, count: width)
                return
            }
            for x in 0..<width { target[x &* count &+ channel] = samples[x] }
        }
    }
}
