import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A set of fault rules, as read by `seedream emulate --faults` and by `PUT /_emulator/faults`.
public struct FaultFile: Hashable, Codable, Sendable {
    /// The seed of the random numbers that decide probabilities. Default: 0.
    public var seed: UInt64?
    /// The rules, in the order in which they are evaluated.
    public var rules: [FaultRule]

    /// Creates a set of rules.
    public init(seed: UInt64? = nil, rules: [FaultRule]) {
        self.seed = seed
        self.rules = rules
    }

    /// Decodes JSON.
    ///
    /// - Throws: `DecodingError`; ``explanation(of:)`` describes it. A parsing error if the text is
    ///   not JSON.
    public init(json: [UInt8]) throws {
        let members = try JSONValue(parsing: json).object ?? [:]
        if let unknown = members.keys.filter({ !["seed", "rules"].contains($0) }).min() {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [], debugDescription: "expected seed and rules, found \"\(unknown)\""))
        }
        self = try JSONDecoder().decode(FaultFile.self, from: Data(json))
    }

    /// Returns one line about an error of ``init(json:)``: the member, and what was expected.
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

/// The rules in force, with the number of times that each has struck.
actor FaultPlan {
    private struct Entry {
        var rule: FaultRule
        var seen = 0
        var struck = 0
    }

    private var entries: [Entry] = []
    private var generator = SplitMix64(seed: 0)

    init(_ file: FaultFile?) {
        if let file {
            entries = file.rules.map { Entry(rule: $0) }
            generator = SplitMix64(seed: file.seed ?? 0)
        }
    }

    /// Replaces all rules and restarts the random numbers.
    func replace(with file: FaultFile) {
        entries = file.rules.map { Entry(rule: $0) }
        generator = SplitMix64(seed: file.seed ?? 0)
    }

    /// The rules with the number of times that each has struck.
    var report: JSONValue {
        .array(
            entries.map { entry in
                [
                    "operation": .string(entry.rule.operation), "fault": .string(entry.rule.fault.word),
                    "struck": .integer(entry.struck),
                ]
            })
    }

    /// Returns the faults that strike a request, in the order of their rules.
    ///
    /// - Parameter isReading: Whether to choose among the faults that affect reading the request,
    ///   or among the others.
    func strike(operation: String, prompt: String?, isReading: Bool) -> [Fault] {
        var faults: [Fault] = []
        for index in entries.indices {
            let rule = entries[index].rule
            guard rule.fault.concernsReading == isReading, rule.covers(operation) else { continue }
            if let wanted = rule.prompt, prompt?.contains(wanted) != true { continue }
            entries[index].seen += 1
            guard entries[index].seen > rule.skip, entries[index].struck < rule.count ?? .max else {
                continue
            }
            if rule.probability < 1, generator.nextUnit() >= rule.probability { continue }
            entries[index].struck += 1
            faults.append(rule.fault)
        }
        return faults
    }
}
