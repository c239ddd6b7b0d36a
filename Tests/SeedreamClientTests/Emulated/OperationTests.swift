#if Client && Emulator
import Foundation
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

@Suite("every operation over a real socket")
struct OperationTests {
    @Test("edits, and saves the results", arguments: ProviderID.allCases)
    func editing(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            let job = try await rig.patientClient(provider).run(
                try await Photo.edit(count: 2), to: rig.destination)
            #expect(job.state == .saved)
            #expect(job.files.count == 1)
            #expect(FileManager.default.fileExists(atPath: job.files[0].path))
            #expect(FileManager.default.fileExists(atPath: job.files[0].path + ".json"))
            let ledger = await rig.emulator.ledger
            #expect(ledger.map(\.state) == [.billed])
            #expect(ledger[0].inputs.count == 2)
        }
    }

    @Test("generates images from a prompt, in the requested size", arguments: ProviderID.allCases)
    func generating(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            var request = GenerationRequest(prompt: "a lighthouse")
            request.size = .pixels(PixelSizeOf.landscape)
            let job = try await rig.patientClient(provider).run(request, to: rig.destination)
            #expect(job.files.map(\.size) == [PixelSizeOf.landscape])
        }
    }

    @Test("requests the aspect ratio of the first image", arguments: ProviderID.allCases)
    func shape(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            let job = try await rig.patientClient(provider).run(try await Photo.edit(), to: rig.destination)
            let sent = try #require(job.inputs[0].size)
            let made = try #require(job.files[0].size)
            let (a, b) = (Double(sent.width) / Double(sent.height), Double(made.width) / Double(made.height))
            #expect(abs(a / b - 1) < 0.01, "\(sent) became \(made)")
        }
    }

    @Test("accepts results inside the reply", arguments: [ProviderID.fal, .aiml, .onerouter, .ark])
    func inline(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            var request = try await Photo.edit()
            request.delivery = .inline
            let job = try await rig.patientClient(provider).run(request, to: rig.destination)
            #expect(job.state == .saved)
            let downloads = await rig.emulator.requests.filter {
                $0.operation?.hasSuffix(".download") == true
            }
            #expect(downloads.isEmpty)
            // The files that the reply was decoded into are gone.
            #expect(try rig.folder.names() == ["out"])
        }
    }

    @Test("fal's synchronous run is a single request")
    func run() async throws {
        try await Rig.with { rig in
            let client = try rig.client(.fal) { $0.options.fal.mode = .run }
            let job = try await client.run(try await Photo.edit(), to: rig.destination)
            #expect(job.state == .saved)
            #expect(await rig.emulator.requests.compactMap(\.operation) == ["fal.run", "fal.download"])
            #expect(job.result?.usage.billableUnits != nil)
        }
    }

    @Test(
        "uploads by initiate and PUT, without the key on the PUT, and by token on request",
        arguments: [false, true])
    func uploading(_ token: Bool) async throws {
        try await Rig.with { rig in
            let client = try rig.client(.fal) {
                $0.imageTransport = .upload
                $0.options.fal.uploadsWithToken = token
            }
            let job = try await client.run(try await Photo.edit(count: 3), to: rig.destination)
            #expect(job.state == .saved)
            let operations = await rig.emulator.requests.compactMap(\.operation)
            #expect(operations.filter { $0 == (token ? "fal.upload" : "fal.put") }.count == 3)
            #expect(await rig.emulator.ledger.first?.inputs == job.inputs.compactMap(\.sha256))
        }
    }

    @Test("falls back to the token if initiate fails")
    func fallback() async throws {
        try await Rig.with { rig in
            await rig.emulator.setFaults([
                FaultRule("fal.initiate", .status(400, retryAfter: nil, accepted: false))
            ])
            let client = try rig.client(.fal) { $0.imageTransport = .upload }
            let job = try await client.run(try await Photo.edit(), to: rig.destination)
            #expect(job.state == .saved)
        }
    }

    @Test("cancels a queued job at fal, and reports that the others cannot cancel")
    func cancelling() async throws {
        try await Rig.with {
            $0.queueTime = 30
        } _: { rig in
            let client = try rig.client(.fal)
            let job = try await client.submit(try await Photo.edit(), to: rig.destination)
            #expect(job.state == .accepted)
            guard case .queued = try await client.status(of: job).phase else {
                Issue.record("the job is not queued")
                return
            }
            #expect(try await client.cancel(job) == .requested)
            let error = await #expect(throws: ClientError.self) { try await client.wait(for: job) }
            #expect(error?.category == .cancelled)
            #expect(await rig.emulator.ledger.map(\.state) == [.released])
            let other = try rig.client(.apiframe)
            let second = try await other.submit(try await Photo.edit(), to: rig.destination)
            #expect(try await other.cancel(second) == .notPossible)
        }
    }

    @Test("all images of one request are saved", arguments: [ProviderID.fal, .aiml, .onerouter])
    func several(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            var request = try await Photo.edit()
            request.count = 3
            request.seed = 11
            let job = try await rig.patientClient(provider).run(request, to: rig.destination)
            #expect(job.files.map(\.index).sorted() == [0, 1, 2])
            #expect(Set(job.files.map(\.path)).count == 3)
        }
    }

    @Test("image sets come from fal and from Ark", arguments: [ProviderID.fal, .ark])
    func sets(_ provider: ProviderID) async throws {
        try await Rig.with { rig in
            var request = try await Photo.edit()
            request.imagesPerGeneration = 3
            let job = try await rig.patientClient(provider).run(request, to: rig.destination)
            #expect((1...3).contains(job.files.count))
        }
    }

    @Test("reports events in order")
    func events() async throws {
        try await Rig.with {
            $0.queueTime = 0.3
        } _: { rig in
            let (events, reporter) = ClientReporter.makeStream()
            let client = try rig.client(.fal) { $0.imageTransport = .upload }
            _ = try await client.run(try await Photo.edit(), to: rig.destination, reportingTo: reporter)
            reporter.finish()
            var words: [String] = []
            for await event in events {
                let word = "\(event)".prefix { $0 != "(" }
                if words.last != String(word) { words.append(String(word)) }
            }
            #expect(words.first == "uploaded")
            #expect(words.last == "saved")
            for word in ["submitting", "accepted", "queued", "finished"] {
                #expect(words.contains(word), "\(words)")
            }
        }
    }

    @Test("a job begun by another process is adopted by the provider's id")
    func adopting() async throws {
        try await Rig.with { rig in
            let first = try await rig.client(.fal).submit(try await Photo.edit(), to: rig.destination)
            let requestID = try #require(first.ticket?.requestID)
            let other = try rig.client(.fal)
            let adopted = try await other.adopt(requestID: requestID, to: rig.destination)
            let job = try #require(try await other.resume(adopted.id))
            #expect(job.state == .saved)
            #expect(await rig.emulator.ledger.count == 1)
        }
    }
}
#endif
