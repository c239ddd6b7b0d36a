import SeedreamClient
import SeedreamModel

/// The ledger of a command line that is being completed. A ledger that is missing, locked or
/// damaged has no jobs and no runs, and is left as it is.
struct ListedLedger {
    /// The most jobs, and the most runs, that are offered. Our number: more than fit a screen.
    private static let most = 100

    private let text: String?

    init(_ line: CompletedLine) { text = line.value(of: "--ledger") }

    /// Returns jobs, the newest first: by the first characters of their ids, as the tables show
    /// them, or by their whole ids if more than that is typed.
    ///
    /// - Parameter typed: The beginning of the id.
    func jobs(in states: [JobState], _ typed: String) async -> [Completion] {
        #if Client
        guard let ledger = open(), let jobs = try? await ledger.jobs(in: Set(states), limit: Self.most) else {
            return []
        }
        ledger.close()
        let length = typed.count > 8 ? Int.max : 8
        let ids = jobs.map { String($0.id.prefix(length)) }
        return zip(ids, jobs).map { id, job in
            let subject = job.inputs.first.map { "\($0.name): " } ?? ""
            let isUnique = ids.count { $0 == id } == 1
            return Completion(
                value: isUnique ? id : job.id,
                description: "\(job.state.rawValue), \(subject)\(job.prompt)".shortened(to: 60))
        }
        #else
        return []
        #endif
    }

    /// Returns runs, the latest first: by name, or by id if they have none.
    func runs() async -> [Completion] {
        #if Client
        guard let ledger = open(), let runs = try? await ledger.runs(limit: Self.most) else { return [] }
        ledger.close()
        return runs.map { summary in
            let identity = summary.run.identity
            let rows = summary.rows.values.reduce(0, +)
            return Completion(
                value: identity.name ?? summary.run.id,
                description: "run of \(identity.command), \(rows) rows, to \(identity.destination)")
        }
        #else
        return []
        #endif
    }

    #if Client
    private func open() -> (any ClosableLedger)? {
        try? OpenedLedger.open(text ?? SQLiteLedger.defaultPath, access: .viewing)
    }
    #endif
}
