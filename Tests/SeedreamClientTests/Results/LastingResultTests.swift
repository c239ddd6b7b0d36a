import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("missing or incomplete results")
struct LastingResultTests {
    /// Changes the replies to the first downloads, up to this number.
    private static func bench(
        _ provider: ProviderID, first count: Int,
        _ change: @escaping @Sendable (inout ReplyBench.Reply) -> Void
    ) throws -> (bench: ReplyBench, downloads: Recorder<Int>) {
        let downloads = Recorder<Int>()
        let bench = try ReplyBench(provider) { step, reply in
            guard step == .download else { return nil }
            downloads.append(1)
            if downloads.all.count <= count { change(&reply) }
            return nil
        }
        return (bench, downloads)
    }

    @Test(
        "are requested again if they are missing or incomplete",
        arguments: [ProviderID.fal, .apiframe, .onerouter],
        [404, 403, 410, 200])
    func late(_ provider: ProviderID, _ status: Int) async throws {
        let (bench, downloads) = try Self.bench(provider, first: 2) { reply in
            reply.status = status
            // Half of the result, without a length that would show it.
            reply.body = Array(reply.body.prefix(reply.body.count / 2))
        }
        #expect(try await bench.edit().state == .saved)
        #expect(try bench.saved() == [ReplyBench.png])
        #expect(downloads.all.count == 3)
    }

    @Test("are given up after some attempts, and the job stays open", arguments: ProviderID.allCases)
    func gone(_ provider: ProviderID) async throws {
        let (bench, downloads) = try Self.bench(provider, first: .max) { $0.status = 404 }
        let error = await #expect(throws: ClientError.self) { try await bench.edit() }
        #expect((error?.category, error?.status) == (.result, 404))
        #expect((2...5).contains(downloads.all.count))
        #expect(await bench.ledger.jobs(in: nil, limit: nil).map(\.state) == [.finished])
    }

    @Test("are at another URL by now", arguments: [ProviderID.fal, .apiframe])
    func fresh(_ provider: ProviderID) async throws {
        let results = Recorder<Int>()
        let bench = try ReplyBench(provider) { step, reply in
            if step == .result || provider == .apiframe && step == .status {
                results.append(1)
                // The expired URL.
                let text = String(decoding: reply.body, as: UTF8.self)
                if results.all.count == 1 {
                    reply.body = Array(text.replacing("/cdn/a.png", with: "/old.png").utf8)
                }
            }
            return nil
        }
        let job = try await bench.edit()
        #expect(job.state == .saved && results.all.count == 2)
        #expect(try bench.saved() == [ReplyBench.png])
    }

