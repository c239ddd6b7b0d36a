import ImagePreparation
import PixelEngine
import Pixels
import Platform
public import SeedreamClient
import SeedreamModel

extension ReportRow {
    /// Makes the row of a job of the ledger.
    ///
    /// Inputs are found by the names in the ledger, relative to the current folder. They may have
    /// changed since: the ledger keeps a digest of the bytes that were sent, not of the file.
    public init(_ job: JobRecord) {
        self.init(name: Self.name(of: job), state: State(RowState(job.state)))
        prompt = job.prompt
        before = job.inputs.map { ReportImage($0) }
        after = job.files.sorted { $0.index < $1.index }.map { ReportImage($0) }
        if after.isEmpty, let count = job.result?.images.count, job.state == .finished {
            notices.append("\(count) \(count == 1 ? "image is" : "images are") ready but not saved yet")
        }
        for input in job.inputs {
            let words = input.words.filter { !reasons.contains($0) }
            reasons += words
        }
        notices += job.files.compactMap(\.notice) + (job.result?.failures ?? [])
        if var error = job.error {
            requestID = error.requestID
            // The id is shown on a separate line.
            error.requestID = nil
            failure = Failure(message: "\(error)", hint: error.hint)
        }
        if job.state == .unknown, failure == nil {
            failure = Failure(
                message: "its process ended while it was being sent, and it may have been bought",
                hint: "look at the account at \(job.provider.displayName) before it is sent again")
        }
        cost = Cost(job)
        jobID = job.id
        requestID = job.ticket?.requestID ?? job.result?.requestID ?? requestID
        facts = [Fact("Model", "\(job.model) at \(job.provider.displayName)")]
        if let seed = job.result?.seed { facts.append(Fact("Seed", "\(seed)")) }
    }

    /// Makes the report row of a row of a run.
    ///
    /// - Parameters:
    ///   - row: The row as the ledger holds it.
    ///   - job: The latest job of the row; `nil` if none was sent.
    public init(_ row: RowRecord, job: JobRecord?) {
        let isPath = row.label.hasPrefix("/")
        if let job {
            self.init(job)
            state = State(row.state)
        } else {
            self.init(name: row.label, state: State(row.state))
            if isPath { before = [ReportImage(file: row.label)] }
            failure = row.failure.map { Failure(message: $0.message, hint: $0.hint) }
        }
        name = isPath ? row.label.split(separator: "/").last.map(String.init) ?? row.label : row.label
    }

    /// Returns the name of the first input, or the first line of the prompt, at most 60 characters.
    private static func name(of job: JobRecord) -> String {
        guard let first = job.inputs.first else {
            let line = job.prompt.split(whereSeparator: \.isNewline).first.map(String.init) ?? job.id
            return line.count > 60 ? "\(line.prefix(59))…" : line
        }
        let name =
            first.isLink ? first.name : first.name.split(separator: "/").last.map(String.init) ?? first.name
        return job.inputs.count == 1 ? name : "\(name) and \(job.inputs.count - 1) more"
    }
}

extension ReportRow.State {
    fileprivate init(_ state: RowState) {
        switch state {
        case .waiting, .preparing: self = .waiting
        case .submitting, .accepted, .finished: self = .open
        case .saved: self = .done
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        case .unknown: self = .unknown
        case .skipped: self = .skipped
        }
    }
}

extension ReportRow.Cost {
    /// Makes the cost of a job by the rule of ``RowDocument/Cost``.
    fileprivate init?(_ job: JobRecord) {
        guard let cost = RowDocument.Cost(job) else { return nil }
        self.init(amount: cost.amount, unit: cost.unit, isEstimate: cost.isEstimate)
    }
}

extension InputProvenance {
    fileprivate var isLink: Bool {
        ["http://", "https://"].contains { name.lowercased().hasPrefix($0) }
    }

    /// The preparation steps in words.
    fileprivate var words: [String] {
        var words = action.map { ReportRow.words($0, reasons) } ?? []
        if let size, action != nil { words.append("sent as \(size.words)") }
        return words
    }
}

extension ReportImage {
    fileprivate init(_ input: InputProvenance) {
        if input.isLink {
            let how = input.sha256 == nil ? "passed on as a URL" : "fetched from a URL"
            self.init(name: input.name, content: .absent("No thumbnail: \(how), no copy is kept"))
        } else if input.name == "-" || input.name == "data URI", !Folder.isTaken(input.name) {
            let source = input.name == "-" ? "standard input" : "a data URI"
            self.init(name: source, content: .absent("No thumbnail: read from \(source), no copy is kept"))
        } else {
            self.init(file: input.name)
        }
    }

    fileprivate init(_ file: SavedFile) {
        self.init(file: file.path)
        (size, byteCount, format) = (file.size, file.byteCount, file.mediaType)
    }
}
