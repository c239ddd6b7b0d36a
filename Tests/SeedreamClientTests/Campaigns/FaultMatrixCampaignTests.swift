#if Client && Emulator
import Foundation
import ImageCodecs
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

/// Applies every fault to every operation of a request: each job ends as done, failed or unknown,
/// agrees with the provider's bookings, and is bought at most once.
@Suite("every fault at every operation")
struct FaultMatrixCampaignTests {
    /// A configuration of a provider; together the routes pass through all of its operations.
    struct Route: Sendable, CustomStringConvertible {
        var provider: ProviderID
        var name: String
        var operations: [String]
        var configure: @Sendable (inout ClientConfiguration) -> Void = { _ in }
        var isInline = false
        var description: String { name }
    }

    static let routes: [Route] = [
        Route(
            provider: .fal, name: "fal through the queue",
            operations: [
                "fal.initiate", "fal.put", "fal.submit", "fal.status", "fal.result", "fal.download",
            ],
            configure: { $0.imageTransport = .upload }),
        Route(
            provider: .fal, name: "fal in one request",
            operations: ["fal.token", "fal.upload", "fal.run", "fal.download"],
            configure: {
                $0.imageTransport = .upload
                $0.options.fal.uploadsWithToken = true
                $0.options.fal.mode = .run
            }),
        Route(
            provider: .fal, name: "fal with inline results", operations: ["fal.submit", "fal.result"],
            isInline: true),
        Route(provider: .aiml, name: "AIML", operations: ["aiml.generate", "aiml.download"]),
        Route(provider: .onerouter, name: "OneRouter", operations: ["onerouter.edit", "onerouter.download"]),
        Route(
            provider: .onerouter, name: "OneRouter with inline results", operations: ["onerouter.edit"],
            isInline: true),
        Route(
            provider: .apiframe, name: "Apiframe",
            operations: ["apiframe.upload", "apiframe.generate", "apiframe.job", "apiframe.download"]),
        Route(provider: .ark, name: "Ark", operations: ["ark.generate", "ark.download"]),
        Route(provider: .ark, name: "Ark with inline results", operations: ["ark.generate"], isInline: true),
    ]

    /// Every fault, in each of its forms.
    static let faults: [Fault] = [
        .delay(seconds: 0.2), .delay(seconds: 30), .refuse(seconds: 0.1), .refuse(seconds: 3),
        .reset(.duringRequest), .reset(.beforeHeaders), .reset(.afterAccept), .reset(.inHeaders),
        .reset(.inBody),
        .slowRead(bytesPerSecond: 1_000_000), .slowWrite(bytesPerSecond: 100_000),
        .slowWrite(bytesPerSecond: 20_000),
        .truncate(bytes: 0), .truncate(bytes: 40), .oversize(bytes: 3_000_000), .oversize(bytes: 80_000_000),
        .contentLength(offBy: 7), .contentLength(offBy: -7), .contentType("text/html"), .html(status: 200),
        .html(status: 403), .html(status: 502), .html(status: 503), .invalidJSON,
        .status(400, retryAfter: nil, accepted: false), .status(401, retryAfter: nil, accepted: false),
        .status(402, retryAfter: nil, accepted: false), .status(403, retryAfter: nil, accepted: false),
        .status(404, retryAfter: nil, accepted: false), .status(408, retryAfter: nil, accepted: false),
        .status(408, retryAfter: nil, accepted: true), .status(409, retryAfter: nil, accepted: false),
        .status(413, retryAfter: nil, accepted: false), .status(422, retryAfter: nil, accepted: false),
        .status(429, retryAfter: nil, accepted: false), .status(429, retryAfter: "0", accepted: false),
        .status(429, retryAfter: "-5", accepted: false),
        .status(429, retryAfter: "1000000000", accepted: false),
        .status(429, retryAfter: "date:1", accepted: false),
        .status(429, retryAfter: "soon", accepted: false),
        .status(500, retryAfter: nil, accepted: false), .status(500, retryAfter: nil, accepted: true),
        .status(502, retryAfter: nil, accepted: true), .status(503, retryAfter: nil, accepted: false),
        .status(503, retryAfter: nil, accepted: true), .status(504, retryAfter: nil, accepted: true),
        .answer(status: 200, headers: [:], body: ""), .answer(status: 200, headers: [:], body: "null"),
        .answer(
            status: 200, headers: ["Content-Type": "application/json"], body: "{\"status\":\"SLEEPING\"}"),
        .answer(status: 200, headers: [:], body: String(repeating: "[", count: 100_000)),
        .answer(status: 301, headers: ["Location": "http://127.0.0.1:1/"], body: ""),
        .answer(status: 204, headers: [:], body: ""),
        .jobFails, .moderated, .jobHangs, .jobVanishes, .notAnImage,
        .redirect(location: "http://169.254.169.254/latest/meta-data/"),
        .redirect(location: "file:///etc/passwd"),
    ]

