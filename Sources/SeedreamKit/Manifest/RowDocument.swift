public import ImagePreparation
public import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A row of a run as JSON, schema 1. Results files, record streams and workers write the same
/// document.
///
/// The document's own keys come first, then the carried fields under their names. A carried field
/// whose name equals one of these keys, used or not, is in the object `carried` instead.
public struct RowDocument: Hashable, Sendable {
    /// The cost of a row.
    public struct Cost: Hashable, Codable, Sendable {
        /// The amount, in ``unit``.
        public var amount: Double
        /// The unit of ``amount``.
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

    /// The id of the row in its manifest or run; `nil` if it is unknown, for example for a line
    /// that is not JSON.
    public var id: String?
    /// The line of the manifest that it starts on, from 1.
    public var line: Int?
    /// What was asked for; `nil` in a run, whose rows all edit.
    public var operation: RowOperation?
    /// The state of the row.
    public var state: RowState
    /// The prompt.
    public var prompt: String?
    /// The name or id of its run.
    public var run: String?
    /// The ledger's id of its job.
    public var job: String?
    /// The provider that it was sent to.
    public var provider: ProviderID?
    /// The provider's id of the model.
    public var model: String?
    /// The provider's id of the request, which its support asks for.
    public var requestID: String?
    /// The seed that the provider used, if reported.
    public var seed: Int?
    /// The number of attempts; `nil` if they are not counted.
    public var attempts: Int?
    /// The images on disk, in the provider's order.
    public var files: [SavedFile] = []
    /// The prepared image, with what was changed and why, of a row that only prepares.
    public var image: ImageRecord?
    /// The cost, as far as it is known.
    public var cost: Cost?
    /// The error that it ended with, or the latest error.
    public var error: RowFailure?
    /// The other fields of the manifest's row.
    public var carried: [CarriedField] = []

    /// Makes a document with an id and a state only.
    public init(id: String?, line: Int? = nil, state: RowState) {
        (self.id, self.line, self.state) = (id, line, state)
    }

    /// Makes the document of a row that is not a valid request.
    public init(_ failure: ManifestFailure) {
        self.init(id: failure.id, line: failure.line, state: .failed)
        error = RowFailure(failure)
        carried = failure.carried
    }

    /// Makes the document of a row before it has a job.
    public init(_ row: ManifestRow, state: RowState = .waiting) {
        self.init(id: row.id, line: row.line, state: state)
        (prompt, provider, model, carried) = (row.prompt, row.provider, row.model, row.carried)
    }

    /// Makes the document of a row before it has a job.
    public init(_ record: ManifestRecord) {
        switch record {
        case .row(let row): self.init(row)
        case .failure(let failure): self.init(failure)
        }
    }

    /// Updates the document from the row's job.
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
    /// Makes the cost of a job: the amount that the provider reports, in US dollars if it reports
    /// several units; otherwise the price times the images that were made, or, for an open or
    /// unknown job, times the maximum number of images. `nil` if neither is known, and for a failed
    /// or cancelled job without a report.
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
    /// The keys of a document, which no carried field replaces.
    enum Word: String, CodingKey, CaseIterable {
        case type, id, line, operation, state, prompt, run, job, provider, model, requestID, seed, attempts,
            files,
            image, cost, error, carried
    }

    /// The name of a carried field.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The document without its carried fields.
    private struct Words: Encodable {
        let row: RowDocument
        func encode(to encoder: any Encoder) throws { try row.encodeWords(to: encoder) }
    }

    /// Whether a carried field would replace a key. Rows of a run have no operation and no image,
    /// and fields with these names stay where their manifest has them.
    private func isKey(_ name: String) -> Bool {
        guard let word = Word(rawValue: name) else { return false }
        return operation != nil || ![.operation, .image].contains(word)
    }

    /// Encodes the document with its carried fields. A carried number with more digits than a
    /// `Double` holds is rounded; ``jsonLine`` keeps all digits.
    public func encode(to encoder: any Encoder) throws {
        try encodeWords(to: encoder)
        var values = encoder.container(keyedBy: Name.self)
        for field in carried where !isKey(field.name) {
            try values.encode(field.value, forKey: Name(stringValue: field.name))
        }
        let others = carried.filter { isKey($0.name) }
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
        try values.encodeIfPresent(operation, forKey: .operation)
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
        try values.encodeIfPresent(image, forKey: .image)
        try values.encodeIfPresent(cost, forKey: .cost)
        try values.encodeIfPresent(error, forKey: .error)
    }

    /// The document as one line of JSON, with its line feed: the keys sorted, then the carried
    /// fields as the manifest wrote them. Invisible characters in a text are escaped, as `\u202E`.
    public var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a non-finite number would fail, and no provider's reply produces one.
        let words = (try? encoder.encode(Words(row: self))).map { String(decoding: $0, as: UTF8.self) }
        var line = String((words ?? "{\"type\":\"row\"}").dropLast())
        func member(_ field: CarriedField) -> String { "\(JSONValue.string(field.name).text):\(field.json)" }
        for field in carried where !isKey(field.name) { line += ",\(member(field))" }
        let others = carried.filter { isKey($0.name) }.map(member)
        if !others.isEmpty { line += ",\"\(Word.carried.rawValue)\":{\(others.joined(separator: ","))}" }
        return "\(line)}".visibleJSON + "\n"
    }
}
