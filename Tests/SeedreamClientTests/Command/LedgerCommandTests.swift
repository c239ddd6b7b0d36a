#if Client
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// How far the command trusts a ledger.
@Suite("the command and its ledger")
struct LedgerCommandTests {
    @Test(
        "sends a key to a base URL from the ledger only if the command line names its origin too",
        arguments: [
            ("http://127.0.0.1:1/fal", nil as String?, false),
            ("http://127.0.0.1:1/fal", "http://127.0.0.1:1", true),
            ("http://127.0.0.1:1/fal", "http://127.0.0.1:1/fal/", true),
            ("http://127.0.0.1:1/fal", "http://127.0.0.1:2/fal", false),
            ("http://127.0.0.1:1/fal", "https://127.0.0.1:1/fal", false),
            ("https://evil.test/fal", nil, false),
            ("https://evil.test/fal", "https://evil.test.example/fal", false),
            ("no URL", "no URL", false),
        ], ["status", "resume", "result", "cancel"])
    func origin(_ row: (recorded: String, given: String?, isAllowed: Bool), _ command: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs.sqlite")
        let ledger = try SQLiteLedger.open(path: path)
        var job = SampleJob.submitting("abcd0000")
        job.baseURL = row.recorded
        job.destination = Destination(folder: folder.file("out"))
        try await ledger.insert(job)
        try await ledger.update(job.id) { job in
            (job.state, job.ticket) = (.accepted, JobTicket(requestID: "r", model: job.model))
        }
        ledger.close()
        var runner = CommandRunner()
        runner.environment["FAL_KEY"] = "canary"
        runner.environment["XDG_STATE_HOME"] = folder.file("state")
        let result = try await runner.run(
            [command, job.id, "--ledger", path, "--timeout", "1"]
                + (row.given.map { ["--base-url", $0] } ?? []))
        let refusal =
            "--base-url: job abcd0000 was sent to \(row.recorded), and a key is sent there only if you name the address"
        #expect(result.errors.contains(refusal) == !row.isAllowed, "\(result)")
        #expect(
            result.errors.contains("hint: if you trust it, add `--base-url \(row.recorded)`") == !row
                .isAllowed)
        // No server listens on port 1.
        if row.isAllowed { #expect([69, 75, 76].contains(result.status), "\(result)") }
        if command != "resume", !row.isAllowed { #expect(result.status == 64) }
    }

    @Test(
        "removes only images of its spool when a job is saved",
        arguments: [
            "/etc/hostname", "inline-0123456789abcdef0123456789abcdef", "precious",
        ])
    func foreignFiles(_ name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "precious")
        let bench = SavingBench(folder.path)
        let path = name.hasPrefix("/") ? name : folder.file(name)
        let own = bench.spool
        #expect(FileManager.default.fileExists(atPath: own) == false)
        if !FileManager.default.fileExists(atPath: path) {
            try Data(SavingBench.jpeg).write(to: URL(fileURLWithPath: path))
        }
        var job = try await bench.job([.file(path)])
        job = try await bench.ledger.update(job.id) { $0.state = .saved }
        _ = try await bench.saver.save(job)
        // A file from another program is never removed, even if a record names it.
        #expect(FileManager.default.fileExists(atPath: path) == (path != own))
    }
}
#endif
