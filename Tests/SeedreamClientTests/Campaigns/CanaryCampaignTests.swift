#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("neither the key nor images show anywhere")
struct CanaryCampaignTests {
    static let faults: [FaultRule?] = [
        nil, FaultRule("*", .reset(.afterAccept), count: 1), FaultRule("*", .html(status: 502)),
        FaultRule("*", .status(401, retryAfter: nil, accepted: false)),
        FaultRule("*", .status(422, retryAfter: nil, accepted: false)),
        FaultRule("*", .moderated), FaultRule("*.download", .status(403, retryAfter: nil, accepted: false)),
        FaultRule("*.download", .redirect(location: "http://127.0.0.1:1/?key=x")),
        FaultRule("*", .invalidJSON),
    ]

    /// Returns the providers with a fault: all in a full campaign, or if there is no fault;
    /// otherwise two, in rotation.
    private static func providers(_ index: Int) -> [String] {
        let all = ["fal", "aiml", "onerouter", "apiframe", "ark"]
        guard index > 0, !Campaign.isFull else { return all }
        return [all[2 * index % 5], all[(2 * index + 1) % 5]]
    }

    @Test(
        "not on stdout or stderr, in the ledger, in sidecars, or in the provider's log of URLs",
        arguments: faults.indices)
    func silence(_ index: Int) async throws {
        for provider in Self.providers(index) {
            try await CommandRig.with { rig in
                if let rule = Self.faults[index] { await rig.emulator.setFaults([rule]) }
                let photo = Fixtures.path("photos/rocket.jpg")
                // The file that is sent differs from the given one: the test searches for both.
                let prepared = try await rig.run([
                    "prep", photo, "--profile", provider, "-o", rig.folder.file("prepared"),
                ])
                #expect(prepared.status == 0)
                let canary = Canary(files: [photo, rig.folder.file("prepared/01-rocket.jpg")])
                var hits: [String] = []
                for arguments in [
                    ["edit", "put it in a hat", photo, "--verbose", "--timeout", "2"]
                        + rig.sending(to: provider),
                    [
                        "edit", "again", photo, "--json", "--receive", "inline", "--ignore-unsupported",
                        "--timeout", "2",
                    ]
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

    /// Success and error replies with the key in their texts: as it is, and with JSON escapes.
    private static func echoes(_ key: String) -> [String: [FaultRule]] {
        func rule(_ operation: String, _ status: Int, _ body: String) -> FaultRule {
            FaultRule(
                operation,
                .answer(
                    status: status,
                    headers: [
                        "Content-Type": "application/json", "x-fal-request-id": key, "x-request-id": key,
                        "x-inference-id": key,
                    ], body: body))
        }
        let escaped = key.utf16.map { String(format: "\\u%04x", $0) }.joined()
        return [
            "onerouter": [
                rule(
                    "onerouter.edit", 200,
                    #"{"error":{"code":401,"message":"Incorrect API key provided: \#(key)"}}"#)
            ],
            "fal": [
                rule(
                    "fal.status", 200,
                    #"{"status":"COMPLETED","error":"key \#(escaped)","error_type":"\#(key)"}"#),
                rule(
                    "fal.result", 422, #"{"detail":[{"loc":["body"],"msg":"\#(escaped)","type":"\#(key)"}]}"#),
            ],
            "apiframe": [rule("apiframe.job", 200, #"{"status":"FAILED","error":"Provider: \#(key)"}"#)],
            "aiml": [rule("aiml.generate", 401, #"{"message":"\#(escaped)","requestId":"\#(key)"}"#)],
            "ark": [
                rule("ark.generate", 200, #"{"error":{"code":"AuthenticationError","message":"\#(key)"}}"#)
            ],
        ]
    }

    @Test("not if the provider echoes the key", arguments: ["fal", "aiml", "onerouter", "apiframe", "ark"])
    func echoed(_ provider: String) async throws {
        try await CommandRig.with { rig in
            await rig.emulator.setFaults(try #require(Self.echoes(CommandRig.key)[provider]))
            let photo = Fixtures.path("photos/rocket.jpg")
            let canary = Canary(files: [])
            var hits: [String] = []
            var said = ""
            for arguments in [
                ["edit", "put it in a hat", photo, "--verbose", "--timeout", "5"] + rig.sending(to: provider),
                ["edit", "again", photo, "--json", "--timeout", "5"] + rig.sending(to: provider),
                ["jobs", "--json"] + rig.common,
            ] {
                let result = try await rig.run(arguments)
                said += result.errors
                hits += canary.hits(in: result.output, "stdout of \(arguments[0])")
                hits += canary.hits(in: Data(result.errors.utf8), "stderr of \(arguments[0])")
            }
            hits += canary.hits(inFolder: rig.folder.path, except: [])
            #expect(hits.isEmpty, "\(provider): \(hits)")
            #expect(said.contains("<key>"))
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
