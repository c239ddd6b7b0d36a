#if Emulator
import Foundation
import ImageCodecs
import Pixels
import SeedreamEmulator
import TestSupport

/// Encoded pictures of any size, made for a test.
enum TestPicture {
    /// A JPEG: a small drawing, enlarged.
    static func jpeg(_ width: Int, _ height: Int, brightness: Double = 0) throws -> [UInt8] {
        let small = PlaneFormat(.rgb, size: PixelSize(width: min(width, 64), height: min(height, 64)))
        let drawing = PlanePicture(small) { plane, x, y in
            brightness + 60 + 60 * (plane == 0 ? x : plane == 1 ? y : 1 - x)
        }
        let sink = try JPEGSink(
            format: PlaneFormat(
                .yCbCr, size: PixelSize(width: width, height: height), subsampling: .quarter),
            settings: EncodeSettings(quality: 80))
        try PixelPipeline(region: PixelRegion(small.size), filter: .bilinear)
            .run(from: PlanePictureSource(drawing), to: sink)
        return try sink.finish().array()
    }

    /// A picture as a data URI.
    static func uri(_ bytes: [UInt8], type: String = "image/jpeg") -> JSONValue {
        .string("data:\(type);base64,\(Data(bytes).base64EncodedString())")
    }
}
#endif
