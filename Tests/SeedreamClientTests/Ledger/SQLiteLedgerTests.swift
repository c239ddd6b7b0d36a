#if Client
import Platform
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("the SQLite ledger")
struct SQLiteLedgerTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    // MARK: The file

    @Test("is created with its folders, for its user alone, and keeps its content when reopened")
    func file() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/seedream/jobs.sqlite")
        let job = SampleJob.submitting()
        let ledger = try SQLiteLedger.open(path: path)
        #expect(ledger.path == path)
        try await ledger.insert(job)
        for name in ["", "-wal", "-shm"] { #expect(try mode(path + name) == 0o600) }
        #expect(try mode(folder.file("state")) == 0o700)
        #expect(try mode(path + ".owners") == 0o700)
        ledger.close()
        let again = try SQLiteLedger.open(path: path)
        #expect(try await again.job(job.id) == job)
    }

    @Test("is in the state folder")
    func place() {
        #expect(SQLiteLedger.defaultPath == "\(StateFolder.path())/jobs.sqlite")
        #expect(SQLiteLedger.defaultPath.hasPrefix("/"))
    }

    @Test("is a database with its own application id, in WAL mode")
    func format() async throws {
        let folder = try TemporaryFolder()
        let ledger = try SQLiteLedger.open(path: folder.file("jobs"))
        try await ledger.insert(SampleJob.submitting("abcd"))
        let database = try TestDatabase.open(folder.file("jobs"))
        #expect(try database.integer("PRAGMA application_id") == 0x5344_524D)
        #expect(try database.integer("PRAGMA user_version") == 3)
        #expect(try database.text("PRAGMA journal_mode") == "wal")
        let row = try #require(try database.run("SELECT * FROM job").first)
        #expect(try row.text("id") == "abcd")
        #expect(try row.text("provider") == "fal")
        #expect(try row.text("state") == "submitting")
        #expect(try row.text("owner").count == 36)
    }

    // MARK: Owners

    @Test("keeps the records of a killed process, and gives its job to the next one")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try SQLiteLedger.open(path: path)
            try await ledger.insert(SampleJob.submitting("abcd"))
            try await ledger.update("abcd") { $0.state = .accepted }
            kill(getpid(), SIGKILL)
            ledger.close()
        }
        func owners() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path + ".owners").filter { $0 != "opening" }
        }
        // The killed process left its file; the next one removes it.
        let left = try owners()
        #expect(left.count == 1)
        let ledger = try SQLiteLedger.open(path: path)
        #expect(try owners().count == 1)
        #expect(try owners() != left)
        #expect(try await ledger.claim("abcd")?.state == .accepted)
        ledger.close()
        #expect(try owners() == [])
    }

    @Test("takes over from an owner that was killed while others had the ledger open")
    func takeover() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        let ledger = try SQLiteLedger.open(path: path)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try SQLiteLedger.open(path: path)
            try await ledger.insert(SampleJob.submitting("abcd"))
            kill(getpid(), SIGKILL)
            ledger.close()
        }
        let other = try SQLiteLedger.open(path: path)
        #expect(try await ledger.claim("abcd")?.id == "abcd")
        #expect(try await other.claim("abcd") == nil)
    }

    // MARK: Refusals

    @Test(
        "leaves other files alone",
        arguments: ["Dear ledger, this is a letter. ", "SQLite format 3\u{0}"])
    func letter(_ text: String) throws {
        let folder = try TemporaryFolder()
        let bytes = Array(String(repeating: text, count: 100).utf8)
        let path = try folder.write(bytes, as: "jobs")
        let error = #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: path) }
        guard case .damaged(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == bytes)
    }

    @Test("leaves the database of another program alone")
    func otherProgram() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("places.sqlite")
        try TestDatabase.change(path, "CREATE TABLE place (id INTEGER)")
        let before = FileManager.default.contents(atPath: path)
        #expect(throws: LedgerError.damaged(path: path, reason: "it is the database of another program")) {
            try SQLiteLedger.open(path: path)
        }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test("refuses a file of a later version")
    func later() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        try SQLiteLedger.open(path: path).close()
        try TestDatabase.change(path, "PRAGMA user_version = 4")
        #expect(throws: LedgerError.tooNew(path: path)) { try SQLiteLedger.open(path: path) }
    }

    @Test("refuses a truncated file", arguments: [0.3, 0.6, 0.9])
    func cut(_ share: Double) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        let ledger = try SQLiteLedger.open(path: path)
        for _ in 0..<30 { try await ledger.insert(SampleJob.submitting()) }
        ledger.close()
        let bytes = try #require(FileManager.default.contents(atPath: path))
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: LedgerError.self) {
            let ledger = try SQLiteLedger.open(path: path)
            _ = try await ledger.jobs(in: nil, limit: nil)
        }
        guard case .damaged(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("reports a damaged record, and continues with the others")
    func damagedRecord() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        let ledger = try SQLiteLedger.open(path: path)
        try await ledger.insert(SampleJob.submitting("abcd"))
        try await ledger.insert(SampleJob.submitting("efgh"))
        try TestDatabase.change(path, "UPDATE job SET record = '{}' WHERE id = 'abcd'")
        let damaged = LedgerError.damaged(path: path, reason: "one of its records cannot be decoded")
        await #expect(throws: damaged) { try await ledger.job("abcd") }
        await #expect(throws: damaged) { try await ledger.update("abcd") { _ in } }
        #expect(try await ledger.update("efgh") { $0.state = .accepted }.state == .accepted)
    }

    @Test("names what cannot be opened")
    func notThere() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "file")
        for path in [folder.file("file/jobs"), folder.path] {
            let error = #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: path) }
            guard case .cannotOpen(path, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("refuses a read-only file", .enabled(if: geteuid() == 0, "root only"))
    func readOnly() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        try SQLiteLedger.open(path: path).close()
        #expect(chown(folder.path, 65_534, 65_534) == 0)
        for name in [path, path + ".owners"] { #expect(chown(name, 65_534, 65_534) == 0) }
        #expect(chmod(path, 0o444) == 0)
        try FileManager.default.removeItem(atPath: path + ".owners/opening")
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(setuid(65_534) == 0)
            let error = #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: path) }
            guard case .cannotWrite(path, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(
        "refuses a read-only folder and every ledger in it",
        .enabled(if: geteuid() == 0, "root only"))
    func readOnlyFolder() async throws {
        let folder = try TemporaryFolder()
        try SQLiteLedger.open(path: folder.file("jobs")).close()
        #expect(chown(folder.file("jobs"), 65_534, 65_534) == 0)
        try FileManager.default.removeItem(atPath: folder.file("jobs.owners"))
        #expect(chmod(folder.path, 0o755) == 0)
        for name in ["jobs", "new", "a/b"] {
            await #expect(processExitsWith: .success) { [path = folder.file(name) as String] in
                #expect(setuid(65_534) == 0)
                let error = #expect(throws: LedgerError.self) { try SQLiteLedger.open(path: path) }
                guard case .cannotOpen(path, let reason) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(reason.hasSuffix("Permission denied"))
            }
        }
    }

    @Test("reports a full disk, loses nothing, and continues when there is space again")
    func full() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.file("jobs") as String] in
            try await Self.fill(path)
        }
    }

    private static func fill(_ path: String) async throws {
        let ledger = try SQLiteLedger.open(path: path)
        try await ledger.insert(SampleJob.submitting("first"))
        // Each insertion writes some pages to the WAL.
        try FileLimit.set(500_000)
        var kept = 0
        var refusal: LedgerError?
        while refusal == nil, kept < 1000 {
            do throws(LedgerError) {
                try await ledger.insert(SampleJob.submitting("job-\(kept)"))
                kept += 1
            } catch {
                refusal = error
            }
        }
        #expect(kept > 2)
        guard case .cannotWrite(path, _) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        // The existing records can still be read.
        let count = try await ledger.jobs(in: nil, limit: nil).count
        #expect(count == kept + 1)
        try FileLimit.set(nil)
        try await ledger.insert(SampleJob.submitting("last"))
        ledger.close()
        let again = try SQLiteLedger.open(path: path)
        let final = try await again.jobs(in: nil, limit: nil).count
        #expect(final == kept + 2)
        again.close()
    }
}
#endif
