import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("ColorTransform")
struct ColorTransformTests {
    private static func convert(
        _ pixels: [UInt8], from profile: [UInt8], channels: Int
    ) throws -> [UInt8] {
        let transform = try #require(ColorTransform(from: profile, channels: channels, sampleType: .byte))
        var result = [UInt8](repeating: 0, count: pixels.count)
        transform.convert(pixels, to: &result, count: pixels.count / channels)
        return result
    }

    private static func convert(
        words pixels: [UInt16], from profile: [UInt8], channels: Int
    ) throws -> [UInt16] {
        let transform = try #require(ColorTransform(from: profile, channels: channels, sampleType: .word))
        var result = [UInt16](repeating: 0, count: pixels.count)
        transform.convert(pixels, to: &result, count: pixels.count / channels)
        return result
    }

    /// Returns the code of linear light (IEC 61966-2-1).
    private static func encoded(_ light: Double) -> Double {
        light <= 0.0031308 ? 12.92 * light : 1.055 * power(light, 1 / 2.4) - 0.055
    }

    private static func light(_ code: Double) -> Double {
        code <= 0.04045 ? code / 12.92 : power((code + 0.055) / 1.055, 2.4)
    }

    @Test("converts grey to the curve of sRGB", arguments: [1.0, 1.8, 2.2])
    func grey(_ gamma: Double) throws {
        let profile = ICCProfile.grey { power($0, gamma) }.bytes()
        let result = try Self.convert((0...255).map { UInt8($0) }, from: profile, channels: 1)
        for code in 0...255 {
            let expected = 255 * Self.encoded(power(Double(code) / 255, gamma))
            // LittleCMS samples the whole transform at a few points: the first codes of a linear
            // profile, where sRGB is steepest, come out up to 10 codes too dark.
            let tolerance = gamma == 1 && code <= 8 ? 10 : 1.5
            #expect(abs(Double(result[code]) - expected) <= tolerance, "\(code): \(result[code])")
        }
    }

    @Test("copies alpha")
    func alpha() throws {
        let profile = ICCProfile.grey { $0 }.bytes()
        let result = try Self.convert([128, 0, 128, 77, 255, 255], from: profile, channels: 2)
        // Half the light has the code 188.
        #expect(result == [188, 0, 188, 77, 255, 255])
    }

    /// Display P3 and sRGB have the same curve and white, so the linear light differs by a matrix
    /// (CSS Color 4, section 17, "lin_P3" to "lin_sRGB").
    private static func expected(_ code: [Double]) -> [Double] {
        let linear = code.map(light)
        let matrix = [
            [1.2249401762805598, -0.2249401762805600, 0],
            [-0.0420569547096882, 1.0420569547096881, 0],
            [-0.0196375545903344, -0.0786360455506319, 1.0982736001409663],
        ]
        return matrix.map { row in
            let sum = row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]
            return encoded(min(max(sum, 0), 1))
        }
    }

    static let colors: [[UInt8]] = [
        [0, 0, 0], [255, 255, 255], [128, 128, 128], [255, 0, 0], [0, 255, 0], [0, 0, 255],
        [180, 120, 90], [90, 120, 180], [200, 180, 160], [60, 140, 110],
    ]

    @Test("converts Display P3 to sRGB by the matrix between them, and clips", arguments: colors)
    func displayP3(_ color: [UInt8]) throws {
        let expected = Self.expected(color.map { Double($0) / 255 })
        let bytes = try Self.convert(color, from: ColorProfiles.displayP3, channels: 3)
        for (found, wanted) in zip(bytes, expected) { #expect(abs(Double(found) - 255 * wanted) <= 1) }
        let words = try Self.convert(
            words: color.map { UInt16($0) * 257 }, from: ColorProfiles.displayP3, channels: 3)
        for (found, wanted) in zip(words, expected) { #expect(abs(Double(found) - 65_535 * wanted) <= 64) }
        let opaque = try Self.convert(color + [9], from: ColorProfiles.displayP3, channels: 4)
        #expect(opaque == bytes + [9])
    }

    @Test("refuses bytes that are not a profile, and a profile for another number of channels")
    func refused() {
        #expect(ColorTransform(from: [], channels: 3, sampleType: .byte) == nil)
        #expect(
            ColorTransform(from: [UInt8](repeating: 0, count: 200), channels: 3, sampleType: .byte) == nil)
        let grey = ICCProfile.grey { $0 }.bytes()
        #expect(ColorTransform(from: grey, channels: 3, sampleType: .byte) == nil)
        #expect(ColorTransform(from: ColorProfiles.displayP3, channels: 1, sampleType: .byte) == nil)
        #expect(ColorTransform(from: ColorProfiles.displayP3, channels: 5, sampleType: .byte) == nil)
        #expect(
            ColorTransform(from: ColorProfiles.displayP3, channels: 4, isCMYK: true, sampleType: .byte) == nil
        )
    }
}
