import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamCommand
import SeedreamModel
import Testing

/// Each error that names a setting or a call, with its hint in the words of the command and of the
/// library.
@Suite("hints use options in the command, and Swift names in the library")
struct RemedyTableTests {
    struct Row: CustomTestStringConvertible {
        var error: any ErrorWithRemedy
        var command: String
        var library: String

        init(_ error: any ErrorWithRemedy, _ command: String, _ library: String) {
            (self.error, self.command, self.library) = (error, command, library)
        }

        var testDescription: String { "\(error)" }
    }

    private static func limit(_ limit: CodecError.Limit, _ value: Int?) -> PreparationError {
        .codec(.limitExceeded(limit, value: value, maximum: 1))
    }

    private static func client(_ category: ClientError.Category, _ purchase: ClientError.Purchase)
        -> ClientError
    {
        ClientError(category, provider: .fal, operation: "fal.submit", message: "m", purchase: purchase)
    }

    private static let shape = PreparationError.constraint(
        .aspectRatioOutOfRange(PixelSize(width: 350, height: 100), maximum: 3))

    static let rows: [Row] = [
        Row(
            shape,
            "crop the image, pass `--fit pad` or `--fit crop`, or `--max-ratio 4` if your provider takes it",
            "crop the image, set `fit = .pad` or `fit = .crop`, or `maximumAspectRatio = 4` if your provider takes it"
        ),
        Row(
            PreparationError.constraint(
                .noConformingSize(PixelSize(width: 9, height: 9), minimumArea: 5, maximumArea: 5)),
            "set `--min-area` and `--max-area` further apart",
            "set `minimumArea` and `maximumArea` further apart"),
        Row(
            PreparationError.notARegularFile(.directory),
            "name the files in it, or pass `--each` to prepare every file of the folder",
            "name the files in it"),
        Row(
            PreparationError.tooManyBytes(maximum: 9),
            "allow more with `--max-bytes` or `--max-body`, or send fewer images in one request",
            "allow more with `maximumBytes` or `maximumBodyBytes`, or send fewer images in one request"),
        Row(
            PreparationError.tooManyInputs(count: 11, maximum: 10),
            "name at most 10, or leave `--fail-on-dropped` out to use the last 10",
            "name at most 10, or leave `isStrict` out to use the last 10"),
        Row(
            limit(.memoryBudget, 7),
            "allow more with `--memory 7`, where the system grants it, or reduce the image first",
            "allow more with `memoryBudget = 7`, where the system grants it, or reduce the image first"),
        Row(
            limit(.inputBytes, 7),
            "reduce the image first, or allow it with `--max-input-bytes 7` if you trust the file",
            "reduce the image first, or allow it with `maximumInputBytes = 7` if you trust the file"),
        Row(
            limit(.pixels, nil),
            "reduce the image first, or allow more with `--max-pixels` if you trust the file",
            "reduce the image first, or allow more with `maximumPixels` if you trust the file"),
        Row(
            limit(.decodeMemory, 7),
            "reduce the image first, or allow it with `--max-decode-memory 7` if the machine has it",
            "reduce the image first, or allow it with `maximumDecodeMemory = 7` if the machine has it"),
        Row(
            PreparationError.codec(.outOfMemory), "close other programs or set a smaller `--memory`",
            "close other programs or set a smaller `memoryBudget`"),
        Row(
            LedgerError.cannotWrite(path: "l", reason: "full"),
            "nothing is sent without a ledger: use a writable file with `--ledger`, or free some space",
            "nothing is sent without a ledger: use a writable file with `SQLiteLedger.open(path:)`, or free some space"
        ),
        Row(
            LedgerError.absent(path: "l"),
            "check the path after `--ledger`; `edit` and `generate` make a new ledger",
            "check the path after `SQLiteLedger.open(path:)`; `edit` and `generate` make a new ledger"),
        Row(
            LedgerError.withoutPostgreSQL(url: "postgresql://db/jobs"),
            "build it with the trait Postgres, or use a file with `--ledger`",
            "build it with the trait Postgres, or use a file with `SQLiteLedger.open(path:)`"),
        Row(
            LedgerError.cannotConnect(url: "postgresql://db/jobs", cause: .credentials, reason: "r"),
            "check the user, and the password in the URL, PGPASSWORD or ~/.pgpass",
            "check the user, and the password in the URL, PGPASSWORD or ~/.pgpass"),
        Row(
            LedgerError.cannotConnect(url: "postgresql://db/jobs", cause: .noLibrary, reason: "r"),
            "install PostgreSQL's client library, or use a file with `--ledger`",
            "install PostgreSQL's client library, or use a file with `SQLiteLedger.open(path:)`"),
        Row(
            LedgerError.slotsTaken(limit: 5), "try again when a request of the account has ended",
            "try again when a request of the account has ended"),
        Row(
            LedgerError.notFound("j"), "`seedream jobs` lists the jobs",
            "`JobLedger.jobs(in:limit:)` lists the jobs"),
        Row(
            LedgerError.rowTaken(job: "j"), "the row is not sent twice: see `seedream jobs`",
            "the row is not sent twice: see `JobLedger.jobs(in:limit:)`"),
        Row(
            BudgetError.priceUnknown, "give the price of one image with `--price`",
            "give the price of one image with `price`"),
        Row(
            client(.timeout, .unknown),
            "it may have been bought: check the account, or `seedream jobs`, before sending it again",
            "it may have been bought: check the account, or `JobLedger.jobs(in:limit:)`, before sending it again"
        ),
        Row(
            client(.credits, .taken),
            "add credits to the account at fal, then `seedream resume`: the job is still open",
            "add credits to the account at fal, then `SeedreamClient.resume`: the job is still open"),
        Row(
            client(.result, .taken), "`seedream resume` downloads it again while the provider keeps it",
            "`SeedreamClient.resume` downloads it again while the provider keeps it"),
    ]

    @Test("one error, two wordings", arguments: rows)
    func tellers(_ row: Row) {
        #expect(row.error.remedy.text(in: .command) == row.command)
        #expect(row.error.hint == row.library)
        Remedy.$wording.withValue(.command) { #expect(row.error.hint == row.command) }
    }

    @Test("a refused request names the setting that would allow it")
    func requests() throws {
        var configuration = ClientConfiguration()
        configuration.imageTransport = .upload
        let planner = SubmissionPlanner(.aiml, configuration: configuration)
        let error = #expect(throws: RequestError.self) { try planner.plan(SampleImage.request()) }
        #expect(error?.hint == "set `imageTransport = .dataURI`")
        #expect(error?.remedy.text(in: .command) == "pass `--send-images inline`")
    }

    @Test("a failed input keeps its hint, which is text in the task's wording in JSON")
    func failedInputs() throws {
        let input = FailedInput(index: 0, position: 1, name: "a.jpg", error: Self.shape)
        #expect(input.hint == Self.rows[0].library)
        Remedy.$wording.withValue(.command) {
            #expect(input.hint == Self.rows[0].command)
            #expect(FailureRecord(input).error.hint == Self.rows[0].command)
        }
    }
}