    /// One fault at one operation.
    private struct Case: Sendable {
        var operation: String
        var fault: Fault
        /// The number of strikes: once, so that an allowed retry succeeds; or always, so that it
        /// does not.
        var count: Int?
    }

    /// Every fault at every operation, once and always, in a full campaign. Otherwise a
    /// subset: every other operation of all routes has a fault, half of them once, half always.
    private static func cases(_ route: Route) -> [Case] {
        if Campaign.isFull {
            return route.operations.flatMap { operation in
                faults.flatMap { fault in
                    [1, nil].map { Case(operation: operation, fault: fault, count: $0) }
                }
            }
        }
        let before = routes.prefix { $0.name != route.name }.reduce(0) { $0 + $1.operations.count }
        return route.operations.enumerated().flatMap { place, operation in
            faults.enumerated().compactMap { number, fault in
                let turn = before + place + number
                guard turn.isMultiple(of: 2) else { return nil }
                return Case(
                    operation: operation, fault: fault, count: (turn / 2).isMultiple(of: 2) ? 1 : nil)
            }
        }
    }

    @Test("ends as done, failed or unknown, and is bought at most once", arguments: routes)
    func matrix(_ route: Route) async throws {
        try await Self.run(Self.cases(route), on: route) { MemoryLedger() }
    }

    #if Postgres
    /// All cases in a full campaign, otherwise every fourth of its subset.
    @Test("the same with a ledger in PostgreSQL", arguments: routes)
    func postgres(_ route: Route) async throws {
        let server = try PostgresServer.shared.get()
        let folder = try TemporaryFolder()
        let url = try #require(DatabaseURL(server.url(try server.makeDatabase())))
        let ledger = try PostgresLedger.open(url, stateFolder: folder.path)
        let cases = Self.cases(route).enumerated().filter { Campaign.isFull || $0.offset % 4 == 0 }
        try await Self.run(cases.map(\.element), on: route) { ledger }
    }
    #endif

    private static func run(
        _ cases: [Case], on route: Route, ledger: @escaping @Sendable () -> any JobLedger
    ) async throws {
        let photo = try await Photo.prepared()
        var tally: [String: Int] = [:]
        // Most of the time is spent waiting for a provider that is slow or gone.
        try await withThrowingTaskGroup(of: String.self) { group in
            for (index, item) in cases.enumerated() {
                if index >= 32, let state = try await group.next() { tally[state, default: 0] += 1 }
                group.addTask { try await run(item, on: route, photo, ledger()) }
            }
            for try await state in group { tally[state, default: 0] += 1 }
        }
        #expect(tally.values.reduce(0, +) == cases.count)
        print(
            "\(route.name): \(tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))"
        )
    }

