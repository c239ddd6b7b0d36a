import Pixels
import SeedreamClient
import SeedreamModel
import Testing

@Suite("output sizes")
struct OutputSizeTests {
    @Test(
        "are read in the usual spellings, and written back",
        arguments: [
            ("match", "match@2K"), ("4k", "match@4K"), ("Match@1K", "match@1K"), ("square-hd", "square_hd"),
            ("auto_2k", "auto_2K"), ("1536x1024", "1536x1024"), ("16:9", "16:9@2K"), ("16:9@4K", "16:9@4K"),
        ])
    func reading(_ text: String, _ written: String) throws {
        let size = try #require(OutputSize(text))
        #expect(size.description == written)
        #expect(OutputSize(size.description) == size)
    }

    @Test(
        "refuse other texts",
        arguments: ["", "x", "0x5", "5x", "16:9@5K", "16:0", "1x2@2K", "1x2x3", "-4x4"])
    func refusing(_ text: String) { #expect(OutputSize(text) == nil) }

    @Test("of an aspect ratio keep the tier's area, or stay within a maximum side")
    func pixels() {
        #expect(OutputSize.pixels(width: 1, height: 1, tier: .k2) == PixelSize(width: 2048, height: 2048))
        #expect(
            OutputSize.pixels(width: 4000, height: 3000, tier: .k2) == PixelSize(width: 2364, height: 1773))
        #expect(OutputSize.pixels(width: 16, height: 9, tier: .k4) == PixelSize(width: 5461, height: 3072))
        for limit in [4096, 2752] {
            let size = OutputSize.pixels(width: 16, height: 9, tier: .k4, maximumSide: limit)
            #expect(size == PixelSize(width: limit, height: limit * 9 / 16))
        }
        #expect(
            OutputSize.pixels(width: 1, height: 3, tier: .k4, maximumSide: 4096)
                == PixelSize(width: 1365, height: 4096))
    }

    @Test("have at most the tier's area, and almost all of it, for any aspect ratio up to 1:16")
    func area() {
        for (width, height) in (1...16).flatMap({ side in (1...16).map { (side, $0) } }) {
            for tier in SizeTier.allCases {
                let size = OutputSize.pixels(width: width, height: height, tier: tier)
                #expect(size.area <= tier.side * tier.side)
                #expect(Double(size.area) > 0.99 * Double(tier.side * tier.side), "\(size)")
            }
        }
    }

    @Test(
        "of 16:9 at 4K are what the provider's rules allow",
        arguments: [
            (ProviderID.fal, PixelSize(width: 5461, height: 3072)),
            (.onerouter, PixelSize(width: 5461, height: 3072)),
            (.ark, PixelSize(width: 5461, height: 3072)), (.aiml, PixelSize(width: 4096, height: 2304)),
        ])
    func allowed(_ provider: ProviderID, _ size: PixelSize) throws {
        var request = GenerationRequest(prompt: "a lighthouse")
        request.size = try #require(OutputSize("16:9@4K"))
        #expect(try SubmissionPlanner(provider).plan(request).predictedSize == size)
    }
}
