#if Client
import Foundation
import SeedreamClient
import TestSupport
import Testing

/// A first start that is interrupted at any moment leaves a file that the next start continues.
@Suite("the ledger's first start")
struct LedgerStartTests {
    /// Opens a ledger, inserts a job, and closes it.
    private static func use(_ path: String) async throws {
        let ledger = try SQLiteLedger.open(path: path)
        try await ledger.insert(SampleJob.submitting())
        ledger.close()
    }

    private static func identity(_ path: String) throws -> [Int] {
        let database = try TestDatabase.open(path)
        return try ["application_id", "user_version"].map { try database.integer("PRAGMA \($0)") ?? -1 }
    }

    /// The states of the file before the table of jobs exists.
    private static let beginnings = [
        "an empty database": "VACUUM",
        "an empty database in WAL": "PRAGMA journal_mode = WAL",
        "the table of migrations alone, as version 0.1.0 wrote it": """
        PRAGMA journal_mode = WAL;
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)
        """,
        "the mark alone": "PRAGMA application_id = 1396986445",
        "the mark and the table of migrations, as version 0.2.0 wrote it": """
        PRAGMA application_id = 1396986445;
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)
        """,
    ]

    @Test("continues from every state that an interrupted start leaves", arguments: beginnings.keys.sorted())
    func beginning(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        try TestDatabase.change(path, try #require(Self.beginnings[name]))
        #expect(chmod(path, 0o600) == 0)
        try await Self.use(path)
        #expect(try Self.identity(path) == [0x5344_524D, 3])
        // Where version 0.2.0 looks for what is done.
        let steps = try TestDatabase.open(path).texts("SELECT identifier FROM grdb_migrations ORDER BY 1")
        #expect(steps == ["v1", "v2", "v3"])
    }

    @Test(
        "continues from an empty file, and ignores logs without a file",
        arguments: ["", "-wal", "-journal"])
    func empty(_ suffix: String) async throws {
        let folder = try TemporaryFolder()
        let bytes = suffix.isEmpty ? [] : Array("stray bytes of a log".utf8)
        try folder.write(bytes, as: "jobs\(suffix)")
        #expect(chmod(folder.file("jobs\(suffix)"), 0o600) == 0)
        try await Self.use(folder.file("jobs"))
        #expect(try Self.identity(folder.file("jobs")) == [0x5344_524D, 3])
    }

    @Test(
        "does not take another program's file for an unfinished ledger",
        arguments: [
            "CREATE TABLE grdb_migrations (identifier TEXT); INSERT INTO grdb_migrations VALUES ('v1')",
            "CREATE TABLE grdb_migrations (identifier TEXT); CREATE TABLE place (id)",
            "PRAGMA user_version = 3",
            "CREATE VIEW v AS SELECT 1",
        ])
    func other(_ statements: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        try TestDatabase.change(path, statements)
        #expect(chmod(path, 0o600) == 0)
        let before = FileManager.default.contents(atPath: path)
        #expect(throws: LedgerError.damaged(path: path, reason: "it is the database of another program")) {
            try SQLiteLedger.open(path: path)
        }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test("continues from a log that ends at any of its frames, or within one")
    func cutLog() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs")
        let ledger = try SQLiteLedger.open(path: path)
        try await ledger.insert(SampleJob.submitting("abcd"))
        let file = try #require(FileManager.default.contents(atPath: path))
        let log = try #require(FileManager.default.contents(atPath: path + "-wal"))
        ledger.close()
        // A header of 32 bytes, then frames of 24 bytes and a page of 4096.
        let frames = (log.count - 32) / 4120
        #expect(frames > 3)
        for cut in (0...frames).map({ 32 + $0 * 4120 }) + (0...frames).map({ 32 + $0 * 4120 - 17 })
        where cut <= log.count {
            let copy = folder.file("copy-\(cut)")
            try file.write(to: URL(fileURLWithPath: copy))
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            for name in [copy, copy + "-wal"] { #expect(chmod(name, 0o600) == 0) }
            try await Self.use(copy)
            #expect(try Self.identity(copy) == [0x5344_524D, 3])
        }
    }

    @Test("continues after a limit on the length of files is gone")
    func full() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            var refused = 0
            for length in stride(from: 0, through: 60_000, by: 500) {
                let file = "\(path)/jobs-\(length)"
                try FileLimit.set(length)
                do {
                    try await Self.use(file)
                } catch is LedgerError {
                    refused += 1
                }
                try FileLimit.set(nil)
                try await Self.use(file)
                let identity = try Self.identity(file)
                #expect(identity == [0x5344_524D, 3])
            }
            #expect(refused > 20)
        }
    }
}
#endif
