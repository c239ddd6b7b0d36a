import Platform
import SeedreamClient
import SeedreamModel

/// Jobs as text tables.
enum JobTable {
    /// Returns the jobs, one per row.
    static func lines(_ jobs: [JobRecord]) -> [TerminalText] {
        guard !jobs.isEmpty else { return ["no jobs"] }
        let style = Style(descriptor: 1)
        var table = Table([
            "job", "when", Table.Column("provider", rank: 3), "state", .number("images", rank: 2),
            Table.Column("request", rank: 1), Table.Column("prompt", least: 12, keepsEnd: false),
        ])
        for job in jobs {
            table.add([
                String(job.id.prefix(8)), LocalTime.text(job.created), job.provider.rawValue,
                job.state.rawValue,
                "\(job.files.count)",
                job.ticket?.requestID ?? job.result?.requestID ?? "-", job.prompt,
            ])
        }
        var lines = table.lines()
        lines[0] = style.bold(lines[0])
        for (index, job) in jobs.enumerated() where job.state == .unknown || job.state == .failed {
            lines[index + 1] = style.red(lines[index + 1])
        }
        return lines
    }

    /// Returns the saved images, one per row, and a summary line.
    static func results(_ jobs: [JobRecord]) -> [TerminalText] {
        let files = jobs.flatMap { job in job.files.sorted { $0.index < $1.index }.map { (job, $0) } }
        var lines: [TerminalText] = []
        if !files.isEmpty {
            var table = Table([
                .number("#"), Table.Column("saved as", least: 20), "is",
                Table.Column("made from", least: 12, rank: 1), Table.Column("job", rank: 2),
            ])
            for (number, (job, file)) in files.enumerated() {
                let size = file.size.map { "\($0) " } ?? ""
                let format = file.mediaType.split(separator: "/").last.map(String.init) ?? file.mediaType
                table.add([
                    "\(number + 1)", relativePath(file.path),
                    "\(size)\(format) \(file.byteCount.formattedBytes)",
                    source(of: job), String(job.id.prefix(8)),
                ])
            }
            lines = table.lines()
            lines[0] = Style(descriptor: 1).bold(lines[0])
            lines.append("")
        }
        let done = jobs.filter { $0.state == .saved }.count
        lines.append(
            "\(done) of \(jobs.count) \(jobs.count == 1 ? "request" : "requests") done, \(files.count) \(files.count == 1 ? "image" : "images") saved\(cost(of: jobs))"
        )
        return lines
    }

    /// Returns one job, one fact per line.
    static func description(of job: JobRecord, status: JobStatus?) -> [TerminalText] {
        var rows: [(String, String)] = [
            ("job", job.id), ("provider", "\(job.provider.displayName), \(job.model)"),
            ("state", job.state.rawValue),
            ("when", LocalTime.text(job.created)), ("prompt", fitted(job.prompt)),
        ]
        if let id = job.ticket?.requestID ?? job.result?.requestID { rows.append(("request", id.visible)) }
        if let status {
            var text = status.word.visible
            switch status.phase {
            case .queued(let position?): text += ", position \(position)"
            case .running(let progress?): text += ", \(Int(progress * 100)) %"
            default: break
            }
            rows.append(("status", text))
            for line in status.logs.suffix(5) { rows.append(("log", fitted(line))) }
        }
        for file in job.files.sorted(by: { $0.index < $1.index }) { rows.append(("file", file.path.visible)) }
        // Unsaved images can also be fetched by other means.
        if job.state == .finished {
            for (index, image) in (job.result?.images ?? []).enumerated()
            where !job.files.contains(where: { $0.index == index }) {
                rows.append(("at", image.location.text.visible))
            }
        }
        if let error = job.error {
            rows.append(("error", "\(error)".visible))
            rows.append(("hint", error.hint))
        }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { TerminalText($0 + String(repeating: " ", count: width - $0.count + 2) + $1) }
    }

    /// Returns a text on one line, shortened to the width of a terminal, or in full if there is
    /// none.
    private static func fitted(_ text: String) -> String {
        guard let width = TerminalWidth.columns(of: 1) else { return text.visible }
        return text.visible.shortened(to: max(20, width - "provider  ".count), keepsEnd: false)
    }

    /// Returns a path relative to the current folder if it is inside it.
    private static func relativePath(_ path: String) -> String {
        let here = (PathText.currentFolder ?? "") + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    private static func source(of job: JobRecord) -> String {
        guard let first = job.inputs.first else { return "prompt" }
        let more = job.inputs.count > 1 ? " and \(job.inputs.count - 1) more" : ""
        return first.name + more
    }

    /// Returns the cost that the providers reported, or else the one computed from prices.
    private static func cost(of jobs: [JobRecord]) -> String {
        let usages = jobs.compactMap { $0.result?.usage }
        let credits = usages.compactMap(\.credits).reduce(0, +)
        let dollars = usages.compactMap(\.usDollars).reduce(0, +)
        if dollars > 0 { return ", \(dollars.formattedAmount) USD as reported by the provider" }
        if credits > 0 { return ", \(credits.formattedAmount) credits as reported by the provider" }
        let priced = jobs.compactMap { job in
            job.estimate.map { ($0.unit, $0.amount * Double(job.result?.images.count ?? 0)) }
        }
        guard let unit = priced.first?.0, priced.count == jobs.count, priced.allSatisfy({ $0.0 == unit })
        else { return "" }
        let sum = priced.reduce(0) { $0 + $1.1 }
        return sum > 0 ? ", about \(sum.formattedAmount) \(unit.rawValue)" : ""
    }

    /// Returns the largest possible cost of jobs as text; `nil` if it is 0 or no price is known.
    static func worstCost(of jobs: [JobRecord]) -> TerminalText? {
        let texts = worstCosts(of: jobs).sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value.formattedAmount) \($0.key.rawValue)" }
        guard !texts.isEmpty else { return nil }
        return TerminalText(
            "at most \(texts.joined(separator: " and ")) spent, open and unknown jobs included")
    }

    /// Returns the largest possible cost of jobs by unit, without units whose sum is 0.
    static func worstCosts(of jobs: [JobRecord]) -> [Price.Unit: Double] {
        var sums: [Price.Unit: Double] = [:]
        for job in jobs {
            guard let unit = job.estimate?.unit, let cost = job.worstCost else { continue }
            sums[unit, default: 0] += cost
        }
        return sums.filter { $0.value > 0 }
    }
}
