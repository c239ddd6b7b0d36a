import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Prepares the corpus with several threads for each image.
@Suite("thread counts", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct ThreadCountCampaignTests {
    @Test("an image has the same bytes, or the same error, with 1, 2, 3 and 8 threads")
    func sameOutcome() async throws {
        let rows = Corpus.rows.enumerated()
            .filter { Campaign.isFull || $0.offset.isMultiple(of: 8) }.map(\.element)
        let preparers = [1, 2, 3, 8].map { count in
            var options = PreparationOptions()
            options.jobs = count
            return ImagePreparer(options: options)
        }
        var prepared = 0
        for row in rows {
            var outcomes: [String] = []
            for preparer in preparers {
                try await preparer.prepareEach([.file(Corpus.path(row))]) {
                    outcomes.append(Self.describe($0))
                }
            }
            #expect(Set(outcomes).count == 1, "\(row.file): \(outcomes)")
            if outcomes[0].hasPrefix("prepared") { prepared += 1 }
        }
        print("thread counts: \(rows.count) files, \(prepared) of them prepared")
        #expect(prepared * 4 > rows.count)
    }

    private static func describe(_ outcome: PreparationOutcome) -> String {
        switch outcome {
        case .prepared(let image): "prepared \(image.size) \(image.sha256)"
        case .failed(let input): "\(input.code.rawValue): \(input.message)"
        }
    }
}
