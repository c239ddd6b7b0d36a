import Foundation
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import Synchronization
import TestSupport
import Testing

/// Checks each file of the corpus against the verdict in its manifest.
@Suite("verdicts", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct VerdictTests {
    @Test("every row gets its verdict; a rejection takes less than 1 s, any file less than 30 s")
    func verdicts() async throws {
        let rows = Corpus.rows
        #expect(rows.count > 1000)
        var options = PreparationOptions()
        options.verifies = true
        let preparer = ImagePreparer(options: options)
        var tally: [String: (met: Int, all: Int)] = [:]
        for row in rows {
            let (outcome, seconds) = try await Self.prepare(row, preparer)
            if case .failed = outcome {
                #expect(seconds < 1, "\(row.file): rejected after \(seconds) s of the processor")
            }
            #expect(seconds < 30, "\(row.file) took \(seconds) s of the processor")
            let isMet = Self.isMet(row, outcome)
            tally[row.folder, default: (0, 0)].all += 1
            if isMet { tally[row.folder, default: (0, 0)].met += 1 }
            #expect(isMet, "\(row.file): expected \(row.expected), got \(Self.describe(outcome))")
        }
        for (folder, count) in tally.sorted(by: { $0.key < $1.key }) {
            print("verdicts \(folder): \(count.met) of \(count.all)")
        }
        let met = tally.values.reduce(0) { $0 + $1.met }
        print("verdicts: \(met) of \(rows.count)")
        #expect(met == rows.count)
    }

    /// 32 bits per pixel, with a channel order given by BITFIELDS masks.
    private static let unusualMasks = "bmp/rgb32bf.bmp"

    @Test(
        "unusual masks give the pixels of the same image in 24 bits",
        .enabled(if: ImageFormat.bmp.isReadable))
    func masks() throws {
        let bytes = try ["bmp/rgb24.bmp", Self.unusualMasks].map { file in
            let row = try #require(Corpus.rows.first { $0.file == file })
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: Corpus.path(row))))
        }
        #expect(try DecodedPixels(bytes[0]).sha256 == DecodedPixels(bytes[1]).sha256)
    }

    /// Returns the outcome for a file and the CPU time in seconds, which does not depend on the
    /// machine's load.
    private static func prepare(
        _ row: Corpus.Row, _ preparer: ImagePreparer
    ) async throws -> (PreparationOutcome, Double) {
        let start = processorSeconds()
        var result: PreparationOutcome?
        try await preparer.prepareEach([.file(Corpus.path(row))]) { result = $0 }
        return (try #require(result), processorSeconds() - start)
    }

    /// The CPU time of this process in seconds.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func describe(_ outcome: PreparationOutcome) -> String {
        switch outcome {
        case .prepared(let image): "\(image.action.rawValue) \(image.size)"
        case .failed(let input): "\(input.code.rawValue): \(input.message)"
        }
    }

    private static func isMet(_ row: Corpus.Row, _ outcome: PreparationOutcome) -> Bool {
        let code: ErrorCode? = if case .failed(let input) = outcome { input.code } else { nil }
        guard code != .internalError else { return false }
        let isHEIF = row.format.hasPrefix("HEIF") || row.format == "AVIF"
        if isHEIF, ImageFormat.heic.isReadable {
            // A file that the linked libheif cannot read is refused with that reason; HDR is
            // refused, never treated as sRGB.
            if case .failed(let input) = outcome, code == .unsupportedFeature {
                return input.message.contains("libheif ") || input.message.contains("HDR image")
            }
        } else if !["JPEG", "PNG", "WebP", "JPEG (MPO)", "other"].contains(row.format),
            !(ImageFormat(rawValue: row.format.lowercased())?.isReadable ?? false)
        {
            // Recognised and named, unless too little of the file is left.
            if case .failed(let input) = outcome, code == .unsupportedFormat {
                return input.message.contains(" is recognised")
            }
            return !row.expected.hasPrefix("ok") && code != nil
        }
        if row.expected.hasPrefix("either") { return true }
        // A valid file (bmpsuite keeps it among its good files) that we read; only the decoder
        // behind the manifest cannot.
        if row.file == unusualMasks { return code == nil }
        if row.expected.hasPrefix("ok") { return code == (isInsideRatio(row) ? nil : .aspectRatio) }
        let word = row.expected.dropFirst("reject:".count).prefix { $0.isLetter || $0 == "-" }
        return allowed(for: String(word)).contains { $0 == code }
    }

    private static func isInsideRatio(_ row: Corpus.Row) -> Bool {
        guard let width = row.width, let height = row.height else { return true }
        return max(width, height) <= 3 * min(width, height)
    }

    /// The error codes that a verdict allows. `not-an-image`, `truncated`, `too-many-pixels` and
    /// `empty` are exact; the manifest calls the others advice.
    private static func allowed(for word: String) -> [ErrorCode] {
        switch word {
        case "not-an-image": [.notAnImage, .unsupportedFormat]
        case "truncated": [.truncatedImage]
        case "too-many-pixels", "too-many-scans": [.limitExceeded]
        case "empty": [.emptyInput]
        case "unsupported-format": [.unsupportedFormat]
        case "unsupported-feature": [.unsupportedFeature]
        default:
            [
                .corruptImage, .truncatedImage, .notAnImage, .limitExceeded, .unsupportedFeature,
                .aspectRatio, .emptyInput,
            ]
        }
    }
}
