#if Postgres
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Databases that cannot hold a ledger.
@Suite("a PostgreSQL ledger that cannot be used", .timeLimit(.minutes(5)))
struct PostgresRefusalTests {
    private let server: PostgresServer
    private let database: String
    private let folder: TemporaryFolder

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
        folder = try TemporaryFolder()
    }

    private func run(_ sql: String) throws -> String { try server.run(sql, in: database) }

    private func open(_ text: String, access: LedgerAccess = .creating) throws -> PostgresLedger {
        try PostgresLedger.open(
            try #require(DatabaseURL(text)), access: access, stateFolder: folder.path)
    }

    /// Opens a ledger that must be refused, and checks that the error has no password.
    private func refusal(_ text: String, _ access: LedgerAccess = .creating) throws -> LedgerError? {
        let error = #expect(throws: LedgerError.self) { try PostgresLedger.open(text, access: access) }
        var dumped = ""
        dump(error, to: &dumped)
        for printed in ["\(String(describing: error))", error?.remedy.text(in: .library) ?? "", dumped] {
            for secret in [server.password, server.encodedPassword, "w@rd", "s3cret"] {
                #expect(!printed.contains(secret), "\(printed)")
            }
        }
        return error
    }

    private func fault(_ text: String, _ access: LedgerAccess = .creating) throws
        -> LedgerError.ConnectionFault?
    {
        let error = try refusal(text, access)
        guard case .cannotConnect(_, let cause, _) = error else {
            Issue.record("\(String(describing: error))")
            return nil
        }
        return cause
    }

    @Test("is named, with the reason")
    func reasons() throws {
        let place = "127.0.0.1:\(server.port)"
        #expect(try fault("postgresql://postgres:s3cret@\(place)/\(database)") == .credentials)
        #expect(try fault("postgresql://nobody:s3cret@\(place)/\(database)") == .credentials)
        #expect(try fault(server.url("no-such")) == .noDatabase)
        #expect(try fault("postgresql://postgres:s3cret@127.0.0.1:1/x") == .unreachable)
        #expect(try fault("postgresql://postgres:s3cret@no.such.host.invalid/x") == .unreachable)
        for text in [
            "postgresql://me:s3cret@\(place)/x?no_such=1", "postgresql://me:s3cret@127.0.0.1:port/x",
            "postgresql://me:s3@cret@\(place)/x", "postgresql://me:s3/cret@\(place)/x",
            "postgresql://me:s3cret%zz@\(place)/x", "sqlite://x",
        ] { #expect(try fault(text) == .unsuitable, "\(text)") }
    }

    @Test("is another program behind the port")
    func otherProtocol() throws {
        let peer = try HTTPPeer()
        #expect(try fault("postgresql://me:s3cret@127.0.0.1:\(peer.port)/x") == .otherProtocol)
    }

    @Test("is of a later version, also if it was migrated while it was open")
    func later() async throws {
        let ledger = try open(server.url(database))
        _ = try run("UPDATE seedream.version SET number = 99")
        let tooNew = LedgerError.tooNew(path: ledger.url)
        for access in [LedgerAccess.creating, .existing, .reading, .viewing] {
            #expect(try refusal(server.url(database), access) == tooNew)
        }
        // An administrator ends the sessions for the migration.
        _ = try run(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '\(database)' AND pid <> pg_backend_pid()"
        )
        await #expect(throws: tooNew) { try await ledger.insert(SampleJob.submitting()) }
    }

    @Test("is the schema of another program, or no ledger of ours")
    func foreign() throws {
        _ = try run("CREATE SCHEMA seedream; CREATE TABLE seedream.plant (name text)")
        guard case .damaged = try refusal(server.url(database)) else {
            Issue.record("expected it to be refused")
            return
        }
        #expect(
            try run("SELECT count(*) FROM pg_class WHERE relnamespace = 'seedream'::regnamespace") == "1")
    }

    @Test("is another ledger than before, behind the same address")
    func replaced() async throws {
        let ledger = try open(server.url(database))
        _ = try run("UPDATE seedream.version SET identity = 'other'")
        _ = try run(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '\(database)' AND pid <> pg_backend_pid()"
        )
        let error = await #expect(throws: LedgerError.self) {
            try await ledger.insert(SampleJob.submitting())
        }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("has another encoding than UTF-8")
    func encoding() throws {
        let name = "\(database)_latin"
        try server.run(
            "CREATE DATABASE \(name) ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        #expect(try fault(server.url(name)) == .unsuitable)
    }

    @Test("is read-only: it can be listed, and nothing is sent")
    func readOnly() async throws {
        let first = try open(server.url(database))
        try await first.insert(SampleJob.submitting("abcd"))
        try server.run("ALTER DATABASE \(database) SET default_transaction_read_only = on")
        for access in [LedgerAccess.creating, .existing] {
            guard case .cannotWrite = try refusal(server.url(database), access) else {
                Issue.record("expected it to be refused")
                continue
            }
        }
        for access in [LedgerAccess.reading, .viewing] {
            let ledger = try open(server.url(database), access: access)
            #expect(try await ledger.job("abcd")?.id == "abcd")
            #expect(try await ledger.runs(limit: nil).isEmpty)
            await #expect(throws: LedgerError.self) { try await ledger.insert(SampleJob.submitting()) }
            await #expect(throws: LedgerError.self) { try await ledger.claim("abcd") }
        }
    }

    @Test("needs rights, which its owner can grant")
    func rights() async throws {
        let role = "role_\(database)"
        try server.run("CREATE ROLE \(role) LOGIN PASSWORD 's3cret'")
        let text = "postgresql://\(role):s3cret@127.0.0.1:\(server.port)/\(database)"
        #expect(try fault(text) == .rights)
        try open(server.url(database)).close()
        #expect(try fault(text) == .rights)
        _ = try run(
            """
            GRANT USAGE ON SCHEMA seedream TO \(role);
            GRANT SELECT ON ALL TABLES IN SCHEMA seedream TO \(role);
            """)
        #expect(try fault(text) == .rights)
        let reader = try open(text, access: .reading)
        #expect(try await reader.jobs(in: nil, limit: nil).isEmpty)
        _ = try run("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA seedream TO \(role)")
        let ledger = try open(text)
        try await ledger.insert(SampleJob.submitting("abcd"))
        #expect(try await ledger.update("abcd") { $0.state = .accepted }.state == .accepted)
    }
}

/// A server that speaks HTTP.
private final class HTTPPeer: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let listening = try LoopbackSocket.listening()
        (descriptor, port) = (listening.descriptor, listening.port)
        let descriptor = descriptor
        Thread.detachNewThread {
            while case let client = accept(descriptor, nil, nil), client >= 0 {
                var buffer = [UInt8](repeating: 0, count: 1024)
                _ = read(client, &buffer, buffer.count)
                _ = LoopbackSocket.send("HTTP/1.1 400 Bad Request\r\n\r\n".utf8, to: client)
                close(client)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
#endif
