import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// A second run of `prep --existing skip` skips no input that was not prepared, and reports those
/// that it prepares twice.
@Suite("prep, run again")
struct PrepSkipTests {
    private let folder: TemporaryFolder
    private let image: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        image = try Fixtures.bytes("shapes/phone-1.jpg")
        for name in ["in", "x", "y"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private func write(_ names: String...) throws {
        for name in names { try folder.write(image, as: name) }
    }

    private func prep(_ arguments: String...) async throws -> CommandResult {
        var runner = CommandRunner()
        runner.directory = folder.path
        return try await runner.run(
            ["prep", "--json", "--each", "-o", "out", "--existing", "skip"] + arguments)
    }

    private func results() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
    }

    @Test(
        "a new input that shares its stem with a finished one is prepared, and the finished one is not lost"
    )
    func comesFirst() async throws {
        try write("in/a.jpg", "in/b.jpg")
        #expect(try await prep("in").status == 0)
        #expect(try results() == ["a.jpg", "b.jpg"])
        try write("in/a.gif")
        let second = try await prep("in")
        #expect(second.status == 0, "\(second)")
        #expect(try second.report.images.map(\.source.name) == ["in/a.gif", "in/a.jpg"])
        #expect(try second.report.skipped?.map(\.name) == ["in/b.jpg"])
        #expect(second.errors.hasPrefix("note: out/a.jpg and 1 more: may be an earlier result of in/a.gif; "))
        #expect(try results() == ["a-gif.jpg", "a-jpg.jpg", "a.jpg", "b.jpg"])
        // From now on each additional one is prepared alone.
        try write("in/a.bmp")
        let third = try await prep("in")
        #expect(try third.report.images.map(\.source.name) == ["in/a.bmp"])
        #expect(try third.report.skipped?.count == 3)
        for name in ["in/a.gif", "in/a.bmp"] { try FileManager.default.removeItem(atPath: folder.file(name)) }
        try FileManager.default.removeItem(atPath: folder.file("out/a.jpg"))
        let alone = try await prep("in")
        #expect(try alone.report.images.map(\.source.name) == ["in/a.jpg"])
        #expect(
            alone.errors.hasPrefix("note: out/a-jpg.jpg: may be an earlier result of in/a.jpg; "), "\(alone)")
    }

    @Test("inputs whose names depend on their order are refused, and the others are not")
    func ambiguous() async throws {
        try write("x/a.jpg", "y/a.jpg", "y/b.jpg")
        let result = try await prep("x", "y")
        #expect(result.status == 73)
        #expect(try result.report.images.map(\.source.name) == ["y/b.jpg"])
        #expect(
            try result.report.failed.map(\.error.message)
                == ["out/a", "out/a-2"].map { "expected a name that no other input has, found \($0)" })
        #expect(try result.report.failed.allSatisfy { $0.error.hint.contains("`-r`") })
        // As advised: the folders keep them apart.
        let above = try await prep("-r", ".")
        #expect(above.status == 0, "\(above)")
        #expect(
            try above.report.images.compactMap(\.prepared.path)
                == ["out/x/a.jpg", "out/y/a.jpg", "out/y/b.jpg"])
        let numbers = try await prep("y", "--name", "{index}")
        #expect(numbers.status == 73)
        #expect(try numbers.report.images.isEmpty)
        // Without --existing skip, names are numbered as usual.
        var runner = CommandRunner()
        runner.directory = folder.path
        let plain = try await runner.run(["prep", "--each", "-o", "plain", "x", "y"])
        #expect(plain.status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("plain")).sorted() == [
                "a-2.jpg", "a.jpg", "b.jpg",
            ])
    }

    @Test("a result older than its input is kept, with a note")
    func changed() async throws {
        try write("in/a.jpg", "in/b.jpg")
        #expect(try await prep("in").errors == "")
        #expect(try await prep("in").errors == "")
        // Another image takes its place, with its old date.
        let path = folder.file("in/a.jpg")
        try FileManager.default.removeItem(atPath: path)
        try write("in/a.jpg")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: path)
        let result = try await prep("in")
        #expect(result.status == 0)
        #expect(try result.report.skipped?.count == 2)
        #expect(
            result.errors
                == "note: out/a.jpg: kept, although older than in/a.jpg; `--existing replace` prepares it again\n"
        )
    }

    @Test("skipped inputs are in the report, with their existing file")
    func report() async throws {
        try write("in/a.jpg", "in/b.jpg")
        #expect(try await prep("in/a.jpg").status == 0)
        #expect(try await prep("in", "--report", folder.file("report.html")).status == 0)
        let page = try String(contentsOf: URL(fileURLWithPath: folder.file("report.html")), encoding: .utf8)
        #expect(page.contains("1 skipped"))
        #expect(page.contains("its file existed"))
        #expect(page.components(separatedBy: "<img ").count == 5)
        #expect(page.contains("href=\"out/a.jpg\"") && page.contains("href=\"out/b.jpg\""))
    }

    // MARK: One file

    @Test(
        "-o cat.jpg beside an input cat.png is another file; a result that would replace the input is refused"
    )
    func besideInput() async throws {
        let opaque = try Fixtures.bytes("photos/coffee.png")
        try folder.write(opaque, as: "cat.png")
        var runner = CommandRunner()
        runner.directory = folder.path
        func run(_ more: String...) async throws -> CommandResult {
            try await runner.run(["prep", "--json", "cat.png", "-o", "cat.jpg"] + more)
        }
        let made = try await run("--format", "jpeg")
        #expect(made.status == 0, "\(made)")
        #expect(try made.report.images.map(\.prepared.path) == ["cat.jpg"])
        let skipped = try await run("--format", "jpeg", "--existing", "skip")
        #expect(try skipped.report.skipped?.map(\.path) == ["cat.jpg"])
        for existing in ["refuse", "skip", "replace"] {
            let refused = try await run("--format", "png", "--existing", existing)
            #expect(refused.status == 73, "\(refused)")
            #expect(
                try refused.report.failed.map(\.error.message) == [
                    "cat.png: is an input, and inputs are not replaced"
                ])
        }
        #expect(try Data(opaque) == bytes(ofFile: folder.file("cat.png")))
    }

    @Test("-o - writes only the image to standard output, and takes one input")
    func standardOutput() async throws {
        try write("a.jpg", "b.jpg")
        var runner = CommandRunner()
        runner.directory = folder.path
        let result = try await runner.run(["prep", "a.jpg", "-o", "-"])
        #expect(result.status == 0 && result.errors == "")
        #expect(result.output.starts(with: [0xFF, 0xD8]))
        #expect(try await prep("a.jpg").status == 0)
        #expect(try result.output == bytes(ofFile: folder.file("out/a.jpg")))
        #expect(try await runner.run(["prep", "a.jpg", "b.jpg", "-o", "-"]).status == 64)
        // A folder of that name is a folder.
        #expect(try await runner.run(["prep", "a.jpg", "-o", "./-"]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("-")) == ["01-a.jpg"])
    }
}
