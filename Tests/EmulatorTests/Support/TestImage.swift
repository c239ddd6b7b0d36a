#if Emulator
import PixelEngine
import Foundation
import ImageCodecs
import Pixels
import SeedreamEmulator
import SeedreamModel
import TestSupport

/// Input images that pass a provider's rules, or break one.
enum TestImage {
    static func dataURI(_ bytes: [UInt8], type: String = "image/png") -> String {
        "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    }

    /// Returns a grey PNG.
    static func png(_ width: Int, _ height: Int) throws -> [UInt8] {
        let source = PlaneImage(PlaneFormat(.rgb, size: PixelSize(width: 16, height: 16))) { _, _, _ in
            128
        }
        let sink = try PNGSink(
            format: PlaneFormat(.rgb, size: PixelSize(width: width, height: height)),
            settings: EncodeSettings(quality: 90))
        return try source.encoded(by: sink, filter: .bilinear)
    }

    /// Returns a JPEG: a small drawing, enlarged.
    static func jpeg(_ width: Int, _ height: Int, brightness: Double = 0) throws -> [UInt8] {
        let small = PlaneFormat(.rgb, size: PixelSize(width: min(width, 64), height: min(height, 64)))
        let drawing = PlaneImage(small) { plane, x, y in
            brightness + 60 + 60 * (plane == 0 ? x : plane == 1 ? y : 1 - x)
        }
        let sink = try JPEGSink(
            format: PlaneFormat(
                .yCbCr, size: PixelSize(width: width, height: height), subsampling: .quarter),
            settings: EncodeSettings(quality: 80))
        return try drawing.encoded(by: sink, filter: .bilinear)
    }

    /// Returns a JPEG as a data URI.
    static func jpegURI(_ bytes: [UInt8]) -> JSONValue { .string(dataURI(bytes, type: "image/jpeg")) }

    /// Returns a JPEG of exactly `count` bytes: junk after the end marker is not part of the image.
    static func jpeg(bytes count: Int) throws -> [UInt8] {
        let picture = try Fixtures.bytes("photos/rocket.jpg")
        return picture + [UInt8](repeating: 0, count: count - picture.count)
    }

    /// Returns a JPEG whose header states another size than its scan has.
    static func jpeg(claiming width: Int, _ height: Int) throws -> [UInt8] {
        var bytes = try Fixtures.bytes("photos/rocket.jpg")
        let frame = bytes.indices.first { bytes[$0] == 0xFF && (0xC0...0xC2).contains(bytes[$0 + 1]) } ?? 0
        bytes.replaceSubrange(
            frame + 5..<frame + 9,
            with: [
                UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF),
            ])
        return bytes
    }

    /// Returns the number of pixels that are fully transparent.
    static func transparentPixels(_ bytes: [UInt8]) throws -> Int {
        let samples = try DecodedPixels(bytes).rgba
        return stride(from: 3, to: samples.count, by: 4).count { samples[$0] == 0 }
    }

    /// Returns the display size of an encoded image.
    static func size(_ bytes: [UInt8]) throws -> PixelSize {
        try Prober.probe(EncodedSource(bytes), limits: DecodeLimits()).size
    }
}
#endif
