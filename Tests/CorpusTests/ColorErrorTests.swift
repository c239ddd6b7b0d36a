import Foundation
import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// Compares conversion to sRGB with LittleCMS's own calculator, colour by colour, on decoded pixels
/// before any lossy encoding.
@Suite(
    "colour error",
    .enabled(if: Corpus.isPresent, "\(Corpus.absence)"),
    .enabled(if: ColorCalculator.isPresent, "transicc is not installed (liblcms2-utils)"))
struct ColorErrorTests {
    /// The maximum number of colours compared in each file.
    private static let samples = 4000

    @Test("every readable image with an embedded profile: mean below 1, maximum below 3 (dE2000)")
    func corpus() throws {
        var seen = 0
        for row in Corpus.rows where row.expected.hasPrefix("ok") {
            let source = try EncodedSource([UInt8](Data(contentsOf: URL(fileURLWithPath: Corpus.path(row)))))
            guard let probe = try? Prober.probe(source, limits: DecodeLimits()),
                let profile = probe.profile, probe.colorSpace != .sRGB, probe.colorModel != .grey
            else { continue }
            let (mean, maximum) = try Self.error(source, probe, profile)
            seen += 1
            print(
                "colour error \(row.file): mean \(Self.short(mean)), maximum \(Self.short(maximum)) "
                    + "(\(probe.profileName ?? ""))")
            #expect(mean <= 1, "\(row.file)")
            #expect(maximum <= 3, "\(row.file)")
        }
        #expect(seen >= 12)
    }

    @Test("CMYK with a profile", arguments: ["icc/cmyk.jpg"])
    func inks(_ name: String) throws {
        let source = try EncodedSource(Fixtures.bytes(name))
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let (mean, maximum) = try Self.error(source, probe, #require(probe.profile))
        print("colour error \(name): mean \(Self.short(mean)), maximum \(Self.short(maximum))")
        #expect(mean <= 1)
        #expect(maximum <= 3)
    }

    /// Returns the mean and maximum over the colours on a grid.
    private static func error(
        _ source: EncodedSource, _ probe: ImageProbe, _ profile: ColorProfile
    ) throws -> (mean: Double, maximum: Double) {
        var stored = probe
        stored.colorSpace = .sRGB
        let before = try colors(of: source, stored)
        let after = try converted(source, probe)
        try #require(before.count == after.count)
        let reference = try ColorCalculator.toSRGB(before, profile: profile.bytes)
        try #require(reference.count == after.count)
        let errors = zip(reference, after).map(ColorDifference.ciede2000)
        return (errors.reduce(0, +) / Double(errors.count), errors.max() ?? 0)
    }

    /// Returns the result of `prepare` for the same samples, before encoding.
    private static func converted(_ source: EncodedSource, _ probe: ImageProbe) throws -> [[Double]] {
        guard probe.colorSpace == .displayP3, !probe.hasAlpha else {
            return try RowReaders.withReader(
                of: source, probe: probe, limits: DecodeLimits(), precision: .word, convertsColor: true
            ) { try colors(from: $0, isCMYK: false) }
        }
        // The resampler converts Display P3.
        let png = try RowReaders.withReader(
            of: source, probe: probe, limits: DecodeLimits(), precision: .word
        ) {
            reader in
            let rows = try RowStripSource(reader, alpha: .drop, primaries: .displayP3)
            let sink = try PNGSink(
                format: PlaneFormat(.rgb, size: probe.size), settings: EncodeSettings(quality: 90))
            let pipeline = PixelPipeline(region: PixelRegion(probe.size))
            try pipeline.run(from: rows, to: sink) { _ in }
            let encoded = try sink.finish()
            return encoded.array()
        }
        let result = EncodedSource(png)
        return try colors(of: result, Prober.probe(result, limits: DecodeLimits()))
    }

    private static func colors(of source: EncodedSource, _ probe: ImageProbe) throws -> [[Double]] {
        try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits(), precision: .word) {
            try colors(from: $0, isCMYK: probe.isCMYK, isInverted: probe.hasInvertedCMYK)
        }
    }

    /// Returns the colours of a grid of pixels: RGB from 0 to 255, CMYK from 0 to 100.
    private static func colors(
        from reader: any RowReader, isCMYK: Bool, isInverted: Bool = false
    ) throws -> [[Double]] {
        let step = max(1, Int((Double(reader.size.area) / Double(samples)).squareRoot()))
        let full = reader.sampleType == .byte ? 255.0 : 65535.0
        let count = isCMYK ? 4 : 3
        var row = [UInt8](repeating: 0, count: reader.rowBytes)
        var colors: [[Double]] = []
        for y in 0..<reader.size.height {
            try row.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { try reader.readRow(into: base) }
            }
            guard y % step == 0 else { continue }
            for x in stride(from: 0, to: reader.size.width, by: step) {
                colors.append(
                    (0..<count).map { channel in
                        let index = x * reader.channels + (reader.channels < 3 ? 0 : channel)
                        let code =
                            reader.sampleType == .byte
                            ? Double(row[index])
                            : Double(UInt16(row[2 * index]) | UInt16(row[2 * index + 1]) << 8)
                        let part = code / full
                        return isCMYK ? 100 * (isInverted ? 1 - part : part) : 255 * part
                    })
            }
        }
        return colors
    }

    private static func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
