import Pixels
import SeedreamModel

/// Prepared images with a size and arbitrary bytes, which mappings do not read.
enum SampleImage {
    static func prepared(
        _ width: Int, _ height: Int, bytes: Int = 5, mediaType: MediaType = .jpeg
    ) -> PreparedImage {
        PreparedImage(
            index: 0, position: 1,
            source: SourceFacts(
                name: "dog.jpg", format: "jpeg", width: width, height: height, orientation: 1, bytes: bytes,
                colorProfile: nil, colorOrigin: nil, alpha: false, colorModel: "ycbcr", bitDepth: 8,
                chromaSubsampling: "4:2:0", progressive: false, frames: 1, quality: 90),
            action: .passThrough, reasons: [], notices: [], checked: .pixels, isIdentical: true,
            mediaType: mediaType, size: PixelSize(width: width, height: height),
            bytes: EncodedBytes(count: bytes) { $0.copyBytes(from: (0..<bytes).map { UInt8($0 & 0xFF) }) })
    }

    /// Returns a request with `count` images of 4:3.
    static func request(_ count: Int = 1, prompt: String = "Replace the dog with a puppy")
        -> GenerationRequest
    {
        GenerationRequest(
            prompt: prompt, images: (0..<count).map { _ in .prepared(prepared(2000, 1500)) })
    }
}
