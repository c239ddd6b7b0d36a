import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The rows of `prep --report`, collected during preparation.
struct PrepReport {
    private let path: String
    private let replaces: Bool
    private let inputs: [ImageInput]
    private var rows: [Int: ReportRow] = [:]
    private var prepared = 0

    /// Creates an empty report. Writes nothing yet.
    ///
    /// - Throws: `OutputFolder.Failure` if the page could not be written later.
    init(path: String, replaces: Bool, inputs: [ImageInput]) throws(OutputFolder.Failure) {
        self.path = path
        self.replaces = replaces
        self.inputs = inputs
        do throws(SaveError) {
            try Report.check(path, replacing: replaces)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Adds an image, with a thumbnail if the page has room for it.
    mutating func add(_ image: PreparedImage, path: String?) async throws {
        rows[image.index] = try await ReportRow(
            image, of: inputs[image.index], path: path,
            makesThumbnail: prepared < Report.maximumRows && !Task.isCancelled)
        prepared += 1
    }

    mutating func add(_ failure: FailureRecord) {
        rows[failure.index] = ReportRow(failure, of: inputs[failure.index])
    }

    mutating func add(_ skipped: SkippedRecord) {
        rows[skipped.index] = ReportRow(skipped, of: inputs[skipped.index])
    }

    mutating func add(_ dropped: [DroppedInput]) {
        for input in dropped { rows[input.index] = ReportRow(input, of: inputs[input.index]) }
    }

    /// Writes the page and prints a note about it.
    func write() async throws {
        var report = Report(title: "Prepared images")
        report.rows = rows.sorted { $0.key < $1.key }.map(\.value)
        do {
            let written = try await report.write(to: path, replacing: replaces)
            Diagnostics().note(ReportPageText.summary(written, path))
        } catch let error as SaveError {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: SaveError) -> OutputFolder.Failure {
        let error = ReportPageText.withHint(error, option: "--existing replace")
        return OutputFolder.Failure(message: error.message, hint: error.hint)
    }
}

/// Messages about a written report page.
enum ReportPageText {
    /// `"report.html: 12 rows, 1.3 MB"`.
    static func summary(_ written: Report.Written, _ path: String) -> String {
        let rows = "\(written.rows) \(written.rows == 1 ? "row" : "rows")"
        let rest = written.leftOut > 0 ? ", \(written.leftOut) left out" : ""
        return "\(path): \(rows)\(rest), \(written.byteCount.formattedBytes)"
    }

    /// Returns the error with a hint that names the option, if the file exists.
    static func withHint(_ error: SaveError, option: String = "--existing replace") -> SaveError {
        guard error.message.hasSuffix("file exists") else { return error }
        return SaveError(
            path: error.path, message: error.message, hint: "pass `\(option)`, or name another file")
    }
}
