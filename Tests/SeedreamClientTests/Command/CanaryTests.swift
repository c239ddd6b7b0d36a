#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("Neither key nor pictures are ever seen again")
struct CanaryTests {
    static let faults: [FaultRule?] = [
        nil, FaultRule("*", .reset(.afterAccept), count: 1), FaultRule("*", .html(status: 502)),
        FaultRule("*", .status(401, retryAfter: nil, accepted: false)),
        FaultRule("*", .status(422, retryAfter: nil, accepted: false)),
        FaultRule("*", .moderated), FaultRule("*.download", .status(403, retryAfter: nil, accepted: false)),
        FaultRule("*.download", .redirect(location: "http://127.0.0.1:1/?key=x")),
        FaultRule("*", .invalidJSON),
    ]

    @Test(
        "not on stdout or stderr, in the ledger, in sidecars, in the host's log of URLs",
        arguments: faults.indices)
    func silence(_ index: Int) async throws {
        for provider in ["fal", "aiml", "onerouter", "apiframe", "ark"] {
            try await CommandRig.with { rig in
                if let rule = Self.faults[index] { await rig.emulator.setFaults([rule]) }
                let photo = Fixtures.path("photos/rocket.jpg")
                // What is sent is another file than what was given: both are looked for.
                let prepared = try await rig.run([
                    "prep", photo, "--profile", provider, "-o", rig.folder.file("prepared"),
                ])
                #expect(prepared.status == 0)
                let canary = Canary(files: [photo, rig.folder.file("prepared/01-rocket.jpg")])
                var hits: [String] = []
                for arguments in [
                    ["edit", "put it in a hat", photo, "--verbose", "--timeout", "2"]
                        + rig.sending(to: provider),
                    ["edit", "again", photo, "--json", "--inline", "--lenient", "--timeout", "2"]
                        + rig.sending(to: provider),
                    ["resume", "--verbose", "--timeout", "2"] + rig.asking, ["jobs", "--json"] + rig.common,
                    ["edit", "x", photo, "--dry-run", "--json"] + rig.sending(to: provider),
                ] {
                    let result = try await rig.run(arguments)
                    hits += canary.hits(in: result.output, "stdout of \(arguments[0])")
                    hits += canary.hits(in: Data(result.errors.utf8), "stderr of \(arguments[0])")
                }
                hits += canary.hits(
                    inFolder: rig.folder.path, except: [rig.folder.file("prepared/01-rocket.jpg")])
                let urls = await rig.emulator.requests.map(\.target).joined(separator: "\n")
                hits += canary.hits(in: Data(urls.utf8), "URLs")
                #expect(hits.isEmpty, "\(provider), \(index): \(hits)")
            }
        }
    }

    @Test("the search finds what is there")
    func search() throws {
        let folder = try TemporaryFolder()
        let photo = Fixtures.path("photos/rocket.jpg")
        let bytes = try Fixtures.bytes("photos/rocket.jpg")
        let canary = Canary(files: [photo])
        #expect(canary.hits(in: Data(CommandRig.key.utf8), "a text").count == 2)
        try folder.write(bytes, as: "raw")
        try folder.write(Array(Data(bytes).base64EncodedString().utf8), as: "text")
        #expect(Set(canary.hits(inFolder: folder.path, except: []).map { $0.suffix(4) }) == [" raw", "text"])
    }
}
#endif
