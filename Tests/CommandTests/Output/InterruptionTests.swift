import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// A signal ends a run between two strips of an image, and leaves only complete files.
@Suite("interruption", .serialized)
struct InterruptionTests {
    /// Runs with many images until some are written, then sends the signal.
    private func interrupt(
        _ signal: Int32, _ arguments: [String], _ folder: TemporaryFolder
    ) async throws -> (result: CommandResult, names: [String]) {
        let out = folder.file("out")
        // 300 images of 20 ms each: about six seconds of work.
        let inputs = Array(repeating: Fixtures.path("photos/rocket.jpg"), count: 300)
        let command = try CommandRunner().start(["prep", "--each", "-o", out] + arguments + inputs)
        func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? [] }
        try await command.wait { names().count >= 5 }
        command.send(signal)
        let result = try await command.result()
        return (result, names().sorted())
    }

    @Test("SIGINT ends a long run with 130, and SIGTERM with 143", arguments: [SIGINT, SIGTERM])
    func status(_ signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let (result, names) = try await interrupt(signal, [], folder)
        #expect(result.status == (signal == SIGTERM ? 143 : 130))
        #expect(result.signal == nil, "the program was ended by a signal")
        #expect(result.errors == "interrupted; files already written are complete\n")
        #expect((5..<300).contains(names.count))
        // The table of finished images.
        #expect(result.lines.last?.hasPrefix("\(names.count) of 300 images ready, ") == true, "\(result)")
        #expect(result.lines.count == names.count + 3)
    }

    @Test("an interrupted run writes the JSON of finished images", arguments: [SIGINT, SIGTERM])
    func json(_ signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let (result, names) = try await interrupt(signal, ["--json"], folder)
        #expect(result.status == (signal == SIGTERM ? 143 : 130))
        #expect((5..<300).contains(names.count))
        let report = try result.report
        #expect(report.images.map(\.index) == Array(0..<names.count))
        #expect(Set(report.images.compactMap(\.prepared.path)) == Set(names.map { folder.file("out/\($0)") }))
    }

    @Test("an interrupted run leaves only complete files and records", arguments: [SIGINT, SIGTERM])
    func whole(_ signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let (result, names) = try await interrupt(signal, ["--ndjson", "--name", "{index}-{stem}"], folder)
        let reference = try await seedream("prep", "--json", Fixtures.path("photos/rocket.jpg")).report
            .images[0]
        #expect((5..<300).contains(names.count))
        for name in names {
            #expect(name.wholeMatch(of: /\d{3}-rocket\.jpg/) != nil, "\(name) is a leftover")
            #expect(try sha256Text(bytes(ofFile: folder.file("out/\(name)"))) == reference.prepared.sha256)
        }
        // The last line says that the command was interrupted.
        let last = try JSONValue(parsing: Array((result.lines.last ?? "").utf8))
        #expect(last["error"]?["category"]?.string == "interrupted", "\(last)")
        let records = try result.records.dropLast()
        #expect(records.map { $0.image?.index } == Array(0..<records.count))
        #expect(result.text.hasSuffix("\n"))
        // A file may lack its record, but no record lacks its file.
        #expect((0...1).contains(names.count - records.count))
    }

    @Test(
        "an interrupted run of one request also leaves its finished images in files, JSON and table",
        .enabled(
            if: CommandRunner.script != nil,
            "script of util-linux is not installed: progress lines need a terminal"),
        arguments: [true, false])
    func together(_ isJSON: Bool) async throws {
        let folder = try TemporaryFolder()
        let inputs = Array(repeating: Fixtures.path("photos/rocket.jpg"), count: 300)
        var runner = CommandRunner()
        runner.directory = folder.path
        let command = try runner.start(
            ["prep", "--max-inputs", "300", "-o", "out"] + (isJSON ? ["--json"] : []) + inputs,
            onTerminalOf: 80, redirection: ">shown")
        // Its progress count, because no file is written before the end.
        try await command.wait { command.textSoFar.contains(/([5-9]|\d\d) of 300/) }
        let process = try String(contentsOfFile: folder.file("pid"), encoding: .utf8)
        kill(try #require(Int32(process.dropLast())), SIGINT)
        let result = try await command.result()
        #expect(result.status == 130, "\(result)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect((1..<300).contains(names.count))
        let shown = try bytes(ofFile: folder.file("shown"))
        if isJSON {
            let report = try JSONDecoder().decode(PreparationReport.self, from: shown)
            #expect(report.images.compactMap(\.prepared.path).sorted() == names.map { "out/\($0)" })
        } else {
            let lines = String(decoding: shown, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == names.count + 2)
            #expect(lines.last?.hasPrefix("\(names.count) of 300 images ready, ") == true)
        }
    }
}
