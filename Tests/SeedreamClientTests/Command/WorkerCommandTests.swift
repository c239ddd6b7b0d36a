#if Client && Emulator
import Foundation
import SeedreamEmulator
import TestSupport
import Testing

@Suite("seedream worker, editing")
struct WorkerCommandTests {
    private static let photo = Fixtures.path("photos/rocket.jpg")

    private static func row(_ id: String, prompt: String = "make it night") -> String {
        #"{"operation":"edit","id":"\#(id)","prompt":"\#(prompt)","images":["\#(photo)"],"tag":"\#(id)"}"#
    }

    private static func prep(_ id: String) -> String {
        #"{"operation":"prep","id":"\#(id)","images":["\#(photo)"]}"#
    }

    /// An answer or the summary of a worker.
    private struct Answer: Decodable {
        struct File: Decodable { var path: String }
        struct Failure: Decodable { var category: String, code: String?, message: String }
        var type: String
        var id, state, operation, run, job, tag: String?
        var files: [File]?
        var error: Failure?
        var rows, exitCode: Int?
        var states: [String: Int]?
    }

    private static func answers(_ result: CommandResult) throws -> [Answer] {
        try result.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    private func start(_ rig: CommandRig, _ lines: [String], _ options: [String] = [], output: String? = nil)
        throws -> RunningCommand
    {
        var arguments = ["worker"] + rig.sending(to: "fal") + ["--run", "w"] + options
        if let output { arguments += ["-o", output] }
        return try rig.runner.start(arguments, input: Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    private func work(_ rig: CommandRig, _ lines: [String], _ options: [String] = []) async throws
        -> CommandResult
    { try await start(rig, lines, options).result() }

    @Test("edits and preparations are answered in the order of the lines")
    func mixed() async throws {
        try await CommandRig.with { rig in
            let lines = [Self.row("a"), Self.prep("b"), Self.row("c"), "{}", Self.prep("d")]
            let result = try await work(rig, lines)
            #expect(result.status == 0, "\(result)")
            let answers = try Self.answers(result)
            #expect(answers.map(\.id) == ["a", "b", "c", "4", "d", nil], "\(result)")
            #expect(answers.map(\.state) == ["saved", "saved", "saved", "failed", "saved", nil])
            #expect(answers.map(\.operation) == ["edit", "prep", "edit", nil, "prep", nil])
            #expect(answers[0].tag == "a" && answers[0].run == "w" && answers[0].job != nil)
            for answer in answers.dropLast() {
                for file in answer.files ?? [] {
                    #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)")
                }
            }
            #expect(answers.last?.states == ["saved": 4, "failed": 1])
            #expect(await rig.emulator.ledger.count == 2)
            // The same rows again buy nothing.
            let again = try Self.answers(try await work(rig, lines))
            #expect(again.map(\.state) == ["skipped", "saved", "skipped", "failed", "saved", nil])
            #expect(again[0].files?.map(\.path) == answers[0].files?.map(\.path))
            #expect(await rig.emulator.ledger.count == 2)
        }
    }

    @Test("two workers with the same rows at once: each row is bought once, and both answer with it")
    func twins() async throws {
        try await CommandRig.with({ $0.generationTime = 0.5 }) { rig in
            let lines = (1...6).map { Self.row("r\($0)") }
            let workers = try [start(rig, lines), start(rig, lines.reversed())]
            var files: [[String: [String]]] = []
            for worker in workers {
                let result = try await worker.result()
                #expect(result.status == 0, "\(result)")
                let answers = try Self.answers(result).dropLast()
                #expect(answers.allSatisfy { ["saved", "skipped"].contains($0.state ?? "") }, "\(result)")
                files.append(
                    Dictionary(
                        uniqueKeysWithValues: answers.map { ($0.id ?? "", $0.files?.map(\.path) ?? []) }))
            }
            #expect(files[0] == files[1] && files[0].count == 6)
            #expect(await rig.emulator.ledger.count == 6)
        }
    }

    @Test("no more requests are in flight than --in-flight allows, over all workers")
    func slots() async throws {
        try await CommandRig.with({ $0.generationTime = 0.3 }) { rig in
            let workers = try (0..<3).map { worker in
                try start(
                    rig, (1...4).map { Self.row("\(worker)-\($0)") }, ["--in-flight", "2", "--parallel", "4"])
            }
            for worker in workers {
                let result = try await worker.result()
                #expect(result.status == 0, "\(result)")
            }
            #expect(await rig.emulator.mostAtOnce(.fal) == 2)
            #expect(await rig.emulator.ledger.count == 12)
        }
    }

    @Test("an error that every row would meet stops the worker with its exit code")
    func refused() async throws {
        try await CommandRig.with { rig in
            var runner = rig.runner
            runner.environment["FAL_KEY"] = nil
            let lines = [Self.prep("p")] + (1...4).map { Self.row("r\($0)") }
            let result = try await runner.run(
                ["worker"] + rig.sending(to: "fal"), input: Data((lines.joined(separator: "\n") + "\n").utf8))
            #expect(result.status == 77, "\(result)")
            let answers = try Self.answers(result)
            #expect(answers.first?.state == "saved")
            #expect(answers.dropFirst().dropLast().allSatisfy { $0.state == "waiting" }, "\(result)")
            #expect(answers.last?.exitCode == 77 && answers.last?.error?.category == "key")
            #expect(await rig.emulator.ledger.isEmpty)
        }
    }

    @Test("the budget holds for the rows of all starts")
    func budget() async throws {
        try await CommandRig.with { rig in
            let lines = (1...5).map { Self.row("r\($0)") }
            // An image of Seedream 4 at fal costs 0.03 dollars.
            let result = try await work(rig, lines, ["--budget", "0.10", "--parallel", "1"])
            #expect(result.status == 80, "\(result)")
            #expect(await rig.emulator.ledger.count == 3)
            let answers = try Self.answers(result).dropLast()
            #expect(answers.count { $0.state == "saved" } == 3)
            #expect(answers.allSatisfy { ["saved", "waiting"].contains($0.state ?? "") })
        }
    }

    @Test("SIGTERM answers what was read, and the next worker brings the open jobs home")
    func terminated() async throws {
        try await CommandRig.with({ $0.generationTime = 4 }) { rig in
            let lines = (1...2).map { Self.row("r\($0)") }
            let worker = try start(rig, lines)
            try await eventually("both are accepted") { await rig.emulator.ledger.count == 2 }
            worker.send(SIGTERM)
            let result = try await worker.result()
            let answers = try Self.answers(result)
            // The input had ended, so that both rows were read.
            #expect(result.status == 143, "\(result)")
            #expect(answers.count == 3 && answers.last?.exitCode == 143, "\(result)")
            let again = try await work(rig, lines)
            #expect(again.status == 0, "\(again)")
            #expect(try Self.answers(again).dropLast().allSatisfy { $0.state == "saved" }, "\(again)")
            #expect(await rig.emulator.ledger.count == 2)
        }
    }

    @Test("a URL of this machine is fetched only if its host is allowed")
    func fetching() async throws {
        try await CommandRig.with { rig in
            let line =
                #"{"operation":"prep","id":"u","images":["http://127.0.0.1:\#(rig.emulator.port)/absent.jpg"]}"#
            let refused = try #require(try Self.answers(try await work(rig, [line])).first)
            #expect(
                refused.state == "failed" && refused.error?.message.contains("port") == true, "\(refused)")
            let allowed = try #require(
                try Self.answers(try await work(rig, [line], ["--allow-private", "127.0.0.1"])).first)
            // The emulator has no such file, which shows that it was asked.
            #expect(allowed.error?.message.contains("404") == true, "\(allowed)")
        }
    }
}
#endif
