#if Postgres
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Servers and connections that are lost in the middle.
@Suite("a PostgreSQL ledger that is lost", .timeLimit(.minutes(5)))
struct PostgresLossTests {
    private static func url(_ text: String) throws -> DatabaseURL { try #require(DatabaseURL(text)) }

    private static func note(_ number: Int, in job: inout JobRecord) {
        job.files.append(
            SavedFile(index: number, path: "/\(number)", sha256: "", byteCount: 0, mediaType: "image/png"))
    }

    /// A database that is reached through a relay.
    private struct Bench {
        let folder: TemporaryFolder
        let proxy: CuttingProxy
        let direct: PostgresLedger
        let relayed: PostgresLedger

        init(lease: Double = 30, patience: Double = 10) throws {
            let server = try PostgresServer.shared.get()
            let database = try server.makeDatabase()
            folder = try TemporaryFolder()
            direct = try PostgresLedger.open(
                try PostgresLossTests.url(server.url(database)), stateFolder: folder.path)
            proxy = try CuttingProxy(to: server.port)
            // TLS would hide the commits from the relay.
            let text = server.url(database).replacing(":\(server.port)/", with: ":\(proxy.port)/")
            relayed = try PostgresLedger.open(
                try url(text + "?sslmode=disable"), lease: lease, patience: patience,
                stateFolder: folder.path)
        }
    }

    @Test("does each change once if the connection breaks around its commit")
    func commits() async throws {
        let bench = try Bench()
        let row = try await bench.direct.row(
            "K#1", label: "a",
            in: bench.direct.join(
                RunRecord(.init(command: "edit", sources: [], destination: "", origin: "o", name: "n"))
            ).id)
        #expect(try await bench.relayed.begin(row))
        var job = SampleJob.submitting("abcd")
        job.destination = Destination(folder: "/out")
        job.row = RowReference(run: row.run, number: row.number, key: "K#1", content: "K")
        bench.proxy.cut(.before, .after, .before)
        try await bench.relayed.insert(job, within: nil, slots: 1)
        #expect(bench.proxy.left == 0)
        #expect(try await bench.direct.jobs(in: nil, limit: nil).map(\.id) == ["abcd"])
        for number in 0..<10 {
            bench.proxy.cut(.after, .before, .after)
            let changed = try await bench.relayed.update("abcd") { Self.note(number, in: &$0) }
            #expect(changed.files.count == number + 1)
        }
        #expect(try await bench.direct.job("abcd")?.files.map(\.index) == Array(0..<10))
        // A change of state that another process has already followed by its own.
        bench.proxy.cut(.after)
        #expect(try await bench.relayed.update("abcd") { $0.state = .accepted }.state == .accepted)
        for _ in 0..<4 {
            bench.proxy.cut(.after)
            try await bench.relayed.release("abcd")
            bench.proxy.cut(.after, .before)
            #expect(try await bench.relayed.claim("abcd") != nil)
        }
        #expect(try await bench.relayed.row(labelled: "a", in: row.run)?.state == .accepted)
    }

    @Test("withdraws a job whose insertion failed, but was committed")
    func doubtful() async throws {
        let bench = try Bench(lease: 1.5, patience: 1)
        let row = try await bench.direct.row(
            "K#1", label: "a",
            in: bench.direct.join(
                RunRecord(.init(command: "edit", sources: [], destination: "", origin: "o", name: "n"))
            ).id)
        #expect(try await bench.relayed.begin(row))
        var job = SampleJob.submitting("abcd")
        job.row = RowReference(run: row.run, number: row.number, key: "K#1", content: "K")
        bench.proxy.cut(.afterAndClose)
        let start = ContinuousClock.now
        let error = await #expect(throws: LedgerError.self) { try await bench.relayed.insert(job) }
        guard case .cannotConnect(_, .unreachable, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await bench.direct.job("abcd")?.state == .submitting, "it was committed")
        bench.proxy.setOpen(true)
        try await eventually("it is withdrawn") { try await bench.direct.job("abcd") == nil }
        #expect(try await bench.direct.row(labelled: "a", in: row.run)?.state == .waiting)
    }

    @Test("loses nothing and doubles nothing while the server is stopped and started")
    func restarts() async throws {
        let server = try PostgresServer()
        defer { server.stop(SIGQUIT) }
        let url = try Self.url(server.url(try server.makeDatabase()))
        let folder = try TemporaryFolder()
        let ledgers = try (0..<4).map { _ in
            try PostgresLedger.open(url, patience: 60, stateFolder: folder.path)
        }
        let (work, ids) = (Recorder<String>(), Recorder<String>())
        try await withThrowingTaskGroup { group in
            for (index, ledger) in ledgers.enumerated() {
                group.addTask {
                    for number in 0..<150 {
                        let job = SampleJob.submitting("job-\(index)-\(number)")
                        try await ledger.insert(job, within: nil, slots: 1000)
                        try await ledger.update(job.id) { Self.note(number, in: &$0) }
                        try await ledger.update(job.id) { $0.state = .accepted }
                        ids.append(job.id)
                    }
                    work.append("done")
                }
            }
            group.addTask {
                for number in 1...4 {
                    try await eventually("some work") { ids.all.count > number * 60 || work.all.count == 4 }
                    server.stop(SIGQUIT)
                    try server.start()
                }
            }
            try await group.waitForAll()
        }
        let jobs = try await ledgers[0].jobs(in: nil, limit: nil)
        #expect(jobs.count == 600 && Set(jobs.map(\.id)) == Set(ids.all))
        #expect(jobs.allSatisfy { $0.state == .accepted && $0.files.count == 1 })
    }

    @Test("stops buying, keeps what a provider accepted, and has it recorded by the next process")
    func spooled() async throws {
        let server = try PostgresServer()
        defer { server.stop(SIGQUIT) }
        let folder = try TemporaryFolder()
        let url = try Self.url(server.url(try server.makeDatabase()))
        let pending = folder.file("pending")
        func spooling() throws -> SpoolingLedger {
            SpoolingLedger(
                try PostgresLedger.open(url, patience: 0.5, stateFolder: folder.path), folders: [pending],
                pauses: [0.01])
        }
        let ledger = try spooling()
        try await ledger.insert(SampleJob.submitting("job-1"))
        try await ledger.insert(SampleJob.submitting("job-2"))
        server.stop(SIGQUIT)
        let start = ContinuousClock.now
        for id in ["job-1", "job-2"] {
            let accepted = try await ledger.update(id) {
                $0.state = .accepted
                $0.ticket = JobTicket(requestID: "r-\(id)", model: "m")
            }
            #expect(accepted.state == .accepted)
        }
        let error = await #expect(throws: LedgerError.self) {
            try await ledger.insert(SampleJob.submitting("job-3"))
        }
        guard case .cannotConnect(_, .unreachable, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(ledger.unrecorded.count == 2)
        for name in try FileManager.default.contentsOfDirectory(atPath: pending) {
            let text = try String(contentsOfFile: "\(pending)/\(name)", encoding: .utf8)
            #expect(text.contains("accepted"))
            #expect(!text.contains(server.encodedPassword) && !text.contains("127.0.0.1"))
        }
        try server.start()
        // Another process of this machine, while the first still lives.
        let next = try spooling()
        #expect(try await next.job("r-job-1")?.state == .accepted)
        #expect(try await next.ledgerJob("job-2")?.state == .accepted)
        // The first one goes on.
        try await ledger.insert(SampleJob.submitting("job-3"))
        #expect(ledger.unrecorded.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: pending).isEmpty)
    }

    @Test("ends many waiting calls together, within the time of one")
    func bounded() async throws {
        let server = try PostgresServer()
        let url = try Self.url(server.url(try server.makeDatabase()))
        let folder = try TemporaryFolder()
        let ledger = try PostgresLedger.open(url, patience: 1, stateFolder: folder.path)
        server.stop(SIGQUIT)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await #expect(throws: LedgerError.self) { try await ledger.jobs(in: nil, limit: 1) }
                }
            }
        }
        #expect(ContinuousClock.now - start < .seconds(15))
    }
}

extension SpoolingLedger {
    /// Returns the job as the wrapped ledger has it.
    fileprivate func ledgerJob(_ id: String) async throws -> JobRecord? {
        unrecorded.contains { $0.job.id == id } ? nil : try await job(id)
    }
}
#endif
