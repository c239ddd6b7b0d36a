import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

@Suite("BodyBudget")
struct BodyBudgetTests {
    @Test("keeps 20 000 characters, and 8 for each image, for the other fields")
    func envelope() {
        #expect(BodyBudget.envelope(images: 0) == 20_000)
        #expect(BodyBudget.envelope(images: 10) == 20_080)
    }

    /// Budget, lengths and share.
    static let shares: [(Int, [Int], Int)] = [
        // A single image gets the whole budget.
        (100, [101], 100),
        // Two equal images get half each; an odd character is left.
        (100, [80, 80], 50), (101, [80, 80], 50),
        // The small image keeps its 10, and the others share 90.
        (100, [80, 10, 80], 45),
        // 100 / 3 = 33: 20 is below, so 80 are left for two; 30 is below 40, so 50 are left for
        // one.
        (100, [60, 30, 20], 50),
        // Exactly an equal share, so the last image gets no more.
        (99, [33, 33, 34], 33),
        (0, [5, 5], 0), (-7, [5], 0),
    ]

    @Test("gives small images what they need, and divides the rest equally", arguments: shares)
    func share(_ budget: Int, _ lengths: [Int], _ expected: Int) {
        #expect(BodyBudget.share(of: budget, among: lengths) == expected)
    }

    @Test("finds the largest share with which all images fit", arguments: 0..<100)
    func largest(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let lengths = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            Int.random(in: 1...1000, using: &generator)
        }
        let budget = Int.random(in: 0..<lengths.reduce(0, +), using: &generator)
        let share = BodyBudget.share(of: budget, among: lengths)
        func total(_ share: Int) -> Int { lengths.reduce(0) { $0 + min($1, share) } }
        #expect(total(share) <= budget)
        #expect(total(share + 1) > budget)
    }

    @Test("finds the most bytes whose data URI is short enough")
    func bytes() {
        // `data:image/jpeg;base64,` has 23 characters, and 4 more encode 3 bytes.
        #expect([22, 23, 26, 27, 30, 31].map(BodyBudget.bytes(forCharacters:)) == [0, 0, 0, 3, 3, 6])
        #expect(BodyBudget.bytes(forCharacters: -1) == 0)
        for characters in 23...300 {
            let count = BodyBudget.bytes(forCharacters: characters)
            #expect(DataURI.length(mediaType: .jpeg, byteCount: count) <= characters)
            #expect(DataURI.length(mediaType: .jpeg, byteCount: count + 1) > characters)
        }
    }
}
