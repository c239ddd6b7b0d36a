import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("document of a row")
struct RowDocumentTests {
    static func job(_ state: JobState) -> JobRecord {
        var job = JobRecord(
            id: "0000-1", provider: .fal, model: "m", operation: .edit, prompt: "p", created: 0, inputs: [],
            maximumOutputs: 2)
        job.state = state
        return job
    }

    @Test("a saved row has its files, its cost and its ids, with the usual words of the JSON")
    func saved() throws {
        var row = ManifestRow(id: "a", line: 3, prompt: "p")
        row.carried = [CarriedField(name: "sku", value: 17)]
        var document = RowDocument(row)
        var job = Self.job(.saved)
        var usage = Usage()
        usage.usDollars = 0.03
        job.result = GenerationResult(images: [], seed: 9, requestID: "r-1", usage: usage)
        job.files = [
            SavedFile(
                index: 0, path: "out/a.png", sha256: "ab", byteCount: 10, mediaType: "image/png",
                size: PixelSize(width: 4, height: 2))
        ]
        document.take(job)
        document.run = "n"
        #expect(
            document.jsonLine == """
                {"cost":{"amount":0.03,"estimate":false,"unit":"USD"},\
                "files":[{"bytes":10,"height":2,"index":0,"mediaType":"image/png","path":"out/a.png","sha256":"ab","width":4}],\
                "id":"a","job":"0000-1","line":3,"model":"m","prompt":"p","provider":"fal","requestID":"r-1","run":"n",\
                "seed":9,"state":"saved","type":"row","sku":17}

                """)
    }

    @Test("a failed row of a manifest states its line, the reason and a hint")
    func failed() throws {
        let failure = try ManifestFile("{\"id\":\"a\",\"prompt\":\"p\",\"sku\":1}").failure()
        #expect(
            RowDocument(failure).jsonLine == """
                {"error":{"category":"manifest","hint":"write \\"images\\": [\\"a.jpg\\"], or \\"images\\": [] for text to image",\
                "message":"images: expected a list, found none"},"files":[],"id":"a","line":1,"state":"failed","type":"row","sku":1}

                """)
    }

    @Test("carried fields round-trip, and those with a name of the row's own are kept apart")
    func carried() throws {
        let members =
            #""sku":12345678901234567890,"price":1.50,"state":"CA","error":null,"carried":[1],"note":"\u202e \u0000\/""#
        let file = try ManifestFile("{\"id\":\"a\",\"prompt\":\"p\",\"images\":[],\(members)}")
        let document = RowDocument(try #require(try file.rows().first))
        #expect(
            document.jsonLine == """
                {"files":[],"id":"a","line":1,"prompt":"p","state":"waiting","type":"row",\
                "sku":12345678901234567890,"price":1.50,"note":"\\u202e \\u0000\\/",\
                "carried":{"state":"CA","error":null,"carried":[1]}}

                """)
        let value = try JSONValue(parsing: document.jsonLine.utf8)
        #expect(try JSONValue(parsing: JSONEncoder().encode(document)) == value)
        #expect(value["type"] == "row")
        #expect(value["state"] == "waiting")
    }

    @Test("a row is one line, with any text")
    func oneLine() throws {
        let odd = "a\nb\r\u{2028}\u{85}\u{0}\u{7F}\u{202E}\"\\ 漢字 🦊"
        var document = RowDocument(id: odd, state: .failed)
        document.error = RowFailure(category: "input", message: odd, hint: odd)
        document.carried = [CarriedField(name: odd, value: .string(odd))]
        let line = document.jsonLine
        #expect(line.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
        #expect(line.hasSuffix("}\n"))
        let value = try JSONValue(parsing: line.utf8)
        #expect(value["id"]?.string == odd)
        #expect(value[odd]?.string == odd)
        #expect(value["error"]?["message"]?.string == odd)
    }

    @Test("the states are those of a run, and include each state of a job")
    func states() {
        #expect(
            RowState.allCases.map(\.rawValue) == [
                "waiting", "preparing", "submitting", "accepted", "finished", "saved", "failed", "cancelled",
                "unknown",
                "skipped",
            ])
        #expect(JobState.allCases.map { RowState($0).rawValue } == JobState.allCases.map(\.rawValue))
    }

    @Test(
        "a cost without a report is an estimate for the results, or the worst case; none if nothing was made"
    )
    func costs() {
        var job = Self.job(.unknown)
        #expect(RowDocument.Cost(job) == nil)
        job.estimate = Price(amount: 0.5, unit: .credits, date: "", source: "")
        #expect(RowDocument.Cost(job) == RowDocument.Cost(amount: 1, unit: .credits, isEstimate: true))
        job.state = .saved
        job.result = GenerationResult(images: [GeneratedImage(location: .url("https://x/1"))])
        #expect(RowDocument.Cost(job) == RowDocument.Cost(amount: 0.5, unit: .credits, isEstimate: true))
        job.result?.usage.credits = 7
        #expect(RowDocument.Cost(job) == RowDocument.Cost(amount: 7, unit: .credits, isEstimate: false))
        job = Self.job(.failed)
        job.estimate = Price(amount: 0.5, unit: .credits, date: "", source: "")
        #expect(RowDocument.Cost(job) == nil)
    }

    @Test("errors keep their code names")
    func errors() {
        let refused = ClientError(
            .moderation, provider: .fal, operation: "fal.result", status: 422, code: "content_policy",
            message: "no",
            field: "body.prompt", requestID: "r", purchase: .notTaken)
        let failure = RowFailure(refused)
        #expect(failure.category == "moderation")
        #expect(failure.code == "content_policy")
        #expect([failure.message, failure.field, failure.requestID] == ["no", "body.prompt", "r"])
        #expect(failure.purchase == .notTaken)
        #expect(failure.hint == refused.hint)
        #expect(RowFailure(LedgerError.tooNew(path: "l")).category == "ledger")
        #expect(RowFailure(BudgetError.priceUnknown).category == "budget")
    }
}
