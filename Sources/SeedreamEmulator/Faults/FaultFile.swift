import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rules of a file, as `seedream emulate --faults` reads them and the admin path takes them.
public struct FaultFile: Hashable, Codable, Sendable {
    /// Of the dice. 0 by default.
    public var seed: UInt64?
    /// Looked at in order.
    public var rules: [FaultRule]

    /// Makes a set of rules.
    public init(seed: UInt64? = nil, rules: [FaultRule]) {
        self.seed = seed
        self.rules = rules
    }

    /// Reads JSON.
    ///
    /// - Throws: `DecodingError`, whose ``explanation(of:)`` names the member.
    public init(json: [UInt8]) throws {
        let members = try JSONValue(parsing: json).object ?? [:]
        if let unknown = members.keys.filter({ !["seed", "rules"].contains($0) }).min() {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [], debugDescription: "expected seed and rules, found \"\(unknown)\""))
        }
        self = try JSONDecoder().decode(FaultFile.self, from: Data(json))
    }

    /// One line for an error of ``init(json:)``: where, and what was expected.
    public static func explanation(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
                .joined()
            return path.isEmpty
                ? context.debugDescription : "\(path.drop { $0 == "." }): \(context.debugDescription)"
        @unknown default:
            return "\(error)"
        }
    }
}
