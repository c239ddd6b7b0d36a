#if Client && Emulator
import Foundation
import SeedreamEmulator
// One import suffices for the parameters and results of a session.
import SeedreamKit
import TestSupport
import Testing

@Suite("session")
struct SessionTests {
    private static let names = ["rocket.jpg", "dandelion.jpg", "coffee.png"]

    private static func photo(_ index: Int) -> RowRequest.Input {
        .file(Fixtures.path("photos/\(names[index])"))
    }

    private static func rows(_ count: Int) -> [RowRequest] {
        (0..<count).map { index in
            RowRequest(
                label: names[index], inputs: [photo(index)], request: GenerationRequest(prompt: "a hat"))
        }
    }

    private static func run(_ rig: Rig) -> RunRecord {
        RunRecord(
            .init(command: "edit", sources: ["photos"], destination: rig.destination.folder, origin: "here"))
    }

    @Test("prepares, sends and saves in one call, and reports events in order")
    func edit() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.fal))
            let (events, reporter) = SessionReporter.makeStream()
            let job = try await session.edit(
                "a hat on image 2", [Self.photo(2), Self.photo(0)], to: rig.destination, reportingTo: reporter
            ) { $0.seed = 5 }
            #expect(job.state == .saved && job.result?.seed == 5)
            #expect(job.inputs.map(\.name).allSatisfy { $0.contains("photos/") })
            var kinds: [String] = []
            // The sequence ends with the call.
            for await event in events {
                #expect(event.index == 0)
                switch event.kind {
                case .preparing: break
                case .prepared(let images, let dropped):
                    #expect(images.map(\.position) == [1, 2] && dropped.isEmpty)
                    kinds.append("prepared")
                case .request(.submitting): kinds.append("submitting")
                case .request(.saved): kinds.append("saved")
                case .ended(let outcome):
                    #expect(outcome.action == .sent && outcome.images.isEmpty)
                    kinds.append("ended")
                default: break
                }
            }
            #expect(kinds == ["prepared", "submitting", "saved", "ended"])
        }
    }

    @Test("numbers images by their position among URLs, and uses the last ten of eleven")
    func numbers() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.fal))
            let url = RowRequest.Input.remote("https://example.com/a.jpg")
            let inputs = [Self.photo(1), url, Self.photo(0)] + Array(repeating: url, count: 8)
            let plan = try await session.plan(
                RowRequest(label: "eleven", inputs: inputs, request: GenerationRequest(prompt: "a hat")))
            #expect(plan.dropped.map(\.index) == [0])
            #expect(plan.images.map(\.index) == [2] && plan.images.map(\.position) == [2])
            #expect(plan.submission?.maximumOutputs == 1)
            #expect(await rig.emulator.requests.isEmpty)
            var strict = session
            strict.preparer.options.isStrict = true
            await #expect(throws: PreparationError.tooManyInputs(count: 11, maximum: 10)) {
                try await strict.edit("a hat", inputs, to: rig.destination)
            }
        }
    }

    @Test("names every unusable input, and sends and keeps nothing")
    func unusable() async throws {
        try await Rig.with { rig in
            let ledger = MemoryLedger()
            let session = SeedreamSession(client: try rig.client(.fal, ledger: ledger))
            let inputs: [RowRequest.Input] = [
                .file("/nowhere/a.jpg"), Self.photo(0), .bytes([1, 2, 3], name: "three bytes"),
                .file("/nowhere/b.jpg"),
            ]
            let failure = await #expect(throws: PreparationFailure.self) {
                try await session.edit("a hat", inputs, to: rig.destination)
            }
            #expect(failure?.inputs.map(\.index) == [0, 3])
            #expect(failure?.inputs.map(\.position) == [1, 4])
            #expect(await rig.emulator.requests.isEmpty)
            #expect(await ledger.runs(limit: nil).isEmpty)
        }
    }

    @Test("buys another image each time, and nothing while an equal request is open")
    func equal() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.fal))
            var saved = 0
            for _ in 0..<2 {
                let reporter = SessionReporter { event in
                    if case .equalSaved(let jobs) = event.kind { #expect(jobs.count == 1) }
                }
                saved += try await session.generate("a hat", to: rig.destination, reportingTo: reporter)
                    .files.count
            }
            #expect(saved == 2)
            var options = RunOptions()
            options.waits = false
            let row = RowRequest(label: "one", inputs: [], request: GenerationRequest(prompt: "a lighthouse"))
            let open = try await session.single(row, as: nil, to: rig.destination, options: options)
            #expect(open.job?.state == .accepted)
            let error = await #expect(throws: EqualRequestError.self) {
                try await session.generate("a lighthouse", to: rig.destination)
            }
            #expect(error?.job.id == open.job?.id)
            #expect(await rig.emulator.ledger.count == 3)
            let other = try await session.generate("a lighthouse", to: rig.destination, buysAgain: true)
            #expect(other.state == .saved)
            // Open requests are fetched, and not bought again.
            var resumed: [RowOutcome] = []
            try await session.resume { resumed.append($0) }
            #expect(resumed.map(\.job?.id) == [open.job?.id] && resumed.first?.job?.state == .saved)
            #expect(await rig.emulator.ledger.count == 4)
        }
    }

    @Test("gives images as bytes and in pieces, and leaves no file")
    func received() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.fal))
            var images: ReceivedImages? = try await session.received("a hat", [Self.photo(0)])
            let file = try #require(images?.files.first)
            let bytes = try #require(try images?.bytes(of: file))
            #expect(bytes.count == file.byteCount && sha256Text(bytes) == file.sha256)
            var pieces: [UInt8] = []
            var count = 0
            if let sequence = images?.pieces(of: file, length: 1000) {
                for try await piece in sequence {
                    pieces += piece
                    count += 1
                }
            }
            #expect(pieces == bytes && count == (bytes.count + 999) / 1000)
            #expect(FileManager.default.fileExists(atPath: file.path))
            images = nil
            #expect(!FileManager.default.fileExists(atPath: file.path))
            let left = try FileManager.default.contentsOfDirectory(atPath: rig.folder.path)
            #expect(left.filter { $0.hasPrefix("received") }.isEmpty, "\(left)")
        }
    }

    @Test("reports what a run would do and skip, without sending")
    func plan() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.fal))
            let run = Self.run(rig)
            _ = try await session.run(Self.rows(2), as: run, to: rig.destination) { _ in }
            let sent = await rig.emulator.requests.count
            let rows = RowIterator(
                Self.rows(3) + [
                    RowRequest(
                        label: "nothing", inputs: [.file("/nowhere/a.jpg")],
                        request: GenerationRequest(prompt: "a hat"))
                ])
            var plans: [RowPlan] = []
            try await session.plan(as: run, next: { rows.next() }) { plans.append($0) }
            plans.sort { $0.index < $1.index }
            #expect(plans.map { $0.saved != nil } == [true, true, false, false])
            #expect(plans.map { $0.submission != nil } == [false, false, true, false])
            #expect(plans[3].failed.map(\.name) == ["/nowhere/a.jpg"])
            #expect(await rig.emulator.requests.count == sent)
        }
    }

    @Test("resumes jobs of any provider, and sends no key to an address that only the ledger names")
    func addresses() async throws {
        try await Rig.with { rig in
            let ledger = MemoryLedger()
            for provider in [ProviderID.fal, .apiframe] {
                _ = try await rig.client(provider, ledger: ledger)
                    .submit(try await Photo.edit(), to: rig.destination)
            }
            // Both were sent to the emulator's origin.
            let session = SeedreamSession(client: try rig.client(.fal, ledger: ledger))
            var outcomes: [RowOutcome] = []
            try await session.resume { outcomes.append($0) }
            #expect(outcomes.count == 2 && outcomes.allSatisfy { $0.job?.state == .saved })
            let elsewhere = SeedreamSession(
                client: try rig.client(.fal, ledger: ledger) { $0.baseURL = "http://127.0.0.1:9/fal" })
            let job = try #require(outcomes.first?.job)
            let outcome = await elsewhere.result(of: job)
            #expect(outcome.error is UntrustedAddressError)
        }
    }

    @Test("stops only the rows of a provider that refuses")
    func providers() async throws {
        try await Rig.with {
            $0.keys = ["test-id:test-secret"]
        } _: { rig in
            let ledger = MemoryLedger()
            let session = SeedreamSession(client: try rig.client(.fal, ledger: ledger))
            let refused = SeedreamSession(client: try rig.client(.ark, ledger: ledger, key: "wrong"))
            var rows = Self.rows(3)
            rows[0].provider = .ark
            rows[1].provider = .ark
            let left = RowIterator(rows)
            var options = RunOptions()
            options.parallel = 1
            var outcomes: [RowOutcome] = []
            let stop = try await session.run(
                as: Self.run(rig), to: rig.destination, others: [refused], options: options,
                next: { left.next() }, deliver: { outcomes.append($0) })
            outcomes.sort { $0.index < $1.index }
            #expect(outcomes.map(\.action) == [.waiting, .waiting, .sent])
            guard case .refused? = stop else { return #expect(Bool(false), "expected a refusal") }
        }
    }

    @Test("repeats unknown requests under their idempotency key, which makes them once, and no others")
    func resent() async throws {
        try await Rig.with { rig in
            for provider in [ProviderID.apiframe, .fal] {
                let ledger = MemoryLedger()
                let client = try rig.client(provider, ledger: ledger) { $0.retry = .none }
                let session = SeedreamSession(client: client)
                // The first row has only a prompt as its body; the body of the second names
                // uploads, which differ each time.
                let rows = [
                    RowRequest(label: "words", inputs: [], request: GenerationRequest(prompt: "a hat")),
                    RowRequest(
                        label: "image", inputs: [Self.photo(0)], request: GenerationRequest(prompt: "a hat")),
                ]
                let booked = await rig.emulator.ledger.count
                let operation = provider == .fal ? "fal.submit" : "apiframe.generate"
                await rig.emulator.setFaults([FaultRule(operation, .reset(.afterAccept))])
                var first: [RowOutcome] = []
                _ = try await session.run(rows, as: Self.run(rig), to: rig.destination) { first.append($0) }
                #expect(first.allSatisfy { $0.job?.state == .unknown }, "\(first)")
                await rig.emulator.setFaults([])
                var second: [RowOutcome] = []
                _ = try await session.run(rows, as: Self.run(rig), to: rig.destination) { second.append($0) }
                second.sort { $0.index < $1.index }
                let isKnown = provider == .apiframe
                #expect(second[0].job?.state == (isKnown ? .saved : .unknown))
                #expect(second[1].action == .leftUnknown && second[1].job?.state == .unknown)
                #expect(await rig.emulator.ledger.count == booked + 2)
            }
        }
    }

    @Test("sends a request that never arrived under its idempotency key, once")
    func neverArrived() async throws {
        try await Rig.with { rig in
            let ledger = MemoryLedger()
            let session = SeedreamSession(
                client: try rig.client(.apiframe, ledger: ledger) { $0.retry = .none })
            let row = RowRequest(
                label: "image", inputs: [Self.photo(0)], request: GenerationRequest(prompt: "a hat"))
            await rig.emulator.setFaults([
                FaultRule("apiframe.generate", .reset(.duringRequest))
            ])
            _ = try await session.run([row], as: Self.run(rig), to: rig.destination) {
                #expect($0.job?.state == .unknown)
            }
            #expect(await rig.emulator.ledger.isEmpty)
            await rig.emulator.setFaults([])
            _ = try await session.run([row], as: Self.run(rig), to: rig.destination) {
                #expect($0.job?.state == .saved)
            }
            #expect(await rig.emulator.ledger.count == 1)
        }
    }

    @Test("lists earlier jobs outside runs with the same prompt and names, and still buys")
    func earlier() async throws {
        try await Rig.with { rig in
            let ledger = MemoryLedger()
            let client = try rig.client(.fal, ledger: ledger)
            let job = try await client.run(try await Photo.edit("a hat"), to: rig.destination)
            let name = try #require(job.inputs.first?.name.split(separator: "/").last)
            let session = SeedreamSession(client: client)
            let (events, reporter) = SessionReporter.makeStream()
            _ = try await session.edit(
                "a hat", [.file(Fixtures.path("photos/\(name)"))], to: rig.destination, reportingTo: reporter)
            _ = try await session.edit("another hat", [Self.photo(0)], to: rig.destination)
            var earlier: [JobRecord] = []
            for await event in events {
                if case .earlier(let jobs) = event.kind { earlier += jobs }
            }
            #expect(earlier.map(\.id) == [job.id])
            #expect(await rig.emulator.ledger.count == 3)
        }
    }

    @Test("buys one of several simultaneous equal requests, and reports the others")
    func atOnce() async throws {
        try await Rig.with {
            $0.generationTime = 2
        } _: { rig in
            let ledger = MemoryLedger()
            let client = try rig.client(.fal, ledger: ledger)
            let destination = rig.destination
            let answers = await withTaskGroup(of: Result<JobRecord, any Error>.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            return .success(
                                try await SeedreamSession(client: client).edit(
                                    "a hat", [Self.photo(0)], to: destination))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            var saved = 0
            for answer in answers {
                switch answer {
                case .success(let job): saved += job.state == .saved ? 1 : 0
                case .failure(let error):
                    #expect(error is EqualRequestError || error is BusyRowError, "\(error)")
                }
            }
            #expect(saved == 1)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }
}
#endif
