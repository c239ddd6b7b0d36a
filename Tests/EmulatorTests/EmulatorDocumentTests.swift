#if Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

/// docs/emulator.md describes what the emulator does.
@Suite("docs/emulator.md against the emulator")
struct EmulatorDocumentTests {
    let document: Document

    init() throws { document = try Document("docs/emulator.md") }

    @Test("the Swift block runs")
    func swiftBlock() async throws { try await edited() }

    @Test("the curl block does what it claims")
    func curl() async throws {
        let commands = try #require(document.block("sh", in: "emulator-curl")).split(separator: "\n").filter {
            !$0.hasPrefix("seedream emulate")
        }.joined(separator: "\n")
        try await RunningEmulator.with { running in
            let script = commands.replacing(":8080", with: ":\(running.emulator.port)")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            process.currentDirectoryURL = Fixtures.root
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result { try output.fileHandleForReading.readToEnd() ?? Data() })
                }
            }
            process.waitUntilExit()
            let answer = String(decoding: text, as: UTF8.self)
            #expect(answer.contains(#""images":[{"content_type":"image/png""#))
            #expect(answer.contains(#""state":"billed""#))
        }
    }

    @Test("the example of a fault file is valid")
    func faultFile() throws {
        let text = try #require(document.block("json", in: "faults"))
        #expect(try FaultFile(json: Array(text.utf8)).rules.count == 3)
    }

    @Test("every operation is in the list")
    func operations() throws {
        let folder = Fixtures.root.appendingPathComponent("Sources/SeedreamEmulator/Providers")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var names: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /\("((?:fal|aiml|onerouter|apiframe|ark)\.[a-z-]+)"/) {
                names.insert(String(match.1))
            }
        }
        #expect(names.count > 25)
        for name in names { #expect(document.text.contains("`\(name)`"), "\(name)") }
    }

    @Test("every setting is in the tables")
    func settings() {
        for setting in Mirror(reflecting: Ambiguities()).children {
            let name = setting.label ?? "none"
            #expect(document.text.contains("`\(name)`"), "\(name)")
        }
    }

    @Test("every fault is in the table")
    func faults() {
        let faults: [Fault] = [
            .delay(seconds: 1), .refuse(seconds: 1), .reset(.inBody), .slowRead(bytesPerSecond: 1),
            .slowWrite(bytesPerSecond: 1), .truncate(bytes: 1), .oversize(bytes: 1), .contentLength(offBy: 1),
            .contentType(""), .html(status: 502), .invalidJSON,
            .status(500, retryAfter: nil, accepted: false),
            .answer(status: 200, headers: [:], body: ""), .jobFails, .moderated, .jobHangs, .jobVanishes,
            .notAnImage, .redirect(location: ""),
        ]
        for fault in faults { #expect(document.text.contains("`\(fault.word)`"), "\(fault.word)") }
        for moment in Fault.ResetMoment.allCases {
            #expect(document.text.contains("`\(moment.rawValue)`"), "\(moment.rawValue)")
        }
    }
}
#endif
