#if Client
import Foundation
import SeedreamClient
import TestSupport
import Testing

@Suite("seedream report")
struct ReportCommandTests {
    /// Creates a ledger with three jobs, a day apart.
    private static func ledger(in folder: TemporaryFolder) async throws -> String {
        let path = folder.file("jobs.sqlite")
        let ledger = try SQLiteLedger.open(path: path)
        for day in 0..<3 {
            let created = 1_763_700_000 + Double(day) * 86_400
            let job = SampleJob.submitting("abcd000\(day)", created: created)
            try await ledger.insert(job)
        }
        try await ledger.update("abcd0001") { $0.state = .unknown }
        ledger.close()
        return path
    }

    @Test(
        "shows all jobs, those since a day, or the named ones",
        arguments: [
            ([], ["abcd0001", "abcd0000", "abcd0002"]),
            (["--since", "2025-11-22"], ["abcd0001", "abcd0002"]),
            (["--since", "2025-11-22T04:40:01Z"], ["abcd0002"]),
            (["abcd0002", "abcd0000"], ["abcd0002", "abcd0000"]),
        ])
    func jobs(_ arguments: [String], _ ids: [String]) async throws {
        let folder = try TemporaryFolder()
        let ledger = try await Self.ledger(in: folder)
        let page = folder.file("r.html")
        let result = try await CommandRunner().run(
            ["report", "--ledger", ledger, "-o", page] + arguments)
        #expect(result.status == 0, "\(result)")
        #expect(result.text.hasPrefix("\(page): \(ids.count) row"))
        let facts = try ParsedPage(page).all("dd").map(\.text)
        #expect(facts.filter { $0.hasPrefix("abcd") } == ids)
    }

    @Test("shows a run with all its rows, including those that were never begun")
    func run() async throws {
        let folder = try TemporaryFolder()
        let path = try await Self.ledger(in: folder)
        let ledger = try SQLiteLedger.open(path: path)
        let identity = RunRecord.Identity(
            command: "edit", sources: [folder.path], destination: folder.path, origin: "https://x.test")
        let run = try await ledger.join(RunRecord(identity))
        try await ledger.expect([Fixtures.path("photos/coffee.png"), "/none/b.jpg"], in: run.id)
        ledger.close()
        let page = folder.file("r.html")
        let result = try await CommandRunner().run(["report", run.id, "--ledger", path, "-o", page])
        #expect(result.text.hasPrefix("\(page): 2 rows, "), "\(result)")
        let parsed = try ParsedPage(page)
        #expect(parsed.all("bdi", "name").map(\.text) == ["coffee.png", "b.jpg"])
        #expect(parsed.all("img").count == 1)
        #expect(parsed.all("ul", "counts").first?.text == "2 rows○ 2 waiting")
    }

    @Test("refuses an existing page, an unknown id, and an invalid day")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        let ledger = try await Self.ledger(in: folder)
        let page = try folder.write("precious".utf8, as: "r.html")
        let start = ["report", "--ledger", ledger, "-o", page]
        let refused = try await CommandRunner().run(start)
        #expect(refused.status == 73)
        #expect(
            refused.errors
                == "error: \(page): file exists\n  hint: pass `--existing replace`, or name another file\n")
        #expect(try await CommandRunner().run(start + ["--existing", "replace"]).status == 0)
        let unknown = try await CommandRunner().run(start + ["ffff0000", "--existing", "replace"])
        #expect(unknown.status == 64)
        #expect(try await CommandRunner().run(start + ["--since", "yesterday"]).status == 64)
        #expect(try await CommandRunner().run(start + ["abcd0001", "--since", "2025-11-22"]).status == 64)
    }
}
#endif
