import Foundation
import Pixels
import SeedreamClient
import SeedreamCommand
import SeedreamModel
import Synchronization
import TestSupport
import Testing

@Suite("saving results")
struct ResultSaverTests {
    // MARK: What is saved

    @Test("writes each image to a file with an extension for its content, with its provenance beside it")
    func saving() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await bench.usualJob()
        let saved = try await bench.saver.save(job)
        #expect(saved.state == .saved)
        #expect(try await bench.ledger.job(job.id) == saved)
        #expect(try bench.names() == SavingBench.usualNames)
        #expect(bench.bytes("dog-1.png") == SavingBench.png)
        #expect(bench.bytes("dog-2.jpg") == SavingBench.jpeg)
        #expect(bench.bytes("dog-3.webp") == SavingBench.webp)
        #expect(saved.files.map(\.index) == [0, 1, 2])
        #expect(
            saved.files.map(\.path) == ["dog-1.png", "dog-2.jpg", "dog-3.webp"].map { "\(bench.out)/\($0)" })
        #expect(
            saved.files.map(\.sha256)
                == [SavingBench.png, SavingBench.jpeg, SavingBench.webp].map(sha256Text))
        #expect(
            saved.files.map(\.byteCount)
                == [SavingBench.png, SavingBench.jpeg, SavingBench.webp].map(\.count))
        #expect(saved.files.map(\.mediaType) == ["image/png", "image/jpeg", "image/webp"])
        #expect(saved.files[0].size == PixelSize(width: SavingBench.png.count, height: 1))
        // The spooled file of the inline image is gone.
        #expect(try folder.names() == ["out"])
        // No temporary file is left.
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.out).count == 6)
    }

    @Test("writes sidecars with an image's provenance, without anything that gives access")
    func sidecar() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await bench.usualJob()
        _ = try await bench.saver.save(job)
        let expected: JSONValue = [
            "schema": 1, "toolkit": "seedream test", "provider": "fal",
            "model": "fal-ai/bytedance/seedream/v4/edit", "operation": "edit",
            "prompt": "put the dog in a hat, \"please\" 🐕", "jobID": "\(job.id)",
            "requestID": "764cabcf-b745",
            "created": "2025-11-21T04:40:00Z", "seed": 42, "usage": ["billableUnits": 2], "index": 0,
            "source": "https://cdn.host/a.png",
            "file": [
                "name": "dog-1.png", "sha256": "\(sha256Text(SavingBench.png))",
                "bytes": .integer(SavingBench.png.count), "mediaType": "image/png",
                "width": .integer(SavingBench.png.count), "height": 1,
            ],
            "inputs": [
                [
                    "index": 0, "name": "photos/dog.jpg", "sha256": "\(String(repeating: "a", count: 64))",
                    "action": "transcode", "reasons": ["rotated"], "width": 3024, "height": 4032,
                ]
            ],
        ]
        #expect(try bench.sidecar("dog-1.png.json") == expected)
        // An inline image has no source.
        #expect(try bench.sidecar("dog-2.jpg.json")["source"] == nil)
        let text = String(decoding: bench.bytes("dog-1.png.json") ?? [], as: UTF8.self)
        #expect(!text.contains("SECRET"))
        #expect(text.hasSuffix("}\n"))
    }

    @Test(
        "omits a URL's query, fragment and password from the sidecar",
        arguments: [
            ("https://user:pw@cdn.host/b@c", "https://cdn.host/b@c"),
            ("https://cdn.host?sig=1", "https://cdn.host"),
            ("https://cdn.host/a?u=http://x@y/z", "https://cdn.host/a"),
            ("http://h:1/a#token=1", "http://h:1/a"),
        ])
    func source(_ url: String, _ expected: String) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, answers: [url: .bytes(SavingBench.png)])
        _ = try await bench.saver.save(try await bench.job([.url(url)]))
        #expect(try bench.sidecar("dog-1.png.json")["source"] == .string(expected))
    }

    @Test("reports progress, and that an image is recorded before it has its name")
    func progress() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let seen = Mutex<[SavingProgress]>([])
        let job = try await bench.job([.url(SavingBench.urls[0])])
        let target = "\(bench.out)/dog-1.png"
        let saved = try await bench.saver.save(job) { step in
            seen.withLock { $0.append(step) }
            let exists = FileManager.default.fileExists(atPath: target)
            switch step {
            case .received, .recorded: #expect(!exists)
            case .published, .saved: #expect(exists)
            case .failed: Issue.record("nothing fails")
            }
            let hasSidecar = FileManager.default.fileExists(atPath: target + ".json")
            if case .saved = step { #expect(hasSidecar) } else { #expect(!hasSidecar) }
        }
        let file = saved.files[0]
        #expect(
            seen.withLock { $0 } == [
                .received(index: 0, byteCount: 0), .received(index: 0, byteCount: SavingBench.png.count),
                .recorded(file), .published(file), .saved(file),
            ])
    }

    @Test("uses only the bytes of a download's second attempt")
    func secondTry() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, answers: [SavingBench.urls[0]: .secondTry(SavingBench.png)])
        let saved = try await bench.saver.save(try await bench.job([.url(SavingBench.urls[0])]))
        #expect(bench.bytes("dog-1.png") == SavingBench.png)
        #expect(saved.files.map(\.sha256) == [sha256Text(SavingBench.png)])
    }

    @Test("checks only the first bytes if there is no decoder")
    func unverified() async throws {
        let folder = try TemporaryFolder()
        let cut = Array(SavingBench.png.prefix(100))
        let bench = SavingBench(folder.path, answers: [SavingBench.urls[0]: .bytes(cut)])
        var saver = bench.saver
        saver.verifier = nil
        let saved = try await saver.save(try await bench.job([.url(SavingBench.urls[0])]))
        #expect(saved.files.map(\.size) == [nil])
        #expect(bench.bytes("dog-1.png") == cut)
        #expect(try bench.sidecar("dog-1.png.json")["file"]?["width"] == nil)
    }

    @Test("fetches 15 images, a few at a time, in order of their names")
    func many() async throws {
        let folder = try TemporaryFolder()
        var answers: [String: StubFetching.Answer] = [:]
        for index in 0..<15 { answers["https://h/\(index)"] = .bytes(SavingBench.webp) }
        let bench = SavingBench(folder.path, answers: answers)
        let job = try await bench.job((0..<15).map { .url("https://h/\($0)") }, template: "hat")
        let saved = try await bench.saver.save(job)
        #expect(
            saved.files.map(\.path) == (1...15).map { "\(bench.out)/hat-\($0 < 10 ? "0" : "")\($0).webp" })
        #expect(bench.fetching.urls.count == 15)
    }

    // MARK: Names

    @Test("never overwrites a file, a sidecar or a link, but takes the next number")
    func names() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        try FileManager.default.createDirectory(atPath: bench.out, withIntermediateDirectories: true)
        try folder.write("precious".utf8, as: "out/dog-1.png")
        try folder.write("precious".utf8, as: "out/dog-1-2.png.json")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("out/dog-1-3.png"), withDestinationPath: folder.file("nothing"))
        let saved = try await bench.saver.save(try await bench.job([.url(SavingBench.urls[0])]))
        #expect(saved.files.map(\.path) == ["\(bench.out)/dog-1-4.png"])
        #expect(bench.bytes("dog-1.png") == Array("precious".utf8))
        #expect(bench.bytes("dog-1-2.png.json") == Array("precious".utf8))
        #expect(try folder.names() == ["out"])
        #expect(try bench.sidecar("dog-1-4.png.json")["file"]?["name"] == "dog-1-4.png")
    }

    @Test(
        "stays in its folder, for any request id of a provider",
        arguments: ["../../etc/passwd", "/etc/passwd", "..", "a/../../b"])
    func hostile(_ request: String) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await bench.job([.url(SavingBench.urls[0])], template: "{request}", request: request)
        let saved = try await bench.saver.save(job)
        #expect(try folder.names() == ["out"])
        #expect(try bench.names().count == 2)
        #expect(
            saved.files.allSatisfy {
                $0.path.hasPrefix("\(bench.out)/") && $0.path.split(separator: "/").last?.first != "."
            })
    }

    @Test("gives each image a separate name when two jobs are saved into one folder at once")
    func twoJobs() async throws {
        let folder = try TemporaryFolder()
        var answers: [String: StubFetching.Answer] = [:]
        let urls = (0..<8).map { "https://h/\($0)" }
        for url in urls { answers[url] = .bytes(SavingBench.png) }
        let bench = SavingBench(folder.path, answers: answers)
        let jobs = try await [
            bench.job(urls.map { .url($0) }, template: "x"), bench.job(urls.map { .url($0) }, template: "x"),
        ]
        let saved = try await withThrowingTaskGroup { group in
            for job in jobs { group.addTask { try await bench.saver.save(job) } }
            var saved: [(path: String, id: String)] = []
            for try await job in group { saved += job.files.map { ($0.path, job.id) } }
            return saved
        }
        #expect(Set(saved.map(\.path)).count == 16)
        #expect(try bench.names().count == 32)
        for (path, id) in saved {
            let name = String(path.dropFirst(bench.out.count + 1))
            #expect(bench.bytes(name) == SavingBench.png)
            #expect(try bench.sidecar(name + ".json")["jobID"] == .string(id))
        }
    }

    // MARK: Missing images

    @Test("saves the others if one is missing, and that one the next time")
    func oneFails() async throws {
        let folder = try TemporaryFolder()
        let missing = SavingBench(folder.path, answers: [SavingBench.urls[2]: .bytes(Array("<html>no".utf8))])
        let job = try await missing.usualJob()
        let error = await #expect(throws: ClientError.self) { try await missing.saver.save(job) }
        #expect(error?.category == .result)
        #expect(error?.purchase == .taken)
        #expect(error?.message == "image 3: expected an image, found HTML or XML (8 bytes)")
        #expect(
            error?.remedy.text(in: .command)
                == "`seedream resume` downloads it again while the provider keeps it")
        let kept = try #require(try await missing.ledger.job(job.id))
        #expect(kept.state == .finished)
        #expect(kept.error == error)
        #expect(kept.files.map(\.index) == [0, 1])
        #expect(try missing.names() == Array(SavingBench.usualNames.prefix(4)))
        // The job is not done: the inline image stays until it is.
        #expect(FileManager.default.fileExists(atPath: missing.spool))

        let again = SavingBench(folder.path, ledger: missing.ledger)
        let saved = try await again.saver.save(kept)
        #expect((saved.state, saved.error) == (.saved, nil))
        #expect(again.fetching.urls == [SavingBench.urls[2]])
        #expect(try again.names() == SavingBench.usualNames)
        #expect(!FileManager.default.fileExists(atPath: again.spool))
    }

    @Test("keeps the transport's reason for a failed download")
    func notFound() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await bench.job([
            .url("https://gone/1"), .url(SavingBench.urls[0]), .url("https://gone/2"),
        ])
        let error = await #expect(throws: ClientError.self) { try await bench.saver.save(job) }
        #expect(error?.message == "image 1: not found (and 1 more of 3 images)")
        #expect((error?.category, error?.status, error?.operation) == (.result, 404, "fal.download"))
        #expect((error?.purchase, error?.requestID) == (.taken, "764cabcf-b745"))
        #expect(try bench.names() == ["dog-2.png", "dog-2.png.json"])
    }

    @Test(
        "does not save bytes that are not an image",
        arguments: [
            ("", "found nothing (0 bytes)"), ("{\"error\":1}", "found JSON (11 bytes)"),
            (" \n<!doctype", "found HTML or XML (11 bytes)"),
            ("Not found", "found text (9 bytes)"),
            ("\u{1}\u{2}", "found unknown bytes (2 bytes)"),
            ("RIFF....WAVE", "found text (12 bytes)"),
        ])
    func noPicture(_ text: String, _ expected: String) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, answers: [SavingBench.urls[0]: .bytes(Array(text.utf8))])
        let error = try await failure(bench)
        #expect(error.message == "image 1: expected an image, " + expected)
        #expect(try bench.names() == [])
    }

    @Test("does not save an image that does not decode, or decodes as another format")
    func rejected() async throws {
        let folder = try TemporaryFolder()
        let cut = SavingBench(
            folder.path, answers: [SavingBench.urls[0]: .bytes(Array(SavingBench.png.dropLast()))])
        let count = SavingBench.png.count - 1
        #expect(
            try await failure(cut).message
                == "image 1: the picture is truncated (the provider announced 7 bytes, \(count) were received)"
        )
        let other = SavingBench(folder.path)
        var saver = other.saver
        saver.verifier = ImageVerifier { _ in .init(mediaType: "image/gif", size: nil) }
        let job = try await other.job([.url(SavingBench.urls[0])])
        let error = await #expect(throws: ClientError.self) { try await saver.save(job) }
        #expect(error?.message.contains("it begins like image/png but decodes as image/gif") == true)
        #expect(try other.names() == [])
    }

    @Test("follows no link in place of a spooled image, and reads no pipe", .timeLimit(.minutes(1)))
    func spoolTrap() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        try folder.write(SavingBench.png, as: "secret.png")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("secret.png"))
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for name in ["link", "pipe", "nothing"] {
            let job = try await bench.job([.file(folder.file(name))])
            let error = await #expect(throws: ClientError.self) { try await bench.saver.save(job) }
            #expect(
                error?.message == "image 1: the image from the reply is no longer at \(folder.file(name))")
        }
        #expect(try bench.names() == [])
    }

    private func failure(_ bench: SavingBench) async throws -> ClientError {
        let job = try await bench.job([.url(SavingBench.urls[0])])
        let error = await #expect(throws: ClientError.self) { try await bench.saver.save(job) }
        #expect(try await bench.ledger.job(job.id)?.state == .finished)
        return try #require(error)
    }

    // MARK: Jobs that cannot be saved

    @Test(
        "saves a finished job, and only cleans up after a saved one",
        arguments: JobState.allCases)
    func states(_ state: JobState) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        var job = SampleJob.finished([GeneratedImage(location: .url(SavingBench.urls[0]))], in: bench.out)
        job.state = state
        try await bench.ledger.insert(job)
        switch state {
        case .finished: #expect(try await bench.saver.save(job).state == .saved)
        case .saved:
            #expect(try await bench.saver.save(job) == job)
            #expect(bench.fetching.urls == [])
        default:
            await #expect(throws: LedgerError.forbiddenTransition(from: state, to: .saved)) {
                try await bench.saver.save(job)
            }
        }
    }

    @Test("fails a job without images, and refuses one without a folder or with an invalid template")
    func nothing() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let empty = try await bench.job([])
        let error = await #expect(throws: ClientError.self) { try await bench.saver.save(empty) }
        #expect((error?.category, error?.message) == (.result, "the provider returned no image"))
        #expect(try await bench.ledger.job(empty.id)?.state == .failed)
        let placed = try await bench.job([.url(SavingBench.urls[0])])
        let nowhere = try await bench.ledger.update(placed.id) { $0.destination = nil }
        await #expect(throws: RequestError.self) { try await bench.saver.save(nowhere) }
        let odd = try await bench.job([.url(SavingBench.urls[0])], template: "a/b")
        await #expect(throws: RequestError.self) { try await bench.saver.save(odd) }
        #expect(try folder.names() == [])
    }

    @Test("stops when it is cancelled, and keeps what it has for the next time", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, answers: [SavingBench.urls[2]: .silence])
        let job = try await bench.usualJob()
        let saved = Mutex(0)
        let task = Task {
            try await bench.saver.save(job) { if case .saved = $0 { saved.withLock { $0 += 1 } } }
        }
        try await eventually("two files are saved") { saved.withLock { $0 } >= 2 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let kept = try #require(try await bench.ledger.job(job.id))
        #expect((kept.state, kept.error, kept.files.count) == (.finished, nil, 2))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.out).count == 4)
    }

    // MARK: Unwritable folders

    @Test("reports a full disk, leaves no partial file, and continues when there is space again")
    func full() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            try await Self.fill(path)
        }
    }

    private static func fill(_ path: String) async throws {
        let bench = SavingBench(path)
        let job = try await bench.usualJob()
        // Between the lengths of the JPEG and the PNG.
        try FileLimit.set(3000)
        let error = await #expect(throws: SaveError.self) { try await bench.saver.save(job) }
        #expect(error?.message == "\(bench.out): cannot be written: File too large")
        #expect(error?.hint == "free some space; what was already written is whole")
        let kept = try #require(try await bench.ledger.job(job.id))
        #expect(kept.state == .finished)
        #expect(kept.error?.purchase == .taken)
        #expect(kept.error?.message == error?.message)
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.out)
        let partial = names.filter { name in name.hasPrefix("dog-1") || name.hasPrefix(".") }
        #expect(partial == [])
        try FileLimit.set(nil)
        _ = try await bench.saver.save(kept)
        #expect(try bench.names() == SavingBench.usualNames)
    }

    @Test("reports an unusable folder before anything is fetched")
    func noFolder() async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "out")
        let bench = SavingBench(folder.path)
        let job = try await bench.usualJob()
        let error = await #expect(throws: SaveError.self) { try await bench.saver.save(job) }
        #expect(error?.description == "\(bench.out): expected a folder, found a file")
        #expect(bench.fetching.urls == [])
        #expect(FileManager.default.fileExists(atPath: bench.spool))
    }
}
