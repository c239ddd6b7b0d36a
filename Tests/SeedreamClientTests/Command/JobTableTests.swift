#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// Lists of jobs and runs: their selection, their costs, and their layout on a terminal.
@Suite("lists of jobs and runs")
struct JobTableTests {
    private static let prompt =
        "ثلاثة أشخاص يجلسون على الشاطئ عند الغروب، 三个人坐在海边看日落 🌅, and a prompt that goes on and on, for more "
        + "columns than any terminal of these tests has room for, so that it has to be cut"

    private static let isTerminal: ConditionTrait = .enabled(
        if: CommandRunner.script != nil, "script of util-linux is not installed: terminals cannot be tested")

    /// Creates a folder of images with long names in several scripts.
    private static func photos(_ rig: CommandRig) throws -> String {
        let path = rig.folder.file("照片")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (index, name) in TerminalScreen.names.enumerated() {
            let image = try Drawing.jpeg(brightness: index * 5)
            try Data(image).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        return path
    }

    private static func with(_ body: (CommandRig) async throws -> Void) async throws {
        try await CommandRig.with {
            $0.ambiguities.resultType = "image/jpeg"
            // Long enough to show each state.
            $0.generationTime = 0.1
        } _: { rig in
            try await body(rig)
        }
    }

    @Test("fit the terminal, with every row", isTerminal, arguments: [60, 80, 200])
    func widths(_ columns: Int) async throws {
        try await Self.with { rig in
            let arguments = ["edit", Self.prompt, try Self.photos(rig), "--each", "--size", "1024x1024"]
            let count = TerminalScreen.names.count
            let edited = try await rig.runner.run(
                arguments + rig.sending(to: "fal") + ["--run", "夏の家族旅行の写真を全部まとめて編集する"],
                onTerminalOf: columns)
            #expect(edited.result.status == 0, "\(edited.result)")
            // Lines that were shown for a while, like those that stay.
            let progress = edited.lines.filter { $0.contains(" of \(count) done") }
            #expect(!progress.isEmpty, "\(edited.lines)")
            // The provider's log may follow.
            for line in progress.map({ $0.replacing("Generating...", with: "") }) {
                #expect(TerminalScreen.columns(line) < columns, "\(line)")
            }
            let results = edited.table("#  ")
            #expect(results.count == count + 1, "\(edited.lines)")
            #expect(results[0].contains("saved as") && results[0].contains("  job"))
            #expect(results[0].contains("made from") == (columns > 60))

            let jobs = try await rig.runner.run(["jobs"] + rig.common, onTerminalOf: columns)
            let jobTable = jobs.table("job ")
            #expect(jobTable.count == count + 1, "\(jobs.lines)")
            #expect(jobTable[0].hasSuffix("prompt") && jobTable.dropFirst().allSatisfy { $0.contains("…") })
            #expect(jobTable[0].contains("request") == (columns == 200))

            let runs = try await rig.runner.run(["runs"] + rig.common, onTerminalOf: columns)
            let runTable = runs.table("run ")
            #expect(runTable.count == 2, "\(runs.lines)")
            for word in ["saved", "open", "waiting", "failed", "unknown"] {
                #expect(runTable[0].contains(word))
            }
            #expect(runTable[0].contains("cost") == (columns > 60))

            for line in results + jobTable + runTable {
                #expect(TerminalScreen.columns(line) <= columns, "\(line)")
            }
            let id = try #require(jobTable.last?.split(separator: " ").first)
            let status = try await rig.runner.run(["status", "\(id)"] + rig.asking, onTerminalOf: columns)
            let line = try #require(status.lines.first { $0.hasPrefix("prompt") })
            #expect(TerminalScreen.columns(line) <= columns, "\(line)")

            // In a pipe, everything is shown.
            let piped = try await rig.run(["jobs"] + rig.common)
            #expect(piped.lines.filter { $0.hasSuffix(Self.prompt) }.count == count, "\(piped.text)")
            #expect(piped.lines[0].contains("request"))
            let pipedRuns = try await rig.run(["runs"] + rig.common)
            #expect(pipedRuns.text.contains("夏の家族旅行の写真を全部まとめて編集する"))
            #expect(pipedRuns.text.contains(rig.output))
        }
    }

    @Test("--since, --provider and --run combine, and JSON has the cost of the table")
    func choosing() async throws {
        try await Self.with { rig in
            let photo = Fixtures.path("shapes/phone-1.jpg")
            for (provider, run) in [("fal", "one"), ("fal", "two"), ("apiframe", "two")] {
                let result = try await rig.run(
                    ["edit", "a hat", photo, "--size", "1024x1024", "--run", run] + rig.sending(to: provider))
                #expect(result.status == 0, "\(result.errors)")
            }
            func list(_ more: String...) async throws -> (ids: [String], cost: [String: Double]) {
                let result = try await rig.run(["jobs", "--json"] + more + rig.common)
                #expect(result.status == 0, "\(result)")
                let document = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
                let jobs = try #require(document?["jobs"] as? [[String: Any]])
                for job in jobs {
                    let cost = try #require(job["cost"] as? [String: Any])
                    let isFal = job["provider"] as? String == "fal"
                    #expect(cost["amount"] as? Double == (isFal ? 0.03 : 3), "\(cost)")
                    #expect(cost["unit"] as? String == (isFal ? "USD" : "credits"))
                }
                return (
                    try jobs.map { try #require($0["id"] as? String) },
                    try #require(document?["cost"] as? [String: Double])
                )
            }
            let all = try await list()
            #expect(all.ids.count == 3 && all.cost == ["USD": 0.06, "credits": 3])
            let now = Date()
            let (past, future) = (
                (now - 3600).formatted(.iso8601), (now + 3600).formatted(.iso8601)
            )
            #expect(try await list("--since", past).ids == all.ids)
            #expect(try await list("--since", past, "--limit", "1").ids == [all.ids[0]])
            #expect(try await list("--since", past, "--provider", "fal").ids.count == 2)
            #expect(try await list("--since", past, "--run", "two", "--provider", "fal").ids == [all.ids[1]])
            let none = try await list("--since", future, "--provider", "fal")
            #expect(none.ids.isEmpty && none.cost.isEmpty)
            #expect(try await list("--since", future).ids.isEmpty)
            let wrong = try await rig.run(["jobs", "--since", "yesterday"] + rig.common)
            #expect(wrong.status == 64 && wrong.errors.contains("--since"), "\(wrong.errors)")
            // The last line of the table has the same sum.
            let table = try await rig.run(["jobs"] + rig.common)
            #expect(
                table.lines.last == "at most 0.06 USD and 3 credits spent, open and unknown jobs included")
            let runs = try await rig.run(["runs", "--json"] + rig.common)
            let document = try JSONSerialization.jsonObject(with: runs.output) as? [String: Any]
            let costs = try #require(document?["runs"] as? [[String: Any]]).compactMap {
                $0["cost"] as? [String: Double]
            }
            #expect(costs.reduce(0) { $0 + ($1["USD"] ?? 0) } == 0.06)
            #expect(costs.reduce(0) { $0 + ($1["credits"] ?? 0) } == 3)
        }
    }
}
#endif
