#if Client && Emulator
import Foundation
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

/// The statements of docs/privacy.md about files and requests.
@Suite("what is kept, and what is sent")
struct PrivacyTests {
    /// Returns the permissions of all files below a folder, by path.
    private static func modes(_ folder: String) throws -> [String: Int] {
        var modes: [String: Int] = [:]
        let paths = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        for path in paths {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            modes[path] = try #require(attributes[.posixPermissions] as? NSNumber).intValue
        }
        return modes
    }

    /// A runner with umask 000, so that only the program itself restricts permissions.
    private static func runner(_ rig: CommandRig) -> CommandRunner {
        var runner = rig.runner
        runner.executable = "/bin/sh"
        runner.leadingArguments = ["-c", "umask 000; exec \"$0\" \"$@\"", CommandRunner.seedream]
        runner.environment["XDG_STATE_HOME"] = rig.folder.file("home/state")
        return runner
    }

    @Test(
        "ledger, spool, results file and page are private; images and their sidecars are not"
    )
    func permissions() async throws {
        try await CommandRig.with { rig in
            let runner = Self.runner(rig)
            let photo = try rig.folder.write(
                try Fixtures.bytes("shapes/phone-1.jpg"), as: "a-name-of-nobody's-business.jpg")
            let sending = [
                "--provider", "fal", "--base-url", "http://127.0.0.1:\(rig.emulator.port)/fal", "-o",
                rig.output, "--size", "1024x1024",
            ]
            let edit = try await runner.run(["edit", "a hat", photo, "--receive", "inline"] + sending)
            #expect(edit.status == 0, "\(edit.errors)")
            let manifest = try rig.folder.write(#"{"prompt":"a lighthouse","images":[]}"#.utf8, as: "m.jsonl")
            let batch = try await runner.run(
                ["batch", manifest, "--results", rig.folder.file("results.jsonl")] + sending)
            #expect(batch.status == 0, "\(batch.errors)")
            let page = try await runner.run(["report", "-o", rig.folder.file("report.html")])
            #expect(page.status == 0, "\(page.errors)")

            let state = try Self.modes(rig.folder.file("home"))
            #expect(state["state/seedream"] == 0o700)
            #expect(state["state/seedream/jobs.sqlite"] == 0o600)
            for (path, mode) in state where path.hasPrefix("state/seedream/") {
                #expect(mode == 0o600 || mode == 0o700, "\(path): \(String(mode, radix: 8))")
            }
            let all = try Self.modes(rig.folder.path)
            #expect(all["results.jsonl"] == 0o600)
            #expect(all["report.html"] == 0o600)
            let results = all.filter { $0.key.hasPrefix("out/") }
            #expect(results.count == 4)
            #expect(results.allSatisfy { $0.value == 0o666 }, "\(results)")
        }
    }

    @Test(
        "no name of a file or folder is sent, inline or by upload",
        arguments: ["fal", "apiframe", "ark"])
    func names(_ provider: String) async throws {
        try await CommandRig.with { rig in
            let folder = rig.folder.file("folder-of-nobodys-business")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let photo = "\(folder)/name-of-nobodys-business.jpg"
            try Data(try Fixtures.bytes("shapes/phone-1.jpg")).write(to: URL(fileURLWithPath: photo))
            let upload = provider == "ark" ? [] : ["--send-images", "upload"]
            let result = try await rig.run(["edit", "a hat", photo] + upload + rig.sending(to: provider))
            #expect(result.status == 0, "\(result.errors)")
            let requests = await rig.emulator.requests
            #expect(requests.count > 1)
            for request in requests {
                let text = "\(request.target) \(request.headers) \(request.body.map { "\($0)" } ?? "")"
                #expect(!text.contains("nobodys-business"), "\(text)")
            }
            if provider == "fal" {
                let initiate = try #require(requests.first { $0.operation == "fal.initiate" })
                #expect(initiate.body?["file_name"]?.string == "image-1.jpg")
            }
        }
    }
}
#endif
