import AtomicFiles
import ImagePreparation
import Pixels
public import SeedreamClient
import SeedreamModel

extension ReportRow {
    /// The row of a job of the ledger.
    ///
    /// Its inputs are looked for by the names that the ledger has for them, from the current folder
    /// on. They may have changed since: the ledger keeps a digest of what was sent, not of the
    /// file.
    public init(_ job: JobRecord) {
        self.init(name: Self.name(of: job), state: State(RowState(job.state)))
        prompt = job.prompt
        before = job.inputs.map { ReportImage($0) }
        after = job.files.sorted { $0.index < $1.index }.map { ReportImage($0) }
        if after.isEmpty, let count = job.result?.images.count, job.state == .finished {
            notices.append("\(count) \(count == 1 ? "image is" : "images are") made and not saved yet")
        }
        for input in job.inputs {
            let words = input.words.filter { !reasons.contains($0) }
            reasons += words
        }
        notices += job.files.compactMap(\.notice) + (job.result?.failures ?? [])
        if var error = job.error {
            requestID = error.requestID
            // The id has a line of its own.
            error.requestID = nil
            failure = Failure(message: "\(error)", hint: error.hint)
        }
        if job.state == .unknown, failure == nil {
            failure = Failure(
                message: "it was being sent when its process ended, and may have been bought",
                hint: "look at the account at \(job.provider.displayName) before it is sent again")
        }
        cost = Cost(job)
        jobID = job.id
        requestID = job.ticket?.requestID ?? job.result?.requestID ?? requestID
        facts = [Fact("Model", "\(job.model) at \(job.provider.displayName)")]
        if let seed = job.result?.seed { facts.append(Fact("Seed", "\(seed)")) }
    }

    /// A row of a run.
    ///
    /// - Parameter job: The last that was sent for it; `nil` if none was.
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

    /// The first input's name, else the first words of the prompt.
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
    /// What the provider says, else what the price says of the images that were made; of a job that
    /// is open or unknown, the worst case.
    fileprivate init?(_ job: JobRecord) {
        if let dollars = job.result?.usage.usDollars {
            self.init(amount: dollars, unit: .usDollars, isEstimate: false)
        } else if let credits = job.result?.usage.credits {
            self.init(amount: credits, unit: .credits, isEstimate: false)
        } else if let price = job.estimate, ![.failed, .cancelled].contains(job.state) {
            let count = job.result?.images.count ?? job.maximumOutputs
            self.init(amount: price.amount * Double(count), unit: price.unit, isEstimate: true)
        } else {
            return nil
        }
    }
}

extension InputProvenance {
    fileprivate var isLink: Bool {
        ["http://", "https://"].contains { name.lowercased().hasPrefix($0) }
    }

    /// What was done, in words.
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