    @Test("that were saved are fetched again, copied, or reported as gone")
    func savedAgain() async throws {
        let isGone = Recorder<Int>()
        let bench = try ReplyBench(.fal) { step, reply in
            if step == .download, !isGone.all.isEmpty { reply.status = 410 }
            return nil
        }
        let client = try bench.client()
        let job = try await bench.edit()
        let path = try #require(job.files.first?.path)
        let count = bench.transport.requests.all.count
        #expect(try await client.resume(job.id)?.state == .saved)
        #expect(bench.transport.requests.all.count == count)
        // Deleted: it is fetched again under its old name, although its sidecar still exists.
        try FileManager.default.removeItem(atPath: path)
        let again = try #require(try await client.resume(job.id))
        #expect(again.state == .saved)
        #expect(again.files.map(\.path) == [path])
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == ReplyBench.png)
        // Requested in another folder, when the provider no longer has it.
        isGone.append(1)
        let other = Destination(folder: bench.folder.file("other"))
        let copied = try #require(try await client.resume(job.id, to: other))
        #expect(
            copied.state == .saved
                && copied.files.allSatisfy { $0.path.hasPrefix(bench.folder.file("other/")) })
        let copy = try #require(copied.files.first?.path)
        #expect(FileManager.default.contents(atPath: copy).map { Array($0) } == ReplyBench.png)
        #expect(FileManager.default.fileExists(atPath: path))
        // Gone everywhere.
        try FileManager.default.removeItem(atPath: copy)
        let error = await #expect(throws: ClientError.self) { try await client.resume(job.id) }
        #expect((error?.category, error?.status) == (.result, 410))
        #expect(try await bench.ledger.job(job.id)?.state == .finished)
    }

    @Test("of a job reported as failed give the reason, or exist")
    func failedJob() async throws {
        let detail =
            #"{"detail":[{"loc":["body","image_urls",1],"msg":"Image too small","type":"image_too_small"}]}"#
        let rows: [(Int, String?, JobState)] = [
            (422, detail, .failed), (503, "busy", .failed), (200, nil, .saved),
        ]
        for (status, body, state) in rows {
            let bench = try ReplyBench(.fal) { step, reply in
                if step == .status {
                    reply.body = Array(#"{"status":"COMPLETED","error":"Unexpected status code: 422"}"#.utf8)
                }
                if step == .result {
                    reply.status = status
                    if let body { reply.body = Array(body.utf8) }
                }
                return nil
            }
            let job = try? await bench.edit()
            let kept = try #require(await bench.ledger.jobs(in: nil, limit: nil).first)
            #expect(kept.state == state)
            switch status {
            case 422:
                #expect((kept.error?.category, kept.error?.field) == (.validation, "body.image_urls.1"))
                #expect(kept.error?.message == "Image too small")
            case 503: #expect(kept.error?.message == "Unexpected status code: 422")
            default: #expect(job?.state == .saved)
            }
        }
    }

    @Test(
        "that will never exist end the job",
        arguments: [
            (ReplyBench.Step.result, #"{"images":[]}"#), (.status, #"{"status":"FAILED"}"#),
            (.status, #"{"status":"ERROR","error":"out of memory"}"#),
        ])
    func never(_ at: ReplyBench.Step, _ body: String) async throws {
        let bench = try ReplyBench(.fal) { step, reply in
            if step == at { reply.body = Array(body.utf8) }
            // Without an image, so that the status word decides.
            if step == .result, at == .status { (reply.status, reply.body) = (404, []) }
            return nil
        }
        let error = await #expect(throws: ClientError.self) { try await bench.edit() }
        #expect(error?.isFinal == true)
        #expect(await bench.ledger.jobs(in: nil, limit: nil).map(\.state) == [.failed])
    }

    #if GIF && HEIF && TIFF
    @Test(
        "in an undocumented format are checked too",
        arguments: [
            ("plain.gif", "gif"), ("picture.avif", "avif"), ("picture.heic", "heic"), ("rgb24.bmp", "bmp"),
            ("rgb-strips.tiff", "tif"),
        ])
    func formats(_ name: String, _ fileExtension: String) async throws {
        for isWhole in [true, false] {
            let folder = try TemporaryFolder()
            let all = try Fixtures.bytes("formats/\(name)")
            let bytes = isWhole ? all : Array(all.prefix(all.count / 2))
            let bench = SavingBench(folder.path, answers: [SavingBench.urls[0]: .bytes(bytes)])
            var saver = bench.saver
            saver.verifier = .decoding()
            let job = try await bench.job([.url(SavingBench.urls[0])])
            guard isWhole else {
                await #expect(throws: ClientError.self) { try await saver.save(job) }
                continue
            }
            let file = try #require(try await saver.save(job).files.first)
            #expect(file.path.hasSuffix(".\(fileExtension)") && file.size != nil)
            #expect(
                file.notice?.hasPrefix("saved as ") == true
                    && file.notice?.contains("not verified") == false)
        }
    }
    #endif

    /// The first bytes of formats that are not supported, and of a damaged file.
    @Test(
        "in an unsupported format are kept as received, with a notice",
        arguments: [
            ([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20, 13, 10, 0x87, 10, 0, 0, 0, 0], "jxl", "JPEG XL"),
            (Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8), "svg", "SVG"),
            (Array("<?xml version=\"1.0\"?>\n<svg/>".utf8), "svg", "SVG"),
            (Array("8BPS\0\u{1}".utf8), "psd", "PSD"),
        ] as [([UInt8], String, String)])
    func kept(_ bytes: [UInt8], _ fileExtension: String, _ name: String) async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path, answers: [SavingBench.urls[0]: .bytes(bytes)])
        var saver = bench.saver
        saver.verifier = .decoding()
        let job = try await bench.job([.url(SavingBench.urls[0])])
        let file = try #require(try await saver.save(job).files.first)
        #expect(file.path.hasSuffix(".\(fileExtension)") && file.size == nil)
        #expect(file.notice?.hasPrefix("saved as \(name), as received, and not verified: ") == true)
        #expect(FileManager.default.contents(atPath: file.path).map { Array($0) } == bytes)
        let sidecar = try bench.sidecar("dog-1.\(fileExtension).json")
        #expect(sidecar["file"]?["notice"]?.string == file.notice)
    }

    @Test("that came inside a reply and are not images report where their bytes are")
    func inlineRubbish() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        let path = try folder.write([1, 2, 3], as: "spooled")
        let job = try await bench.job([.file(path)])
        let error = await #expect(throws: ClientError.self) { try await bench.saver.save(job) }
        #expect(
            error?.message
                == "image 1: expected an image, found unknown bytes (3 bytes); its bytes are in \(path)")
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("have the provider's own prompt beside them")
    func revisedPrompt() async throws {
        let folder = try TemporaryFolder()
        let bench = SavingBench(folder.path)
        var job = try await bench.job([.url(SavingBench.urls[0])])
        job = try await bench.ledger.update(job.id) {
            $0.result?.images[0].revisedPrompt = "a dog in a red hat"
        }
        _ = try await bench.saver.save(job)
        #expect(try bench.sidecar("dog-1.png.json")["revisedPrompt"] == "a dog in a red hat")
    }
}
