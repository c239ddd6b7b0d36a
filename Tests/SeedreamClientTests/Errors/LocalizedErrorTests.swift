import Foundation
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

/// The texts for programs that know these types only as errors.
@Suite("Foundation shows the texts of errors")
struct LocalizedErrorTests {
    struct Row: CustomTestStringConvertible {
        var error: any Error
        var line: String
        var suggestion: String?
        var reason: String?

        init(_ error: any Error, _ line: String, _ suggestion: String?, reason: String? = nil) {
            (self.error, self.line, self.suggestion, self.reason) = (error, line, suggestion, reason)
        }

        var testDescription: String { "\(type(of: error))" }
    }

    private static let input = FailedInput(
        index: 0, position: 1, name: "a.jpg", error: .notARegularFile(.fifo))
    private static let job = JobRecord(
        id: "0123456789", provider: .fal, model: "m", operation: .edit, prompt: "p", created: 0, inputs: [],
        maximumOutputs: 1)
    private static let full = LedgerError.cannotWrite(path: "l", reason: "no space")

    static let rows: [Row] = [
        // SeedreamModel
        Row(
            ConstraintError.aspectRatioOutOfRange(PixelSize(width: 5, height: 1), maximum: 3),
            "aspect ratio 5:1 (5x1) is outside 1:3 to 3:1", nil),
        Row(JSONSyntaxError(expected: "a comma", offset: 7), "expected a comma at byte 7", nil),
        // ImageCodecs
        Row(
            CodecError.empty, "file is empty", "check that the file was written completely",
            reason: "the input is empty"),
        // ImagePreparation
        Row(
            PreparationError.codec(.truncated("scan")), "image data end too early: scan",
            "copy or download the file again; part of it is missing",
            reason: "the data end before the image is complete"),
        Row(
            PreparationFailure(inputs: [input, input]),
            "a.jpg: expected a regular file, found a FIFO; a.jpg: expected a regular file, found a FIFO",
            "pass a regular file, or pipe the image in and name it `-`"),
        // SeedreamClient
        Row(
            ClientError(
                .credits, provider: .fal, operation: "fal.submit", status: 403, message: "no credits",
                purchase: .notTaken), "fal.submit: 403: no credits",
            "add credits to the account at fal; nothing was bought"),
        Row(
            RequestError(field: "count", message: "expected 1 to 4, found 6", hint: "ask for fewer"),
            "count: expected 1 to 4, found 6", "ask for fewer"),
        Row(
            BudgetError.priceUnknown, "no price is known for this request, so the budget cannot be checked",
            "give the price of one image with `price`"),
        Row(
            full, "l: the ledger cannot be written: no space",
            "nothing is sent without a ledger: use a writable file with `SQLiteLedger.open(path:)`, or free some space"
        ),
        Row(
            UnrecordedJob(job: job, reason: full),
            "a request to fal is submitting, and l: the ledger cannot be written: no space",
            "it may have been bought: check the account before sending it again",
            reason: "l: the ledger cannot be written: no space"),
        Row(
            KeyError.incomplete(found: "A", missing: "B"), "B: expected a value beside A, found none",
            "set B too, or unset A"),
        Row(
            SaveError(path: "o", message: "o: disk full", hint: "free some space"), "o: disk full",
            "free some space"),
        Row(
            TransportError(.connect, mayHaveArrived: false, message: "h: the connection was refused"),
            "h: the connection was refused", nil),
        Row(ResourceError(message: "no thread", hint: "raise the limit"), "no thread", "raise the limit"),
        Row(WebhookError.replayed, "the webhook was received before", "answer 200 and do nothing"),
        Row(ImageVerifier.Rejection("expected an image"), "expected an image", nil),
        // SeedreamKit
        Row(
            ManifestError.jsonArray(name: "m"),
            "m: expected one JSON object per line, or CSV, found a JSON array",
            "write one object per line, as `jq -c '.[]'` does"),
        Row(
            ManifestFailure(line: 7, message: "size: expected a size", hint: "as 2K"),
            "line 7: size: expected a size", "as 2K"),
        Row(
            ResultsError.notResults(path: "r"), "r: expected a results file, found something else",
            "name another file; this one was left as it is"),
        Row(
            UntrustedAddressError(subject: "job 3f0c91aa", address: "http://h"),
            "job 3f0c91aa was sent to http://h, and a key is sent there only if you name the address", nil),
        Row(
            BusyRowError(label: "a.jpg"), "a.jpg: another process is about to send an equal request", nil),
        Row(
            ShardError.noScheduler, "expected the variables of a job array, found none",
            "it reads Slurm, AWS Batch and Cloud Run; elsewhere write i/n, in an indexed job of Kubernetes env/n"
        ),
        Row(RunStop.failures(3, of: 9), "3 of 9 rows failed", nil),
        Row(
            RunStop.refused(full), "l: the ledger cannot be written: no space",
            "nothing is sent without a ledger: use a writable file with `SQLiteLedger.open(path:)`, or free some space"
        ),
    ]

    @Test("the message, the suggestion and the reason", arguments: rows)
    func shown(_ row: Row) {
        #expect(row.error.localizedDescription == row.line)
        let foundation = row.error as NSError
        #expect(foundation.localizedRecoverySuggestion == row.suggestion)
        #expect(foundation.localizedFailureReason == row.reason)
    }

    @Test("every public error type is in the table or is listed here")
    func complete() throws {
        var sources = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { sources.deleteLastPathComponent() }
        sources.appendPathComponent("Sources")
        var names: Set<String> = []
        for target in ["SeedreamModel", "ImageCodecs", "ImagePreparation", "SeedreamClient", "SeedreamKit"] {
            let folder = sources.appendingPathComponent(target)
            let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap {
                $0 as? String
            }
            for file in files where file.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                for match in text.matches(
                    of: /public (?:enum|struct) (\w+): (?:\w+, )*(?:Error|ErrorWithRemedy)\b/)
                {
                    names.insert(String(match.1))
                }
            }
        }
        let seen = Set(Self.rows.map { "\(type(of: $0.error))" })
        // These cannot be created outside their module.
        let unmade: Set = ["EqualRequestError", "RefusedRowError"]
        #expect(names.count > 15)
        #expect(names.subtracting(seen) == unmade)
    }

    @Test("bytes in Foundation's Data are an input like Swift's arrays")
    func data() async throws {
        let bytes = try Fixtures.bytes("photos/rocket.jpg")
        let preparer = ImagePreparer()
        let batch = try await preparer.prepare([
            .data(Data(bytes), name: "rocket"), .bytes(bytes, name: "rocket"),
        ])
        #expect(batch.images.count == 2)
        #expect(batch.images[0].bytes == batch.images[1].bytes)
        #expect(batch.images[0].source == batch.images[1].source)
        // A slice whose indices do not start at 0.
        let slice = Data([1, 2, 3] + bytes)[3...]
        #expect(try preparer.plan([.data(slice, name: "rocket")]).images[0].source == batch.images[0].source)
    }
}
