import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// After a process ends in the middle, the next one completes its work: each image exists once,
/// with one sidecar.
@Suite("saving again")
struct ResumeTests {
    #if Client
    @Test(
        "after kill -9 at any step of any image leaves one file and one sidecar of each",
        arguments: ["received", "recorded", "published", "saved"], [0, 1, 2])
    func killed(_ step: String, _ index: Int) async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = folder.path as String, step = step as String, index = index as Int] in
            let ledger = try SQLiteLedger.open(path: "\(path)/jobs")
            let bench = SavingBench(path, ledger: ledger)
            let job = try await bench.usualJob()
            _ = try await bench.saver.save(job) { progress in
                if Self.word(progress) == "\(step) \(index)" { kill(getpid(), SIGKILL) }
            }
        }
        let ledger = try SQLiteLedger.open(path: folder.file("jobs"))
        let bench = SavingBench(folder.path, ledger: ledger)
        let left = try #require(try await ledger.jobs(in: [.finished], limit: nil).first)
        let job = try #require(try await ledger.claim(left.id))
        let published = try Set(bench.names())
        switch step {
        case "received": #expect(!published.contains("dog-\(index + 1).\(["png", "jpg", "webp"][index])"))
        case "recorded":
            #expect(job.files.contains { $0.index == index })
            #expect(!published.contains(SavingBench.usualNames[index * 2]))
        case "published":
            #expect(published.contains(SavingBench.usualNames[index * 2]))
            #expect(!published.contains(SavingBench.usualNames[index * 2 + 1]))
        default: #expect(published.contains(SavingBench.usualNames[index * 2 + 1]))
        }
        let saved = try await bench.saver.save(job)
        #expect(saved.state == .saved)
        #expect(try bench.names() == SavingBench.usualNames)
        for (name, bytes) in [
            ("dog-1.png", SavingBench.png), ("dog-2.jpg", SavingBench.jpeg), ("dog-3.webp", SavingBench.webp),
        ] {
            #expect(bench.bytes(name) == bytes)
            #expect(try bench.sidecar(name + ".json")["file"]?["sha256"] == .string(sha256Text(bytes)))
        }
        // Existing images are not fetched again.
        let remote = [0, 2].filter { !published.contains(SavingBench.usualNames[$0 * 2]) }
        #expect(bench.fetching.urls == remote.map { SavingBench.urls[$0] }.sorted())
        #expect(!FileManager.default.fileExists(atPath: bench.spool))
    }

    /// Returns a word for a step, such as `"recorded 1"`.
    private static func word(_ progress: SavingProgress) -> String {
        switch progress {
        case .received(let index, _): "received \(index)"
        case .recorded(let file): "recorded \(file.index)"
        case .published(let file): "published \(file.index)"
        case .saved(let file): "saved \(file.index)"
        case .failed(let index, _): "failed \(index)"
        }
    }
    #endif

    /// Returns a job of one image whose file is recorded under `dog-1.png`.
    private func recorded(_ bench: SavingBench, sha256: String) async throws -> JobRecord {
        let job = try await bench.job([.url(SavingBench.urls[0])])
        let file = SavedFile(
            index: 0, path: "\(bench.out)/dog-1.png", sha256: sha256, byteCount: SavingBench.png.count,
            mediaType: "image/png")
        try FileManager.default.createDirectory(atPath: bench.out, withIntermediateDirectories: true)
        return try await bench.ledger.update(job.id) { $0.files = [file] }
    }

    @Test("fetches a missing recorded file under the same name")
    func notThere() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        // The provider may give other bytes the next time.
        let job = try await recorded(bench, sha256: "00")
        let saved = try await bench.saver.save(job)
        #expect(saved.files.map(\.path) == ["\(bench.out)/dog-1.png"])
        #expect(saved.files.map(\.sha256) == [sha256Text(SavingBench.png)])
        #expect(try bench.names() == ["dog-1.png", "dog-1.png.json"])
    }

    @Test("keeps a recorded file with the recorded bytes, and writes what is missing")
    func there() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await recorded(bench, sha256: sha256Text(SavingBench.png))
        try folder.write(SavingBench.png, as: "out/dog-1.png")
        _ = try await bench.saver.save(job)
        #expect(bench.fetching.urls == [])
        #expect(try bench.names() == ["dog-1.png", "dog-1.png.json"])
        #expect(try bench.sidecar("dog-1.png.json")["jobID"] == .string(job.id))
    }

    @Test(
        "leaves a file with other bytes, another job's file, and a link untouched",
        arguments: ["bytes", "sidecar", "link"])
    func foreign(_ kind: String) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let job = try await recorded(bench, sha256: sha256Text(SavingBench.png))
        switch kind {
        case "bytes": try folder.write("precious".utf8, as: "out/dog-1.png")
        case "sidecar":
            try folder.write(SavingBench.png, as: "out/dog-1.png")
            let sidecar = "{\"jobID\":\"another\",\"file\":{\"sha256\":\"\(sha256Text(SavingBench.png))\"}}"
            try folder.write(sidecar.utf8, as: "out/dog-1.png.json")
        default:
            try folder.write(SavingBench.png, as: "elsewhere")
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("out/dog-1.png"), withDestinationPath: folder.file("elsewhere"))
        }
        let before = bench.bytes("dog-1.png")
        let saved = try await bench.saver.save(job)
        #expect(saved.files.map(\.path) == ["\(bench.out)/dog-1-2.png"])
        #expect(bench.bytes("dog-1.png") == before)
        #expect(bench.bytes("dog-1-2.png") == SavingBench.png)
        #expect(try bench.sidecar("dog-1-2.png.json")["jobID"] == .string(job.id))
    }

    @Test("into another folder writes there")
    func otherFolder() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        var job = try await recorded(bench, sha256: "00")
        let other = folder.file("other/")
        job = try await bench.ledger.update(job.id) { $0.destination?.folder = other }
        let saved = try await bench.saver.save(job)
        #expect(saved.files.map(\.path) == [folder.file("other/dog-1.png")])
        #expect(try bench.names() == [])
    }
}
