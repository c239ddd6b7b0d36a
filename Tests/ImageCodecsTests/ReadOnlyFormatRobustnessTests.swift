import ImageCodecs
import TestSupport
import Testing

/// The robustness tests for formats that are read and never passed through.
@Suite("robustness of formats that are only read")
struct ReadOnlyFormatRobustnessTests {
    static let seeds = [
        "formats/plain.gif", "formats/rgb24.bmp", "formats/rle8.bmp", "formats/rgba32.bmp",
        "formats/rgb-strips.tiff", "formats/rgb-tiles.tiff", "formats/rgb-planar.tiff",
        "formats/grey1.tiff", "formats/ycbcr-jpeg.tiff", "formats/ycbcr-raw.tiff", "formats/bigtiff.tiff",
        "formats/picture.heic", "formats/picture.avif",
    ].filter { seed in
        let name = seed.split(separator: ".").last.map(String.init) ?? ""
        return ImageFormat(rawValue: name)?.isReadable ?? false
    }

    @Test("a prefix is refused, or contains all pixels", arguments: seeds)
    func prefixes(_ seed: String) throws {
        let bytes = try Fixtures.bytes(seed)
        let limits = RobustnessTests.limits
        let whole = try Reading(EncodedSource(bytes), limits: limits)
        var otherPixels: [Int] = []
        for length in stride(from: 0, to: bytes.count, by: 7) {
            let source = EncodedSource(Array(bytes.prefix(length)))
            let reading = RobustnessTests.attempt("\(seed), first \(length) bytes") {
                try Reading(source, limits: limits)
            }
            if let reading, reading != whole { otherPixels.append(length) }
        }
        #expect(otherPixels == [], "lengths read with other pixels")
    }

    @Test("every mutant is read or refused", arguments: seeds)
    func mutants(_ seed: String) throws {
        let bytes = try Fixtures.bytes(seed)
        var read = 0
        for number in 0..<UInt64(400) {
            var mutator = Mutator(seed: number)
            let source = EncodedSource(mutator.mutant(of: bytes))
            let reading = RobustnessTests.attempt("\(seed), mutant \(number)") {
                try Reading(source, limits: RobustnessTests.limits)
            }
            if reading != nil { read += 1 }
        }
        #expect(read > 5, "too few mutants are still images")
    }
}
