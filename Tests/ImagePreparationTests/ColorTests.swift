import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Colours compared with the definitions of their spaces, computed in double precision.
@Suite("colour")
struct ColorTests {
    static func prepare(
        _ file: String, color: PreparationOptions.ColorPolicy = .convert,
        format: PreparationOptions.OutputFormat = .png
    ) async throws -> PreparedImage {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        var options = PreparationOptions()
        options.format = format
        options.color = color
        let batch = try await ImagePreparer(constraints: constraints, options: options)
            .prepare([.file(Fixtures.path(file))])
        return try #require(batch.images.first)
    }

    /// Returns the difference of two images in 8-bit codes.
    static func difference(_ a: DecodedPixels, _ b: DecodedPixels) -> (mean: Double, maximum: Int) {
        var (sum, maximum, count) = (0, 0, 0)
        for index in a.rgba.indices where index & 3 != 3 {
            let distance = abs(Int(a.rgba[index]) - Int(b.rgba[index]))
            sum += distance
            maximum = max(maximum, distance)
            count += 1
        }
        return (Double(sum) / Double(count), maximum)
    }

    /// Applies a function of linear light to each pixel.
    static func map(
        _ pixels: DecodedPixels, decode: (Double) -> Double, _ body: ([Double]) -> [Double]
    ) -> DecodedPixels {
        var result = pixels
        for pixel in 0..<pixels.size.area {
            let light = (0..<3).map { decode(Double(pixels.rgba[pixel * 4 + $0]) / 255) }
            for (channel, value) in body(light).enumerated() {
                let code = encodeSRGB(min(max(value, 0), 1)) * 255
                result.rgba[pixel * 4 + channel] = UInt8(code.rounded())
            }
        }
        return result
    }

    static func decodeSRGB(_ code: Double) -> Double {
        code <= 0.04045 ? code / 12.92 : power((code + 0.055) / 1.055, 2.4)
    }

    static func encodeSRGB(_ light: Double) -> Double {
        light <= 0.0031308 ? light * 12.92 : 1.055 * power(light, 1 / 2.4) - 0.055
    }

    /// Converts linear Display P3 to linear sRGB (CSS Color 4, section 18, the product of its two
    /// matrices).
    static func fromP3(_ p: [Double]) -> [Double] {
        [
            1.2249401762805598 * p[0] - 0.22494017628055996 * p[1],
            -0.042056954709688163 * p[0] + 1.0420569547096881 * p[1],
            -0.019637554590334432 * p[0] - 0.078636045550631889 * p[1] + 1.0982736001409663 * p[2],
        ]
    }

    @Test("of a Display P3 PNG becomes sRGB within two codes, and untagged")
    func displayP3() async throws {
        let image = try await Self.prepare("icc/p3.png")
        #expect(image.reasons.contains(.convertedToSRGB))
        let expected = Self.map(
            try DecodedPixels(Fixtures.bytes("icc/p3.png")), decode: Self.decodeSRGB, Self.fromP3)
        let result = try DecodedPixels(image.bytes.array)
        let difference = Self.difference(result, expected)
        #expect(difference.maximum <= 2 && difference.mean <= 0.3, "\(difference)")
        let again = try ImagePreparer().plan([.bytes(image.bytes.array, name: "again")]).images[0]
        #expect(again.source.colorProfile == nil)
        // The same measure must notice if nothing is converted.
        let kept = try DecodedPixels(try await Self.prepare("icc/p3.png", color: .keep).bytes.array)
        #expect(Self.difference(kept, expected).maximum > 8)
    }

    @Test("of a Display P3 JPEG equals that of the same image in sRGB", arguments: ["png", "jpeg"])
    func displayP3JPEG(_ format: String) async throws {
        let format = try #require(PreparationOptions.OutputFormat(rawValue: format))
        let p3 = try await Self.prepare("icc/p3.jpg", format: format)
        let srgb = try await Self.prepare("icc/srgb.jpg", format: format)
        #expect(p3.reasons.contains(.convertedToSRGB))
        #expect(!srgb.reasons.contains(.convertedToSRGB))
        #expect(try DecodedPixels(p3.bytes.array).psnr(DecodedPixels(srgb.bytes.array)) > 35)
        #expect(try DecodedPixels(Fixtures.bytes("icc/p3.jpg")).psnr(DecodedPixels(srgb.bytes.array)) < 35)
    }

    @Test(
        "of an image tagged sRGB is not converted: the image passes through with its profile",
        arguments: ["icc/srgb.png", "icc/srgb.jpg"])
    func tagged(_ file: String) async throws {
        let image = try await Self.prepare(file, format: .automatic)
        #expect(image.action == .passThrough)
        #expect(image.source.colorProfile != nil)
    }

    @Test("is kept on request, with the profile")
    func kept() async throws {
        let image = try await Self.prepare("icc/p3.jpg", color: .keep)
        #expect(!image.reasons.contains(.convertedToSRGB))
        #expect(image.notices.contains { $0.code == .profileKept })
        let again = try ImagePreparer().plan([.bytes(image.bytes.array, name: "again")]).images[0]
        #expect(again.source.colorProfile == image.source.colorProfile)
    }

    @Test("of a PNG with linear gAMA is encoded as sRGB")
    func gamma() async throws {
        let image = try await Self.prepare("png/gama-linear.png")
        #expect(image.reasons.contains(.convertedToSRGB))
        let stored = try DecodedPixels(Fixtures.bytes("png/gama-linear.png"))
        let expected = Self.map(stored, decode: { $0 }, { $0 })
        let difference = Self.difference(try DecodedPixels(image.bytes.array), expected)
        #expect(difference.maximum <= 2, "\(difference)")
    }

    @Test("of CMYK and YCCK gives the same image, with the stated default if there is no profile")
    func inks() async throws {
        let cmyk = try await Self.prepare("sampling/cmyk.jpg")
        let ycck = try await Self.prepare("sampling/ycck.jpg")
        for image in [cmyk, ycck] {
            #expect(image.reasons.contains(.convertedToSRGB))
            #expect(image.notices.contains { $0.code == .inksWithoutProfile })
        }
        #expect(try DecodedPixels(cmyk.bytes.array).psnr(DecodedPixels(ycck.bytes.array)) > 25)
        // Adobe's inversion: the same image as in the other samplings, not its negative.
        let reference = try DecodedPixels(Fixtures.bytes("sampling/reference.png"))
        #expect(try DecodedPixels(cmyk.bytes.array).psnr(reference) > 15)
    }

    @Test("of 16 bits is converted before it is reduced")
    func sixteenBits() async throws {
        let image = try await Self.prepare("png/iccp-p3-rgba-16.png")
        #expect(image.reasons.contains(.reducedTo8Bits))
        #expect(image.reasons.contains(.convertedToSRGB))
        #expect(image.reasons.contains(.flattened))
    }

    @Test("profiles that cannot be used are ignored, with a notice")
    func ignored() async throws {
        let image = try await Self.prepare("corrupt/iccp-bomb.png")
        #expect(image.notices.contains { $0.code == .profileIgnored })
        #expect(image.source.colorProfile == nil)
    }
}
