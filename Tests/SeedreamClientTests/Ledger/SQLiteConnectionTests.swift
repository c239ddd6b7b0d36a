#if Client
import Foundation
import SeedreamClient
import TestSupport
import Testing

@Suite("a connection to SQLite")
struct SQLiteConnectionTests {
    private static func memory() throws -> SQLiteConnection {
        try SQLiteConnection("", .memory, patience: 0)
    }

    @Test(
        "returns texts as they were given",
        arguments: ["", "a", "a\0b", "\0", "é", "e\u{301}", "👩‍👩‍👧", String(repeating: "x", count: 1_000_000)])
    func texts(_ text: String) throws {
        let database = try Self.memory()
        let values = try database.run("SELECT ? AS value, typeof(?1) AS type", [text])
        #expect(try Array(values[0].text("value").utf8) == Array(text.utf8))
        #expect(try values[0].text("type") == "text")
    }

    @Test("returns numbers as they were given, and tells NULL apart")
    func numbers() throws {
        let database = try Self.memory()
        for number in [0, 1, -1, Int.max, Int.min] {
            #expect(try database.integer("SELECT ?", [number]) == number)
        }
        for number in [0, 0.1, -1.5e300, Double.leastNonzeroMagnitude, .infinity] {
            #expect(try database.run("SELECT ? AS n", [number])[0].number("n") == number)
        }
        let row = try database.run("SELECT ? AS a, ? AS b, ? AS c", [nil, true, 2])[0]
        #expect(try row.optional("a") == nil)
        #expect(try row.integer("b") == 1)
        // A whole number in a column of reals is stored as an integer.
        #expect(try row.number("c") == 2)
        #expect(try database.text("SELECT 'a' WHERE FALSE") == nil)
        #expect(try database.integer("SELECT NULL") == nil)
    }

    @Test("refuses a column of another type, or that is not there")
    func types() throws {
        let row = try Self.memory().run("SELECT 'a' AS a, 1 AS b, NULL AS c, x'FF' AS d")[0]
        #expect(throws: SQLiteFailure.self) { try row.integer("a") }
        #expect(throws: SQLiteFailure.self) { try row.number("a") }
        #expect(throws: SQLiteFailure.self) { try row.text("b") }
        #expect(throws: SQLiteFailure.self) { try row.optional("b") }
        #expect(throws: SQLiteFailure.self) { try row.text("c") }
        #expect(throws: SQLiteFailure.self) { try row.text("e") }
        #expect(try row.text("d") == "\u{FFFD}")
    }

