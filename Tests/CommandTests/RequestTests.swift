import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// One request takes ten images: of more inputs the last ten are used, and the numbers show it.
@Suite("requests")
struct RequestTests {
    /// Creates this number of links to one image, and returns their paths.
    private func inputs(_ count: Int, in folder: TemporaryFolder) throws -> [String] {
        let original = try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: "original.jpg")
        return try (0..<count).map { index in
            let path = folder.file("input-\(index).jpg")
            try FileManager.default.linkItem(atPath: original, toPath: path)
            return path
        }
    }

    @Test("of a thousand inputs the last ten are used, and the others are not even opened")
    func thousand() async throws {
        let folder = try TemporaryFolder()
        let used = try inputs(10, in: folder)
        let dropped = (0..<990).map { folder.file("gone-\($0).jpg") }
        // Ten images take a fraction of a second; a thousand would take more than 20 s of CPU time.
        let limited = CommandRunner(
            "/bin/sh", "-c", "ulimit -t 20; exec \"$0\" \"$@\"", CommandRunner.seedream)
        let result = try await limited.run(["prep", "--json"] + dropped + used)
        #expect(result.status == 0)
        let report = try result.report
        #expect(report.images.map(\.index) == Array(990..<1000))
        #expect(report.images.map(\.position) == Array(1...10))
        #expect(report.images.map(\.source.name) == used)
        #expect(report.dropped.map(\.index) == Array(0..<990))
        #expect(report.dropped.map(\.name) == dropped)
        #expect(report.totals.dropped == 990)
        #expect(
            result.errors == """
                note: dropped \(dropped[0]), \(dropped[1]), \(dropped[2]) and 987 more: one request takes the last 10 of 1000
                note: "image 1" in a prompt now means \(used[0]), input 991

                """)
    }

    @Test("ten inputs are all used, eleven are one too many", arguments: [(10, 0), (11, 1)])
    func bound(_ count: Int, _ dropped: Int) async throws {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(["prep", "--json"] + inputs(count, in: folder))
        #expect(result.status == 0)
        let report = try result.report
        #expect(report.images.count == 10)
        #expect(report.images.first?.index == dropped)
        #expect(report.dropped.count == dropped)
        #expect(result.errorLines.count == dropped * 2)
    }

    @Test("--max-inputs moves the bound")
    func maxInputs() async throws {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(
            ["prep", "--json", "--max-inputs", "2"] + inputs(3, in: folder))
        #expect(try result.report.images.map(\.index) == [1, 2])
        #expect(try result.report.images.map(\.position) == [1, 2])
        #expect(try result.report.dropped.map(\.index) == [0])
    }

    @Test("--fail-on-dropped takes ten inputs", arguments: [[], ["--dry-run"]])
    func strictInside(_ more: [String]) async throws {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(
            ["prep", "--fail-on-dropped", "--json"] + more + inputs(10, in: folder))
        #expect(result.status == 0)
        #expect(try result.report.images.count == 10)
    }

    @Test(
        "--fail-on-dropped refuses eleven inputs before anything is opened or written",
        arguments: [[], ["--dry-run"]])
    func strictOutside(_ more: [String]) async throws {
        let folder = try TemporaryFolder()
        let inputs = try inputs(11, in: folder)
        let before = try folder.names()
        let result = try await CommandRunner().run(["prep", "--fail-on-dropped", "--json"] + more + inputs)
        #expect(result.status == 64)
        let document = try JSONValue(parsing: result.output)
        #expect(document["error"]?["message"] == "11 inputs given, one request takes 10")
        #expect(document["error"]?["exitCode"] == 64)
        #expect(
            result.errors == """
                error: 11 inputs given, one request takes 10
                  hint: name at most 10, or leave `--fail-on-dropped` out to use the last 10

                """)
        #expect(try folder.names() == before)
    }

    @Test("an input named twice is sent twice")
    func duplicates() async throws {
        let folder = try TemporaryFolder()
        let result = try await seedream(
            "prep", "--json", "-o", folder.path, Sample.conforming, Sample.turned, Sample.conforming)
        #expect(result.status == 0)
        #expect(try result.report.images.map(\.position) == [1, 2, 3])
        #expect(try folder.names() == ["01-phone-1.jpg", "02-phone-6.jpg", "03-phone-1.jpg"])
        #expect(try result.report.images[0].prepared.sha256 == result.report.images[2].prepared.sha256)
    }

    @Test("a failed input among the last ten keeps its position, and no earlier one takes its place")
    func failedInput() async throws {
        let folder = try TemporaryFolder()
        var inputs = try inputs(12, in: folder)
        inputs[4] = Sample.text
        inputs[11] = folder.file("gone.jpg")
        let result = try await CommandRunner().run(["prep", "--json", "-o", folder.file("out")] + inputs)
        #expect(result.status == 1)
        let report = try result.report
        #expect(report.dropped.map(\.index) == [0, 1])
        #expect(report.images.map(\.index) == [2, 3, 5, 6, 7, 8, 9, 10])
        #expect(report.images.map(\.position) == [1, 2, 4, 5, 6, 7, 8, 9])
        #expect(report.failed.map(\.index) == [4, 11])
        #expect(report.failed.map(\.position) == [3, 10])
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect(written.map { Int($0.prefix(2)) } == [1, 2, 4, 5, 6, 7, 8, 9])
    }

    @Test("the note on dropped inputs counts failed ones too")
    func noteWithFailures() async throws {
        let folder = try TemporaryFolder()
        var inputs = try inputs(12, in: folder)
        inputs[5] = Sample.text
        let result = try await CommandRunner().run(["prep", "--json"] + inputs)
        #expect(result.status == 1)
        #expect(
            result.errorLines.first
                == "note: dropped \(inputs[0]), \(inputs[1]): one request takes the last 10 of 12")
    }

    @Test("dropped inputs are reported even if every used one fails")
    func noteWithoutImages() async throws {
        let folder = try TemporaryFolder()
        let inputs = try inputs(1, in: folder) + Array(repeating: Sample.text, count: 10)
        let result = try await CommandRunner().run(["prep"] + inputs)
        #expect(result.status == 65)
        #expect(result.errors.contains("note: dropped \(inputs[0]): one request takes the last 10 of 11\n"))
    }
}
