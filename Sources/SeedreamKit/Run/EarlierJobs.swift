import SeedreamClient

/// Jobs that belong to no run, as all of version 0.1.0: nothing tells which request they were,
/// beyond its prompt and the names of its inputs. A request that has the same is bought, and said
/// to be like them.
struct EarlierJobs: Sendable {
    private struct Likeness: Hashable {
        var prompt: String
        var names: [Substring]
    }

    private let jobs: [Likeness: [JobRecord]]

    /// - Parameter jobs: As `JobLedger.jobs(withContent:)` gives them for `nil`.
    init(_ jobs: [JobRecord]) {
        let bought = jobs.filter { ![.failed, .cancelled].contains($0.state) && $0.pruned == nil }
        self.jobs = Dictionary(grouping: bought) { job in
            Likeness(prompt: job.prompt, names: job.inputs.map { Self.lastName($0.name) })
        }
    }

    /// Those that are like a row, the newest first.
    func like(_ row: RowRequest) -> [JobRecord] {
        guard !jobs.isEmpty else { return [] }
        return jobs[
            Likeness(prompt: row.request.prompt, names: row.inputs.map { Self.lastName($0.name) })] ?? []
    }

    /// The name without folders: the same file may be named in several ways.
    private static func lastName(_ name: String) -> Substring {
        name.split(separator: "/").last ?? Substring(name)
    }
}
