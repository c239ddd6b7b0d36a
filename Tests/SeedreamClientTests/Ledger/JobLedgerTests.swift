import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// The behaviour of every ledger.
@Suite("ledgers")
struct JobLedgerTests {
    @Test("keep all fields of a job", arguments: LedgerKind.allCases)
    func keeping(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        var job = SampleJob.finished(
            [GeneratedImage(location: .url("https://v3.fal.media/x.png?sig=1"), byteCount: 3)], in: "/out")
        job.error = ClientError(
            .result, provider: .fal, operation: "fal.save", message: "picture 1: gone", purchase: .taken)
        job.files = [
            SavedFile(index: 0, path: "/out/a.png", sha256: "00", byteCount: 3, mediaType: "image/png")
        ]
        job.baseURL = "http://127.0.0.1:1/fal"
        try await ledger.insert(job)
        // Added by the ledger: names that no other job gets.
        job.names = ["dog-1": "dog-1", "dog-2": "dog-2"]
        #expect(try await ledger.job(job.id) == job)
        #expect(try await ledger.jobs(in: nil, limit: nil) == [job])
        #expect(try await ledger.job("no-such") == nil)
        await #expect(throws: LedgerError.self) { try await ledger.insert(job) }
    }

    @Test(
        "list the newest first, in the requested states and number",
        arguments: LedgerKind.allCases)
    func listing(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        // Two jobs of the same moment: the one inserted later is the newer.
        for (id, created) in [("b", 200.0), ("a", 100), ("d", 300), ("c", 300)] {
            try await ledger.insert(SampleJob.submitting(id, created: created))
        }
        try await ledger.update("b") { $0.state = .accepted }
        func ids(_ states: Set<JobState>?, _ limit: Int?) async throws -> [String] {
            try await ledger.jobs(in: states, limit: limit).map(\.id)
        }
        #expect(try await ids(nil, nil) == ["c", "d", "b", "a"])
        #expect(try await ids(nil, 2) == ["c", "d"])
        #expect(try await ids(nil, 0) == [])
        #expect(try await ids([.accepted], nil) == ["b"])
        #expect(try await ids([.accepted, .submitting], 3) == ["c", "d", "b"])
        #expect(try await ids([], nil) == [])
    }

    @Test(
        "find a job by its id, by the provider's id, and by the beginning of its own",
        arguments: LedgerKind.allCases
    )
    func lookup(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        for id in ["abcd1111", "abcd2222", "abce3333"] {
            try await ledger.insert(SampleJob.submitting(id))
        }
        try await ledger.update("abcd1111") { job in
            (job.state, job.ticket) = (.accepted, JobTicket(requestID: "Host_1", model: "m"))
        }
        // A synchronous provider has no ticket; its result names the request.
        try await ledger.update("abcd2222") { job in
            job.state = .finished
            job.result = GenerationResult(images: [], requestID: "Host_2")
        }
        #expect(try await ledger.job("abcd1111")?.id == "abcd1111")
        #expect(try await ledger.job("ABCD1111")?.id == "abcd1111")
        #expect(try await ledger.job("Host_1")?.id == "abcd1111")
        #expect(try await ledger.job("Host_2")?.id == "abcd2222")
        #expect(try await ledger.job("abce")?.id == "abce3333")
        #expect(try await ledger.job("abcd1")?.id == "abcd1111")
        // Three characters are too few, and wildcards of SQL stand for themselves.
        for id in ["abc", "abce4", "a%ce", "____", "", "Host_"] { #expect(try await ledger.job(id) == nil) }
        await #expect(throws: LedgerError.ambiguous("abcd", count: 2)) { try await ledger.job("abcd") }
        try await ledger.insert(SampleJob.finished([], in: "/out", request: "Host_1"))
        await #expect(throws: LedgerError.ambiguous("Host_1", count: 2)) { try await ledger.job("Host_1") }
    }

    @Test("allow a job's permitted changes of state, and no others", arguments: LedgerKind.allCases)
    func transitions(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        for from in JobState.allCases {
            for to in JobState.allCases {
                var job = SampleJob.submitting("\(from.rawValue)-\(to.rawValue)")
                job.state = from
                try await ledger.insert(job)
                let change: @Sendable (inout JobRecord) -> Void = { ($0.state, $0.prompt) = (to, "changed") }
                if from == to || from.mayBecome(to) {
                    let updated = try await ledger.update(job.id, change)
                    #expect((updated.state, updated.prompt) == (to, "changed"))
                    #expect(updated.updated > job.updated)
                    #expect(try await ledger.job(job.id) == updated)
                } else {
                    await #expect(throws: LedgerError.forbiddenTransition(from: from, to: to)) {
                        try await ledger.update(job.id, change)
                    }
                    #expect(try await ledger.job(job.id) == job)
                }
            }
        }
    }

    @Test(
        "keep a job's id and creation time, and never move its update time back",
        arguments: LedgerKind.allCases)
    func fixed(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        var job = SampleJob.submitting("abcd")
        // The clock was wrong then, or is now.
        job.updated = 9e9
        try await ledger.insert(job)
        let updated = try await ledger.update("abcd") { ($0.id, $0.created, $0.updated) = ("x", 1, 1) }
        #expect((updated.id, updated.created, updated.updated) == ("abcd", job.created, 9e9))
    }

    @Test("do not know jobs that were not inserted", arguments: LedgerKind.allCases)
    func unknown(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        await #expect(throws: LedgerError.notFound("x")) { try await ledger.update("x") { _ in } }
        await #expect(throws: LedgerError.notFound("x")) { try await ledger.claim("x") }
        await #expect(throws: LedgerError.notFound("x")) { try await ledger.release("x") }
    }

    @Test(
        "record an accepted job even if the task is cancelled", arguments: LedgerKind.allCases)
    func cancelled(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let job = SampleJob.submitting()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await ledger.insert(job)
            try await ledger.update(job.id) { $0.state = .accepted }
            return try await ledger.claim(job.id)?.state
        }
        task.cancel()
        #expect(try await task.value == .accepted)
    }
}
