#if Client
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Ids that shells complete from the ledger.
@Suite("completion of jobs and runs")
struct LedgerCompletionTests {
    /// A ledger with a job of each of three states, and with two runs.
    private static func ledger(_ path: String) async throws -> (named: RunRecord, unnamed: RunRecord) {
        let ledger = try SQLiteLedger.open(path: path)
        defer { ledger.close() }
        let ids = ["1111aaaa-0000-4000-8000-000000000001", "2222bbbb-0000-4000-8000-000000000002"]
        for id in ids + ["3333cccc-0000-4000-8000-000000000003"] {
            try await ledger.insert(SampleJob.submitting(id))
        }
        try await ledger.update(ids[0]) { $0.state = .unknown }
        try await ledger.update(ids[1]) { $0.state = .failed }
        func run(_ name: String?) -> RunRecord {
            RunRecord(.init(command: "edit", sources: ["/in"], destination: "/out", origin: "x", name: name))
        }
        return (try await ledger.join(run("spring $(touch hacked) sale")), try await ledger.join(run(nil)))
    }

    @Test(
        "offers the ids that fit the command, from the ledger that is named or the default one",
        .enabled(if: !CompletingShell.installed.isEmpty, "needs bash, zsh or fish"),
        arguments: CompletingShell.installed)
    func ids(_ shell: CompletingShell) async throws {
        let folder = try TemporaryFolder()
        for name in ["my ledgers", "state", "state/seedream"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
        let runs = try await Self.ledger(folder.file("state/seedream/jobs.sqlite"))
        _ = try await Self.ledger(folder.file("other.sqlite"))
        let before = try folder.names()
        let lines = [
            "seedream status ", "seedream status 2222", "seedream status 2222bbbb-", "seedream cancel ",
            "seedream jobs settle ", "seedream resume ", "seedream report ", "seedream jobs --run ",
            "seedream status --ledger other.sqlite 1", "seedream status --ledger=other.sqlite 1",
            "seedream status --ledger none.sqlite ",
        ]
        let offers = try await shell.completions(
            of: lines, in: folder, environment: ["XDG_STATE_HOME": folder.file("state")])
        let words = Dictionary(uniqueKeysWithValues: zip(lines, offers.map { $0.map(\.word) }))
        #expect(Set(words["seedream status "] ?? []).isSuperset(of: ["1111aaaa", "2222bbbb", "3333cccc"]))
        #expect(words["seedream status 2222"] == ["2222bbbb"])
        #expect(words["seedream status 2222bbbb-"] == ["2222bbbb-0000-4000-8000-000000000002"])
        #expect(words["seedream cancel "].map(Set.init) == ["1111aaaa", "3333cccc"])
        #expect(words["seedream jobs settle "].map(Set.init) == ["1111aaaa", "3333cccc"])
        for line in ["seedream resume ", "seedream report "] {
            #expect(words[line]?.contains(runs.unnamed.id) == true, "\(line)")
            #expect(words[line]?.contains("1111aaaa") == true, "\(line)")
        }
        #expect(words["seedream resume "]?.contains("2222bbbb") == false)
        // The name of a run is no command that a shell executes.
        #expect(words["seedream jobs --run "]?.contains { $0.contains("spring") } == true)
        #expect(words["seedream jobs --run "]?.contains(runs.unnamed.id) == true)
        #expect(words["seedream status --ledger other.sqlite 1"] == ["1111aaaa"])
        #expect(words["seedream status --ledger=other.sqlite 1"] == ["1111aaaa"])
        #expect(words["seedream status --ledger none.sqlite "] == [])
        #expect(try folder.names() == before)
        if shell != .bash {
            #expect(offers[1].first?.description.contains("failed") == true)
        }
    }

    @Test("is silent about a ledger that is missing, damaged, locked or not this user's, and leaves it")
    func unusable() async throws {
        let folder = try TemporaryFolder()
        let damaged = try folder.write("no ledger".utf8, as: "damaged.sqlite")
        let exposed = folder.file("exposed.sqlite")
        _ = try await Self.ledger(exposed)
        #expect(chmod(exposed, 0o666) == 0)
        for path in [damaged, exposed, folder.file("none.sqlite"), folder.path, ""] {
            let bytes = FileManager.default.contents(atPath: path)
            let result = try await CommandRunner().run([
                "---completion", "status", "--", "positional@0", "2", "0", "seedream", "status", "",
                "--ledger",
                path,
            ])
            #expect(result.status == 0, "\(path)")
            #expect(result.text == "", "\(path)")
            #expect(result.errors == "", "\(path)")
            #expect(FileManager.default.contents(atPath: path) == bytes)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.sqlite")))
    }
}
#endif