    private static func run(
        _ item: Case, on route: Route, _ photo: [PreparedImage], _ jobs: any JobLedger
    ) async throws -> String {
        let what =
            "\(route.name), \(item.fault) at \(item.operation), \(item.count.map { "\($0) time" } ?? "always")"
        return try await Rig.with {
            // Small images that are made quickly, since the test is about the calls.
            $0.ambiguities.resultType = "image/jpeg"
        } _: { rig in
            await rig.emulator.setFaults([FaultRule(item.operation, item.fault, count: item.count)])
            var ending = try await ending(of: route, photo, jobs, rig)
            check(ending, await rig.emulator.ledger, item, what)
            var state = ending.state.rawValue
            if !ending.state.isFinal, ![.jobHangs, .jobVanishes].contains(item.fault) {
                // The fault is gone, and open jobs are resumed.
                await rig.emulator.setFaults([])
                if case .refuse(let seconds) = item.fault { try await Task.sleep(for: .seconds(seconds)) }
                _ = try? await rig.client(route.provider, ledger: jobs).resume(ending.id)
                ending = try #require(try await jobs.job(ending.id))
                #expect(ending.state.isFinal, "still \(ending.state.rawValue): \(what)")
                check(ending, await rig.emulator.ledger, item, what)
                state = "\(ending.state.rawValue) when resumed"
            }
            let ledger = await rig.emulator.ledger
            #expect(ledger.count <= 1, "bought \(ledger.count) times: \(what)")
            return state
        }
    }

    /// Sends one request and follows it as far as it goes.
    private static func ending(
        of route: Route, _ photo: [PreparedImage], _ ledger: any JobLedger, _ rig: Rig
    ) async throws -> JobRecord {
        let client = try rig.client(route.provider, ledger: ledger) { configuration in
            configuration.readTimeout = 0.5
            configuration.paidReadTimeout = 0.7
            configuration.jobTimeout = 1
            configuration.retry.cap = 0.02
            configuration.retry.maximumRetryAfter = 2
            configuration.pollInterval = 0.01...0.05
            route.configure(&configuration)
        }
        var request = GenerationRequest(prompt: "put a hat on it", images: photo.map { .prepared($0) })
        request.size = .pixels(PixelSizeOf.small)
        request.delivery = route.isInline ? .inline : .url
        let id = SeedreamClient.newJobID()
        do {
            _ = try await client.run(request, to: rig.destination, id: id)
        } catch {
            #expect(!"\(error)".isEmpty)
            guard try await ledger.job(id) != nil else {
                // Nothing was sent, because the upload before it failed.
                return JobRecord.unsent(route.provider, error)
            }
        }
        return try #require(try await ledger.job(id))
    }

    /// Compares the client's record with the provider's bookings.
    private static func check(_ job: JobRecord, _ ledger: [LedgerEntry], _ item: Case, _ what: String) {
        switch job.state {
        case .saved:
            #expect(ledger.map(\.state) == [.billed], "saved and not billed: \(what)")
            for file in job.files {
                #expect(FileManager.default.fileExists(atPath: file.path), "\(what)")
                #expect(file.size != nil, "\(what)")
            }
        case .failed:
            // Refused, or given up by the provider. A job that is made and paid for is never
            // reported as failed, with one exception: fal documents that it does not bill its own
            // 5xx, so a fault that bills one anyway is treated as fal documents it.
            if item.operation == "fal.run", case .status(500..., _, true) = item.fault { break }
            #expect(
                !ledger.contains { $0.state == .billed },
                "failed and billed: \(what), \(String(describing: job.error))")
        case .accepted, .finished:
            // Still open: the provider has the job, and it can be resumed.
            #expect(!ledger.isEmpty, "open and unknown to the provider: \(what)")
            #expect(job.error != nil, "open without a reason: \(what)")
        case .unknown:
            #expect(job.error?.purchase == .unknown, "\(what)")
        case .submitting, .cancelled:
            Issue.record("ends as \(job.state.rawValue): \(what)")
        }
        if job.state != .saved { #expect(job.error != nil, "no reason: \(what)") }
    }
}

extension JobRecord {
    /// A placeholder for a request that was never sent because an earlier step failed.
    fileprivate static func unsent(_ provider: ProviderID, _ error: any Error) -> JobRecord {
        var job = JobRecord(
            id: "unsent", provider: provider, model: "", operation: .edit, prompt: "", created: 0, inputs: [],
            maximumOutputs: 1)
        job.state = .failed
        job.error =
            error as? ClientError
            ?? ClientError(
                .transport, provider: provider, operation: "upload", message: "\(error)", purchase: .notTaken)
        return job
    }
}
#endif
