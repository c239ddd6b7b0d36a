public import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A row of a run in JSON, schema 1: what a results file, a stream of records and a worker write,
/// word for word the same.
///
/// The row's own words come first, then its carried fields under their own names. A carried field
/// that has the name of one of these words, used or not, stands in an object `carried` instead.
public struct RowDocument: Hashable, Sendable {
    /// What it cost.
    public struct Cost: Hashable, Codable, Sendable {
        /// How much.
        public var amount: Double
        /// Of what.
        public var unit: Price.Unit
        /// Whether it was computed from a price instead of reported by the provider.
        public var isEstimate: Bool

        /// Makes a cost.
        public init(amount: Double, unit: Price.Unit, isEstimate: Bool) {
            (self.amount, self.unit, self.isEstimate) = (amount, unit, isEstimate)
        }

        private enum CodingKeys: String, CodingKey {
            case amount, unit, isEstimate = "estimate"
        }
    }

    /// What the row is called in its manifest or its run; `nil` where that is not known, as of a
    /// line that is no JSON.
    public var id: String?
    /// The line of the manifest that it begins on, from 1.
    public var line: Int?
    /// Where it stands.
    public var state: RowState
    /// What was asked for.
    public var prompt: String?
    /// The name or id of its run.
    public var run: String?
    /// The ledger's id of its job.
    public var job: String?
    /// To whom it was sent.
    public var provider: ProviderID?
    /// The provider's id of the model.
    public var model: String?
    /// The provider's id of the request, which its support asks for.
    public var requestID: String?
    /// The seed that the provider used, if it says so.
    public var seed: Int?
    /// How often it was sent; `nil` where nobody counts.
    public var attempts: Int?
    /// The images on disk, in the provider's order.
    public var files: [SavedFile] = []
    /// What it cost, as far as it is known.
    public var cost: Cost?
    /// Why it failed, or what happened last.
    public var error: RowFailure?
    /// The fields that the manifest's row had beside its own.
    public var carried: [CarriedField] = []

    /// Makes a document that says nothing else.
    public init(id: String?, line: Int? = nil, state: RowState) {
        (self.id, self.line, self.state) = (id, line, state)
    }

    /// A row that cannot be a request.
    public init(_ failure: ManifestFailure) {
        self.init(id: failure.id, line: failure.line, state: .failed)
        error = RowFailure(failure)
        carried = failure.carried
    }

    /// A row of a manifest, before anything is known of its job.
    public init(_ row: ManifestRow, state: RowState = .waiting) {
        self.init(id: row.id, line: row.line, state: state)
        (prompt, provider, model, carried) = (row.prompt, row.provider, row.model, row.carried)
    }

    /// A row of a manifest, before anything is known of its job.
    public init(_ record: ManifestRecord) {
        switch record {
        case .row(let row): self.init(row)
        case .failure(let failure): self.init(failure)
        }
    }

    /// Takes over what the ledger says of the row's job.
    public mutating func take(_ job: JobRecord) {
        state = RowState(job.state)
        (self.job, provider, model, prompt) = (job.id, job.provider, job.model, job.prompt)
        requestID = job.ticket?.requestID ?? job.result?.requestID
        seed = job.result?.seed
        files = job.files.sorted { $0.index < $1.index }
        cost = Cost(job)
        error = job.error.map { RowFailure($0) }
    }
}

extension RowDocument.Cost {
    /// What a job cost: what the provider reports, in US dollars if it reports several units; else
    /// what the price table makes of the images that came, or, while the job is open or unknown, of
    /// all that may come. `nil` where neither is known, and for a job that failed or was cancelled
    /// without a report.
    public init?(_ job: JobRecord) {
        if let dollars = job.result?.usage.usDollars {
            self.init(amount: dollars, unit: .usDollars, isEstimate: false)
        } else if let credits = job.result?.usage.credits {
            self.init(amount: credits, unit: .credits, isEstimate: false)
        } else if let price = job.estimate, job.state != .failed, job.state != .cancelled {
            let images = job.result?.images.count ?? job.maximumOutputs
            self.init(amount: price.amount * Double(images), unit: price.unit, isEstimate: true)
        } else {
            return nil
        }
    }
}

extension RowDocument: Encodable {
    /// The words of a row, which no carried field replaces.
    enum Word: String, CodingKey, CaseIterable {
        case type, id, line, state, prompt, run, job, provider, model, requestID, seed, attempts, files, cost,
            error, carried
    }

    /// A name that a manifest gave.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The words alone.
    private struct Words: Encodable {
        let row: RowDocument
        func encode(to encoder: any Encoder) throws { try row.encodeWords(to: encoder) }
    }

    /// Writes all of it. Of a carried number with more digits than a `Double` has, only its first;
    /// ``jsonLine`` has them all.
    public func encode(to encoder: any Encoder) throws {
        try encodeWords(to: encoder)
        var values = encoder.container(keyedBy: Name.self)
        for field in carried where Word(rawValue: field.name) == nil {
            try values.encode(field.value, forKey: Name(stringValue: field.name))
        }
        let others = carried.filter { Word(rawValue: $0.name) != nil }
        guard !others.isEmpty else { return }
        let members = others.map { ($0.name, $0.value) }
        try values.encode(
            JSONValue.object(Dictionary(members) { $1 }), forKey: Name(stringValue: Word.carried.rawValue))
    }

    private func encodeWords(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Word.self)
        try values.encode("row", forKey: .type)
        try values.encodeIfPresent(id, forKey: .id)
        try values.encodeIfPresent(line, forKey: .line)
        try values.encode(state, forKey: .state)
        try values.encodeIfPresent(prompt, forKey: .prompt)
        try values.encodeIfPresent(run, forKey: .run)
        try values.encodeIfPresent(job, forKey: .job)
        try values.encodeIfPresent(provider, forKey: .provider)
        try values.encodeIfPresent(model, forKey: .model)
        try values.encodeIfPresent(requestID, forKey: .requestID)
        try values.encodeIfPresent(seed, forKey: .seed)
        try values.encodeIfPresent(attempts, forKey: .attempts)
        try values.encode(files, forKey: .files)
        try values.encodeIfPresent(cost, forKey: .cost)
        try values.encodeIfPresent(error, forKey: .error)
    }

    /// JSON on one line, with the line feed at its end: the words sorted, then the carried fields
    /// as the manifest wrote them. What is invisible in a text is written as `\u202E`.
    public var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is not finite fails, and none is ever made of a provider's reply.
        let words = (try? encoder.encode(Words(row: self))).map { String(decoding: $0, as: UTF8.self) }
        var line = String((words ?? "{\"type\":\"row\"}").dropLast())
        func member(_ field: CarriedField) -> String { "\(JSONValue.string(field.name).text):\(field.json)" }
        for field in carried where Word(rawValue: field.name) == nil { line += ",\(member(field))" }
        let others = carried.filter { Word(rawValue: $0.name) != nil }.map(member)
        if !others.isEmpty { line += ",\"\(Word.carried.rawValue)\":{\(others.joined(separator: ","))}" }
        return "\(line)}".visibleJSON + "\n"
    }
}
