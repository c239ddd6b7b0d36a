import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

#if Client && Emulator
import SeedreamEmulator
#endif

@Suite("names reserved before anything is bought")
struct ReservedNameTests {
    private static func job(
        _ folder: String, template: String = Destination.defaultTemplate, outputs: Int = 1,
        row: RowReference? = nil
    ) -> JobRecord {
        var job = SampleJob.submitting()
        job.maximumOutputs = outputs
        job.destination = Destination(folder: folder, template: template)
        job.row = row
        return job
    }

    /// Inserts a job and returns its names.
    @discardableResult
    private static func names(_ job: JobRecord, _ ledger: any JobLedger) async throws -> [String: String]? {
        try await ledger.insert(job)
        return try await ledger.job(job.id)?.names
    }

    @Test("are not given to another job until theirs fails", arguments: LedgerKind.allCases)
    func taken(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let out = folder.file("out")
        let first = Self.job(out)
        #expect(try await Self.names(first, ledger) == ["dog-1": "dog-1"])
        // A trailing slash means the same folder; another folder has separate names.
        let second = Self.job(out + "/")
        #expect(try await Self.names(second, ledger) == ["dog-1": "dog-1-2"])
        #expect(try await Self.names(Self.job(folder.file("other")), ledger) == ["dog-1": "dog-1"])
        #expect(
            try await Self.names(Self.job(out, outputs: 2), ledger)
                == ["dog-1": "dog-1-3", "dog-2": "dog-2"])
        // The same name from another template is also taken.
        #expect(
            try await Self.names(Self.job(out, template: "dog-1-2"), ledger) == ["dog-1-2": "dog-1-2-2"])
        try await ledger.update(first.id) { $0.state = .unknown }
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1-4"])
        try await ledger.update(first.id) { $0.state = .failed }
        #expect(try await ledger.job(first.id)?.names == nil)
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1"])
    }

    @Test("cover the maximum number of images, with and without a number", arguments: LedgerKind.allCases)
    func several(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let names = try await Self.names(
            Self.job(folder.file("out"), template: "hat", outputs: 12), ledger)
        let expected = ["hat"] + (1...9).map { "hat-\($0)" } + (1...12).map { String(format: "hat-%02d", $0) }
        #expect(names?.keys.sorted() == expected.sorted())
        // Values that only the provider knows are filled in later.
        for template in ["{seed}", "{request}-{index}"] {
            #expect(try await Self.names(Self.job(folder.path, template: template), ledger) == nil)
        }
    }

    @Test("are never those of existing files or sidecars, in any format", arguments: LedgerKind.allCases)
    func files(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        try FileManager.default.createDirectory(
            atPath: folder.file("out"), withIntermediateDirectories: true)
        try folder.write("precious".utf8, as: "out/dog-1.webp")
        try folder.write("precious".utf8, as: "out/dog-1-2.png.json")
        #expect(try await Self.names(Self.job(folder.file("out")), ledger) == ["dog-1": "dog-1-3"])
    }

    @Test("follow the order of rows, regardless of the order of sending", arguments: LedgerKind.allCases)
    func order(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(
            RunRecord(.init(command: "edit", sources: ["/p"], destination: "/out", origin: "o"))
        ).id
        try await ledger.expect(["/p/dog.png", "/p/dog.jpg", "/q/dog.jpg", "/p/dog.webp"], in: run)
        func sent(_ number: Int, template: String = Destination.defaultTemplate) async throws -> [String] {
            let reference = RowReference(run: run, number: number, key: "c@x\(number)/2", content: "c")
            let job = Self.job(folder.file("out"), template: template, row: reference)
            return Array(try await Self.names(job, ledger)?.values.sorted() ?? [])
        }
        #expect(try await sent(4, template: "{row}_{id}_{position}") == ["4_x4_1"])
        #expect(try await sent(2) == ["dog-1-2"])
        #expect(try await sent(3) == ["dog-1"])
        #expect(try await sent(1) == ["dog-1-3"])
    }

    @Test(
        "pass from a row to its next job, and are free again without a file",
        arguments: LedgerKind.allCases)
    func again(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let out = folder.file("out")
        let run = try await ledger.join(
            RunRecord(.init(command: "edit", sources: ["/p"], destination: "/out", origin: "o"))
        ).id
        let row = try await ledger.row("c#1", label: "/p/dog.png", in: run)
        var reference = RowReference(run: run, number: row.number, key: "c#1", content: "c")
        let lost = Self.job(out, row: reference)
        #expect(try await Self.names(lost, ledger) == ["dog-1": "dog-1"])
        try await ledger.update(lost.id) { $0.state = .unknown }
        reference.key += "/2"
        let next = Self.job(out, row: reference)
        #expect(try await Self.names(next, ledger) == ["dog-1": "dog-1"])
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1-2"])
        // It was saved, and its file was moved away.
        for state in [JobState.finished, .saved] { try await ledger.update(next.id) { $0.state = state } }
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1"])
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1-3"])
    }

    @Test("are forgotten with a prompt, except for open and unknown jobs", arguments: LedgerKind.allCases)
    func pruned(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let out = folder.file("out")
        let jobs = [JobState.finished, .unknown, .accepted].map { (Self.job(out), $0) }
        for (job, state) in jobs {
            try await ledger.insert(job)
            try await ledger.update(job.id) { $0.state = state }
        }
        try await ledger.update(jobs[0].0.id) { $0.state = .saved }
        #expect(try await ledger.prune(before: Date.now.timeIntervalSince1970 + 60) == 1)
        #expect(try await ledger.job(jobs[0].0.id)?.names == nil)
        #expect(try await ledger.job(jobs[1].0.id)?.names == ["dog-1": "dog-1-2"])
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1"])
        #expect(try await Self.names(Self.job(out), ledger) == ["dog-1": "dog-1-4"])
    }

    // MARK: When results are saved

    /// Returns a finished job with one image, which was in the ledger before it was sent.
    private static func finished(
        _ bench: SavingBench, _ template: String = Destination.defaultTemplate
    ) async throws -> JobRecord {
        let job = Self.job(bench.out, template: template)
        try await bench.ledger.insert(job)
        return try await bench.ledger.update(job.id) {
            $0.state = .finished
            $0.result = GenerationResult(
                images: [GeneratedImage(location: .url(SavingBench.urls[0]))], seed: 42, requestID: "r",
                usage: Usage())
        }
    }

    @Test(
        "are those of the files, and a file created meanwhile is not harmed", arguments: LedgerKind.allCases)
    func saved(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, ledger: try kind.make(in: folder))
        let jobs = try await [Self.finished(bench), Self.finished(bench), Self.finished(bench)]
        // The second job first: it has its reserved name, although the plain one is still free.
        #expect(try await bench.saver.save(jobs[1]).files.map(\.path) == ["\(bench.out)/dog-1-2.png"])
        try folder.write("precious".utf8, as: "out/dog-1.png")
        #expect(try await bench.saver.save(jobs[0]).files.map(\.path) == ["\(bench.out)/dog-1-4.png"])
        #expect(try await bench.saver.save(jobs[2]).files.map(\.path) == ["\(bench.out)/dog-1-3.png"])
        #expect(bench.bytes("dog-1.png") == Array("precious".utf8))
        let later = try await bench.saver.save(try await Self.finished(bench, "{seed}"))
        #expect(later.names == ["42": "42"] && later.files.map(\.path) == ["\(bench.out)/42.png"])
        // Requested in another folder, it has names there.
        let other = folder.file("other")
        try await bench.ledger.update(jobs[1].id) { $0.state = .finished }
        let moved = try await bench.ledger.update(jobs[1].id) {
            $0.destination = Destination(folder: other)
        }
        #expect(moved.names == nil)
        #expect(try await bench.saver.save(moved).files.map(\.path) == ["\(other)/dog-1.png"])
    }

    @Test("differ for two processes that write into one folder at once", arguments: LedgerKind.shared)
    func processes(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = [try place.open(), try place.open()]
        let out = folder.file("out")
        let names = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<40 {
                group.addTask {
                    let job = Self.job(out)
                    return Array(try await Self.names(job, ledgers[number % 2])?.values ?? [:].values)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(names) == Set(["dog-1"] + (2...40).map { "dog-1-\($0)" }) && names.count == 40)
    }

    #if Client && Emulator
    @Test("differ for two commands at once", .timeLimit(.minutes(2)))
    func commands() async throws {
        try await CommandRig.with { rig in
            let folders = ["a", "b"].map { rig.folder.file($0) }
            for (number, folder) in folders.enumerated() {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for index in 0..<6 {
                    try Data(try Drawing.jpeg(brightness: index * 10 + number * 100))
                        .write(to: URL(fileURLWithPath: "\(folder)/image-\(index).jpg"))
                }
            }
            let commands = try folders.map { folder in
                try rig.runner.start(["edit", "a hat", folder, "--each"] + rig.sending(to: "fal"))
            }
            for command in commands {
                let result = try await command.result()
                #expect(result.status == 0, "\(result.errors)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: rig.output).filter {
                !$0.hasSuffix(".json")
            }
            let stems = Set(names.map { $0.prefix { $0 != "." } }.map(String.init))
            #expect(stems == Set((0..<6).flatMap { ["image-\($0)-1", "image-\($0)-1-2"] }))
            let prompts = await rig.emulator.ledger
            #expect(prompts.count == 12)
        }
    }
    #endif
}
