/// A fact about a model, with the document that states it.
public struct Fact<Value> {
    /// The fact.
    public var value: Value
    /// The document.
    public var source: FactSource

    /// Creates a fact.
    public init(_ value: Value, _ source: FactSource) {
        self.value = value
        self.source = source
    }
}

extension Fact: Sendable where Value: Sendable {}
extension Fact: Equatable where Value: Equatable {}
extension Fact: Hashable where Value: Hashable {}

/// A document that states facts about models, and the day on which it was read.
public struct FactSource: Hashable, Codable, Sendable {
    /// How far a statement can be trusted.
    public enum Evidence: String, Hashable, Codable, Sendable, CaseIterable {
        /// The vendor's own document, library or code.
        case vendor
        /// A measurement that someone published with its figures.
        case measured
        /// The text or the code of a third party.
        case thirdParty = "third-party"
        /// A decision of this toolkit.
        case toolkit
    }

    /// The document.
    public var document: String
    /// The day on which it was read, such as `2026-11-28`.
    public var date: String
    /// How far it can be trusted.
    public var evidence: Evidence

    /// Creates a source.
    public init(_ evidence: Evidence, _ document: String, read date: String = "2026-11-28") {
        (self.evidence, self.document, self.date) = (evidence, document, date)
    }
}
