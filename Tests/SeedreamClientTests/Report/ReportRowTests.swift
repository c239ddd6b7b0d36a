import Foundation
import ImagePreparation
import PixelEngine
import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("rows of a report")
struct ReportRowTests {
    @Test("show a saved job with its request, its history, its results and its cost")
    func saved() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixtures.bytes("photos/coffee.png"), as: "dog-1.png")
        var job = SampleJob.finished([GeneratedImage(location: .url("https://x.test/1"))], in: folder.path)
        job.state = .saved
        job.files = [
            SavedFile(
                index: 0, path: path, sha256: "", byteCount: 466_706, mediaType: "image/png",
                size: PixelSize(width: 600, height: 400), notice: "a notice")
        ]
        let row = ReportRow(job)
        #expect((row.name, row.state) == ("dog.jpg", .done))
        #expect(row.prompt == job.prompt)
        #expect(row.cost == .init(amount: 0.03, unit: .usDollars, isEstimate: true))
        #expect(row.reasons == ["rotated", "sent as 3024\u{A0}×\u{A0}4032\u{A0}px"])
        #expect((row.jobID, row.requestID) == (job.id, "764cabcf-b745"))
        #expect(
            row.facts == [
                .init("Model", "fal-ai/bytedance/seedream/v4/edit at fal"), .init("Seed", "42"),
            ])
        #expect(row.notices == ["a notice"])
        #expect(row.failure == nil)
        let page = try await ReportPageTests.page([row])
        #expect(
            page.all("img").map { $0.attributes["alt"] } == ["After: \(path), 600\u{A0}×\u{A0}400\u{A0}px"])
        // The input is looked up at the path in the ledger, and does not exist.
        #expect(
            page.all("p", "absent").map(\.text) == [
                "No thumbnail: cannot be opened: No such file or directory"
            ])
        let facts = page.all("dl").first?.text
        #expect(
            facts
                == "Modelfal-ai/bytedance/seedream/v4/edit at falSeed42Costabout 0.03 USDJob\(job.id)Request764cabcf-b745"
        )
    }

    @Test("prefer the provider's cost to a price", arguments: [true, false])
    func usage(_ inDollars: Bool) {
        var job = SampleJob.finished([], in: "/tmp")
        job.result?.usage.credits = inDollars ? nil : 4
        job.result?.usage.usDollars = inDollars ? 0.25 : nil
        #expect(
            ReportRow(job).cost
                == .init(
                    amount: inDollars ? 0.25 : 4, unit: inDollars ? .usDollars : .credits, isEstimate: false))
    }

    @Test("state the worst case for jobs that may have been bought, and nothing for those that were not")
    func estimates() {
        var job = SampleJob.submitting()
        #expect(ReportRow(job).state == .open)
        job.state = .unknown
        #expect(ReportRow(job).cost == .init(amount: 0.06, unit: .usDollars, isEstimate: true))
        #expect(
            ReportRow(job).failure?.message
                == "its process ended while it was being sent, and it may have been bought")
        job.state = .failed
        job.error = ClientError(
            .moderation, provider: .fal, operation: "fal.submit", status: 422, message: "no hats",
            requestID: "r-1", purchase: .notTaken)
        #expect(ReportRow(job).cost == nil)
        #expect(ReportRow(job).failure?.message == "fal.submit: 422: no hats")
        #expect(ReportRow(job).requestID == "r-1")
        #expect(ReportRow(job).failure?.hint == job.error?.hint)
    }

    @Test("do not link URLs, and do not look for files that never existed")
    func names() async throws {
        var job = SampleJob.submitting()
        job.inputs = [
            InputProvenance(index: 0, name: "https://x.test/dog.jpg"),
            InputProvenance(index: 1, name: "HTTPS://x.test/cat.jpg", sha256: "00"),
            InputProvenance(index: 2, name: "-", sha256: "00"),
        ]
        #expect(ReportRow(job).name == "https://x.test/dog.jpg and 2 more")
        let page = try await ReportPageTests.page([ReportRow(job)])
        #expect(
            page.all("p", "absent").map(\.text) == [
                "No thumbnail: passed on as a URL, no copy is kept",
                "No thumbnail: fetched from a URL, no copy is kept",
                "No thumbnail: read from standard input, no copy is kept", "No image",
            ])
        #expect(page.all("a").allSatisfy { $0.attributes["href"]?.hasPrefix("#") == true })
        job.inputs = []
        job.prompt = "a lighthouse\nat night"
        #expect(ReportRow(job).name == "a lighthouse")
    }

    @Test("show unsent rows of a run, and name the others as the run does")
    func rows() async throws {
        var row = RowRecord(run: "0123456789abcdef", number: 1, label: Fixtures.path("corrupt/text.jpg"))
        #expect(ReportRow(row, job: nil).state == .waiting)
        row.state = .failed
        row.failure = .init(code: "not-an-image", message: "no image", hint: "pass one")
        let failed = ReportRow(row, job: nil)
        #expect((failed.name, failed.state) == ("text.jpg", .failed))
        #expect(failed.failure == .init(message: "no image", hint: "pass one"))
        #expect(failed.before.map(\.path) == [row.label])
        row.label = "manifest-7"
        row.state = .skipped
        let skipped = ReportRow(row, job: SampleJob.submitting("abcd0000"))
        #expect((skipped.name, skipped.state, skipped.jobID) == ("manifest-7", .skipped, "abcd0000"))
    }
}
