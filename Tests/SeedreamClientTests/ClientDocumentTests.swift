import Foundation
import SeedreamClient
import SeedreamKit
import TestSupport
import Testing

@Suite("documents against the client")
struct ClientDocumentTests {
    @Test("docs/json.md lists every state of a job, in order")
    func states() throws {
        let words = try Document("docs/json.md").table(headed: "| state |").compactMap(\.first)
        #expect(words == JobState.allCases.map(\.rawValue))
    }

    @Test("docs/json.md lists every category of a provider's error, in order")
    func categories() throws {
        let words = try Document("docs/json.md").table(headed: "| `category` |").compactMap(\.first)
        #expect(words.starts(with: ClientError.Category.allCases.map(\.rawValue)))
    }

    @Test("docs/batch.md has a manifest that can be read, with a carried field")
    func manifest() throws {
        let text = try #require(try Document("docs/batch.md").block("json", in: "manifest"))
        let folder = try TemporaryFolder()
        try text.write(toFile: folder.file("jobs.jsonl"), atomically: true, encoding: .utf8)
        let reader = try ManifestReader(folder.file("jobs.jsonl"))
        guard case .row(let row)? = try reader.next() else {
            Issue.record("the first line is not a row")
            return
        }
        #expect((row.id, row.prompt) == ("a-1", "make it night"))
        #expect(row.images.map { ($0 as NSString).lastPathComponent } == ["street.jpg"])
        #expect(row.carried.map(\.name) == ["sku"])
        #expect(try reader.next() == nil)
    }

    @Test("docs/batch.md names every key of a row document and every state of a row")
    func rowKeys() throws {
        let document = try Document("docs/batch.md")
        var row = RowDocument(id: "a", line: 1, state: .saved)
        (row.prompt, row.run, row.job, row.provider, row.model) = ("p", "r", "j", .fal, "m")
        (row.requestID, row.seed, row.attempts) = ("q", 1, 1)
        row.cost = RowDocument.Cost(amount: 1, unit: .usDollars, isEstimate: true)
        row.error = RowFailure(category: "input", message: "m")
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(row))
        let keys = try #require(object as? [String: Any]).keys
        #expect(keys.count == 15)
        for key in keys { #expect(document.mentions("`\(key)`"), "\(key)") }
        let jobs = Set(JobState.allCases.map(\.rawValue))
        for state in RowState.allCases.map(\.rawValue) where !jobs.contains(state) {
            #expect(document.mentions("`\(state)`"), "\(state)")
        }
    }
}
