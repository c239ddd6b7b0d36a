import SeedreamClient
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON document of runs, schema 1.
struct RunReport: Encodable {
    /// A run.
    struct Run: Encodable {
        var id: String
        var name: String?
        var command: String
        var sources: [String]
        var destination: String
        var origin: String
        /// ISO 8601, UTC.
        var created: String
        /// The time at which a command last continued it; ISO 8601, UTC.
        var updated: String
        /// The number of rows by state; holds every state.
        var rows: [String: Int]
        /// The largest possible cost of what was bought, by unit.
        var cost: [String: Double]
    }

    var schema = 1
    var runs: [Run]
    /// The error that stopped the run.
    var error: ErrorDocument?

    init(_ summaries: [RunSummary], error: ErrorDocument? = nil) {
        self.error = error
        runs = summaries.map { summary in
            let identity = summary.run.identity
            func time(_ seconds: Double) -> String {
                Date(timeIntervalSince1970: seconds).formatted(.iso8601)
            }
            return Run(
                id: summary.run.id, name: identity.name, command: identity.command,
                sources: identity.sources, destination: identity.destination, origin: identity.origin,
                created: time(summary.run.created), updated: time(summary.run.updated),
                rows: Dictionary(
                    RowState.allCases.map { ($0.rawValue, summary.rows[$0] ?? 0) }, uniquingKeysWith: { $1 }),
                cost: Dictionary(
                    summary.cost.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 }))
        }
    }
}
