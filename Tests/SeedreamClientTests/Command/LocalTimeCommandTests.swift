#if Client
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Times that the command shows and reads, in several time zones.
@Suite("local times of the command")
struct LocalTimeCommandTests {
    /// A rule instead of a name, so that no time zone data are needed.
    private static let newYork = "EST5EDT,M3.2.0,M11.1.0"

    /// Runs `body` with a ledger of two jobs in the two hours that local clocks show as 01:30, when
    /// they are set back.
    private static func with(_ body: (_ path: String, TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs.sqlite")
        let ledger = try SQLiteLedger.open(path: path)
        // 2026-11-01T05:30:00Z and an hour later.
        try await ledger.insert(SampleJob.submitting("first", created: 1_793_511_000))
        try await ledger.insert(SampleJob.submitting("second", created: 1_793_514_600))
        ledger.close()
        try await body(path, folder)
    }

    private static func run(
        _ arguments: [String], _ path: String, in zone: String?, _ more: [String: String] = [:]
    ) async throws -> CommandResult {
        var runner = CommandRunner("/bin/sh", "-c", "\(zone == nil ? "unset TZ; " : "")exec \"$0\" \"$@\"")
        runner.leadingArguments.append(CommandRunner.seedream)
        if let zone { runner.environment["TZ"] = zone }
        runner.environment.merge(more) { $1 }
        return try await runner.run(arguments + ["--ledger", path])
    }

    @Test("tables and pages show local time with its offset, JSON shows UTC")
    func shown() async throws {
        try await Self.with { path, folder in
            let table = try await Self.run(["jobs"], path, in: Self.newYork)
            #expect(table.lines[1].contains("second  2026-11-01 01:30 -05:00  fal"), "\(table.text)")
            #expect(table.lines[2].contains("first   2026-11-01 01:30 -04:00  fal"), "\(table.text)")
            let status = try await Self.run(["status", "first"], path, in: "<+0530>-5:30")
            #expect(status.lines.contains("when      2026-11-01 11:00 +05:30"), "\(status.text)")
            let json = try await Self.run(["jobs", "--json"], path, in: Self.newYork)
            let document = try JSONValue(parsing: json.output)
            #expect(document["jobs"]?[1]?["created"] == "2026-11-01T05:30:00Z")
            let page = folder.file("page.html")
            #expect(try await Self.run(["report", "-o", page], path, in: Self.newYork).status == 0)
            let markup = try String(contentsOfFile: page, encoding: .utf8)
            #expect(
                markup.contains(#/<p class="when">Made on \d{4}-\d\d-\d\d \d\d:\d\d -0[45]:00<\/p>/#))
        }
    }

    @Test(
        "a zone without data counts as UTC, and says so",
        arguments: [("Nowhere/City", [:]), ("Asia/Kolkata", ["TZDIR": "/nowhere"]), ("", [:])])
    func withoutData(_ zone: String, _ more: [String: String]) async throws {
        try await Self.with { path, _ in
            let table = try await Self.run(["jobs"], path, in: zone, more)
            #expect(table.lines[2].contains("2026-11-01 05:30 +00:00"), "\(table.text)")
        }
    }

    @Test("without TZ the zone is that of the system")
    func unset() async throws {
        try await Self.with { path, _ in
            let table = try await Self.run(["jobs"], path, in: nil)
            #expect(table.lines[1].contains(#/ \d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d /#), "\(table.text)")
        }
    }

    @Test(
        "--since is local unless it has an offset",
        arguments: [
            ("2026-11-01T01:30", 2), ("2026-11-01T01:31", 1), ("2026-11-01T01:30-05:00", 1),
            ("2026-11-01T02:00", 0), ("2026-11-01", 2), ("2026-11-02", 0), ("2026-11-01T05:30Z", 2),
            ("2026-11-01T05:30:01Z", 1), ("2026-11-01 07:30+01:00", 1),
        ])
    func since(_ time: String, _ count: Int) async throws {
        try await Self.with { path, _ in
            let result = try await Self.run(["jobs", "--json", "--since", time], path, in: Self.newYork)
            #expect(try JSONValue(parsing: result.output)["jobs"]?.array?.count == count, "\(result)")
        }
    }
}
#endif