    @Test("undoes a transaction that throws, and can begin the next one")
    func undone() throws {
        struct Stop: Error {}
        let database = try Self.memory()
        try database.run("CREATE TABLE t (n INTEGER UNIQUE)")
        #expect(throws: Stop.self) {
            try database.transaction { database in
                try database.run("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        #expect(!database.isInTransaction)
        #expect(throws: SQLiteFailure.self) {
            try database.transaction { database in
                try database.run("INSERT INTO t VALUES (2)")
                try database.run("INSERT INTO t VALUES (2)")
            }
        }
        #expect(try database.integer("SELECT count(*) FROM t") == 0)
        try database.transaction { _ = try $0.run("INSERT INTO t VALUES (3), (4)") }
        #expect(database.changes == 2)
        #expect(try database.run("SELECT n FROM t ORDER BY n").map { try $0.integer("n") } == [3, 4])
    }

    @Test("undoes a transaction that cannot be committed, or for which there is no room")
    func uncommitted() throws {
        let folder = try TemporaryFolder()
        let file = try TestDatabase.open(folder.file("file"))
        try file.runAll("CREATE TABLE t (n); INSERT INTO t VALUES (1), (2)")
        let reader = try TestDatabase.open(folder.file("file"))
        let other = try SQLiteConnection(folder.file("file"), .writing, patience: 0)
        // Without WAL, a reader in the middle of a statement keeps a writer from its commit.
        try reader.forEachRow(of: "SELECT n FROM t", []) { _ in
            let failure = #expect(throws: SQLiteFailure.self) {
                try other.transaction { try $0.run("INSERT INTO t VALUES (3)") }
            }
            #expect(failure?.message == "database is locked")
            #expect(!other.isInTransaction)
        }
        try other.run("PRAGMA max_page_count = 2")
        #expect(throws: SQLiteFailure.self) {
            try other.transaction { database in
                for _ in 0..<3 { try database.run("INSERT INTO t VALUES (zeroblob(3000))") }
            }
        }
        #expect(!other.isInTransaction)
        try other.transaction { _ = try $0.run("INSERT INTO t VALUES (4)") }
        #expect(try file.run("SELECT n FROM t").map { try $0.integer("n") } == [1, 2, 4])
    }

    @Test("stops at the row for which the caller throws, and is usable afterwards")
    func stops() throws {
        struct Stop: Error {}
        let database = try Self.memory()
        try database.runAll("CREATE TABLE t (n); INSERT INTO t VALUES (1), (2), (3)")
        var seen = 0
        #expect(throws: Stop.self) {
            try database.forEachRow(of: "SELECT n FROM t ORDER BY n", []) { row in
                seen = try row.integer("n")
                if seen == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
        try database.run("DROP TABLE t")
    }

    @Test("says what SQLite says of a statement, a value or a file")
    func failures() throws {
        let folder = try TemporaryFolder()
        let database = try Self.memory()
        let failure = #expect(throws: SQLiteFailure.self) { try database.run("SELECT * FROM absent") }
        #expect(failure?.message == "no such table: absent")
        for values in [[], [1, 2]] {
            #expect(throws: SQLiteFailure.self) { try database.run("SELECT ?", values) }
        }
        #expect(throws: SQLiteFailure.self) { try database.run("SELECT 1; SELECT 2") }
        #expect(throws: SQLiteFailure.self) { try database.runAll("SELECT 1; SELEC 2") }
        #expect(throws: SQLiteFailure.self) {
            try SQLiteConnection(folder.file("absent"), .writing, patience: 0)
        }
        try folder.write(Array("no database, but quite a lot of text".utf8), as: "text")
        let text = try SQLiteConnection(folder.file("text"), .writing, patience: 0)
        let other = #expect(throws: SQLiteFailure.self) { try text.integer("PRAGMA user_version") }
        #expect(other?.message == "file is not a database")
        database.close()
        let closed = #expect(throws: SQLiteFailure.self) { try database.run("SELECT 1") }
        #expect(closed?.message == "it was closed")
    }

    @Test("waits for another connection's transaction as long as it may, and no longer")
    func busy() throws {
        let folder = try TemporaryFolder()
        let writer = try TestDatabase.open(folder.file("file"))
        try writer.runAll("CREATE TABLE t (n); BEGIN IMMEDIATE")
        for patience in [0, 1] {
            let other = try SQLiteConnection(folder.file("file"), .writing, patience: patience)
            let start = ContinuousClock.now
            let failure = #expect(throws: SQLiteFailure.self) { try other.run("BEGIN IMMEDIATE") }
            #expect(failure?.message == "database is locked")
            let waited = ContinuousClock.now - start
            #expect(waited >= .seconds(patience) && waited < .seconds(patience + 10))
        }
        try writer.run("COMMIT")
        try SQLiteConnection(folder.file("file"), .writing, patience: 0).run("INSERT INTO t VALUES (1)")
    }

    @Test("copies a file into memory")
    func copies() throws {
        let folder = try TemporaryFolder()
        let file = try TestDatabase.open(folder.file("file"))
        try file.runAll("PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES (7)")
        let copy = try Self.memory()
        try file.copy(to: copy)
        file.close()
        #expect(try copy.integer("SELECT n FROM t") == 7)
        #expect(try copy.has("t"))
        #expect(try !copy.has("u"))
        #expect(throws: SQLiteFailure.self) { try file.copy(to: copy) }
    }
}
#endif
