import CodecBridge
package import PixelEngine
import Pixels

/// A sink that encodes an image.
package protocol ImageSink: StripSink {
    /// Ends the file and returns it. Call once, after the last strip.
    ///
    /// - Throws: ``CodecError/outputTooLarge(maximum:)`` beyond the maximum given to the encoder.
    func finish() throws(CodecError) -> EncodedBuffer
}

/// The settings of all encoders.
package struct EncodeSettings: Sendable {
    /// The quality on libjpeg's or libwebp's scale, 1 to 100; ignored for PNG.
    package var quality: Int
    /// An ICC profile to embed, or `nil`.
    package var profile: ColorProfile?
    /// The most bytes to write; encoding fails beyond.
    package var maximumBytes: Int

    package init(quality: Int, profile: ColorProfile? = nil, maximumBytes: Int = .max) {
        self.quality = quality
        self.profile = profile
        self.maximumBytes = maximumBytes
    }

    /// The maximum as CodecBridge takes it: 0 for no limit.
    var bridgedMaximum: Int { maximumBytes == .max ? 0 : max(maximumBytes, 1) }
}

/// The output of an encoder: memory from `malloc`, owned until it is released.
package struct EncodedBuffer: ~Copyable {
    private let base: UnsafeMutableRawPointer
    /// The size in bytes.
    package let count: Int

    init(_ output: bridge_output) throws(CodecError) {
        guard let bytes = output.bytes else { throw .misuse("encoder gave no bytes") }
        base = UnsafeMutableRawPointer(bytes)
        count = output.size
    }

    deinit { bridge_free(base) }

    /// Returns the memory, which the caller frees with `free`.
    package consuming func release() -> UnsafeMutableRawPointer {
        let base = base
        discard self
        return base
    }
}

/// Converts planes back to packed rows.
package enum PlaneInterleaver {
    /// Writes one row of all planes of `buffer`, pixel by pixel, to `target`.
    ///
    /// - Parameter expandingGrey: Whether a grey plane is written three times, as RGB.
    package static func interleave(
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
