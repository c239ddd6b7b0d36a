import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// The names of `prep`'s files, and its behaviour if they exist.
@Suite("names of prepared files")
struct PrepNameTests {
    private let folder: TemporaryFolder
    private let image: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        image = try Fixtures.bytes("shapes/phone-1.jpg")
    }

    /// Writes images, and creates their folders.
    private func write(_ names: String...) throws {
        for name in names {
            let path = URL(fileURLWithPath: folder.file(name)).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try folder.write(image, as: name)
        }
    }

    /// Returns the sorted paths of the files below a folder.
    private func files(_ name: String) -> [String] {
        let all =
            FileManager.default.enumerator(atPath: folder.file(name))?.compactMap { $0 as? String } ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder.file("\(name)/\(path)"), isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }

    private func prep(_ arguments: String...) async throws -> CommandResult {
        var runner = CommandRunner()
        runner.directory = folder.path
        return try await runner.run(["prep", "--json"] + arguments)
    }

    // MARK: Templates

    @Test("are made from a template, with numbers as wide as the largest")
    func template() async throws {
        try write("a/x.jpg", "a/y.jpg")
        let result = try await prep(
            "--each", "-o", "out", "--name", "{index} of {row}, {position}_{stem}", "a/x.jpg", "a/y.jpg")
        #expect(result.status == 64)
        #expect(result.errors.contains("expected letters, digits, spaces and -_."))
        let right = try await prep(
            "--each", "-o", "out", "--name", "{index}-{row}_{stem}", "a/x.jpg", "a/y.jpg")
        #expect(right.status == 0, "\(right)")
        #expect(files("out") == ["01-1_x.jpg", "02-2_y.jpg"])
        let together = try await prep("-o", "both", "--name", "{stem} {position}", "a/x.jpg", "a/y.jpg")
        #expect(together.status == 0, "\(together)")
        #expect(files("both") == ["x 01.jpg", "y 02.jpg"])
    }

    @Test(
        "are refused before any work if the template is invalid for prep",
        arguments: ["{seed}", "{request}", "{id}", "{name}", "a/{stem}", "{stem", ""])
    func refused(_ template: String) async throws {
        try write("x.jpg")
        let result = try await prep("-o", "out", "--name", template, "x.jpg")
        #expect(result.status == 64)
        #expect(result.errors.contains("--name: expected "), "\(result)")
        #expect(try folder.names() == ["x.jpg"])
    }

    @Test(
        "a name that another input has gets -2; names that differ in case or accent encoding count as equal")
    func taken() async throws {
        try write("1/a.jpg", "2/A.jpg", "3/a.png", "1/\u{E9}.jpg", "2/e\u{301}.jpg", "1/a-2.jpg")
        let result = try await prep(
            "--each", "-o", "out", "1/a.jpg", "2/A.jpg", "3/a.png", "1/\u{E9}.jpg", "2/e\u{301}.jpg",
            "1/a-2.jpg")
        #expect(result.status == 0, "\(result)")
        let names = try result.report.images.compactMap { $0.prepared.path.map { String($0.dropFirst(4)) } }
        #expect(
            names.map { Array($0.utf8) }
                == [
                    "a.jpg", "A-2.jpg", "a-3.jpg", "\u{E9}.jpg", "e\u{301}-2.jpg", "a-2-2.jpg",
                ].map { Array($0.utf8) })
        #expect(files("out").count == 6)
    }

    // MARK: Folders

    @Test(
        "mirror the folders of an input folder, which stands for its images, recognised by content"
    )
    func mirrored() async throws {
        try write("in/b.jpg", "in/no extension", "in/sub/b.jpg", "in/sub/deep/c.jpg", "in/.hidden/d.jpg")
        try folder.write(#"{"prompt":"x"}"#.utf8, as: "in/b.jpg.json")
        try folder.write("a list".utf8, as: "in/sub/notes.txt")
        try folder.write("%PDF-1.7".utf8, as: "in/paper.pdf")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("in/loop"), withDestinationPath: folder.file("in"))
        let result = try await prep("--each", "-r", "in", "-o", "out")
        #expect(result.status == 0, "\(result)")
        #expect(files("out") == ["b.jpg", "no extension.jpg", "sub/b.jpg", "sub/deep/c.jpg"])
        #expect(result.errors == "note: in: 3 files that are not images left out\n")
        let flat = try await prep("--each", "in", "-o", "flat")
        #expect(flat.status == 0)
        #expect(files("flat") == ["b.jpg", "no extension.jpg"])
    }

    @Test("a folder without images is reported, with the hint that -r includes subfolders")
    func withoutImages() async throws {
        try write("in/sub/a.jpg")
        try folder.write("a list".utf8, as: "in/notes.txt")
        let result = try await prep("--each", "in")
        #expect(result.status == 65)
        #expect(result.errors == "note: in: the folder holds no images; -r includes its subfolders\n")
    }

    @Test("stay the same when the folder gains a file, and --existing skip prepares only new files")
    func stable() async throws {
        try write("in/b.jpg", "in/sub/d.jpg")
        #expect(try await prep("--each", "-r", "in", "-o", "out").status == 0)
        let before = try FileManager.default.attributesOfItem(atPath: folder.file("out/b.jpg"))
        try write("in/a.jpg", "in/sub/c.jpg")
        let again = try await prep("--each", "-r", "in", "-o", "out", "--existing", "skip")
        #expect(again.status == 0, "\(again)")
        #expect(files("out") == ["a.jpg", "b.jpg", "sub/c.jpg", "sub/d.jpg"])
        let report = try again.report
        #expect(report.images.map(\.source.name) == ["in/a.jpg", "in/sub/c.jpg"])
        #expect(report.images.map(\.index) == [0, 2])
        #expect(report.skipped?.map(\.name) == ["in/b.jpg", "in/sub/d.jpg"])
        #expect(report.skipped?.map(\.path) == ["out/b.jpg", "out/sub/d.jpg"])
        #expect(report.skipped?.map(\.index) == [1, 3])
        let after = try FileManager.default.attributesOfItem(atPath: folder.file("out/b.jpg"))
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)

        var runner = CommandRunner()
        runner.directory = folder.path
        let table = try await runner.run(["prep", "--each", "-r", "in", "-o", "out", "--existing", "skip"])
        #expect(table.status == 0)
        #expect(table.lines.last == "4 skipped, as their files exist")
        let lines = try await runner.run(
            ["prep", "--each", "--ndjson", "-r", "in", "-o", "out", "--existing", "skip"])
        #expect(lines.lines.count == 4)
        #expect(lines.lines.allSatisfy { $0.contains(#""status":"skipped""#) })
    }

    @Test("results in a folder within the inputs are not inputs")
    func within() async throws {
        try write("in/a.jpg")
        for _ in 0..<2 {
            let result = try await prep("--each", "-r", "in", "-o", "in/out", "--existing", "replace")
            #expect(try result.report.images.map(\.source.name) == ["in/a.jpg"])
        }
        #expect(files("in") == ["a.jpg", "out/a.jpg"])
    }

    @Test(
        "the folder of the inputs is refused for results, unless --name keeps them apart",
        arguments: [[], ["--name", "{stem}"]])
    func ownFolder(_ more: [String]) async throws {
        try write("in/a.jpg", "in/b.jpg")
        var runner = CommandRunner()
        runner.directory = folder.path
        for path in ["in", "./in/", folder.file("in")] {
            let refused = try await runner.run(
                ["prep", "--each", "in", "-o", path, "--existing", "replace"] + more)
            #expect(refused.status == 64)
            #expect(refused.errors.contains("expected a folder other than that of the inputs"), "\(refused)")
        }
        #expect(files("in") == ["a.jpg", "b.jpg"])
        let apart = ["prep", "--json", "--each", "in", "-o", "./in", "--name", "{stem}-prepared"]
        #expect(try await runner.run(apart).status == 0)
        try write("in/c.jpg")
        let again = try await runner.run(apart + ["--existing", "skip"])
        #expect(again.status == 0)
        #expect(again.errors == "note: ./in: 2 results of an earlier run left out\n")
        #expect(try again.report.images.map(\.source.name) == ["in/c.jpg"])
        #expect(
            files("in") == ["a-prepared.jpg", "a.jpg", "b-prepared.jpg", "b.jpg", "c-prepared.jpg", "c.jpg"])
    }

    @Test("an input is never replaced by a result, under any spelling of its path")
    func inputsStay() async throws {
        try write("in/a.jpg")
        try FileManager.default.linkItem(atPath: folder.file("in/a.jpg"), toPath: folder.file("other.jpg"))
        for input in ["in/a.jpg", "other.jpg"] {
            let result = try await prep("--each", "--name", "a", "-o", "in", "--existing", "replace", input)
            #expect(result.status == 73)
            #expect(
                try result.report.failed.map(\.error.message) == [
                    "in/a.jpg: is an input, and inputs are not replaced"
                ])
        }
        #expect(try bytes(ofFile: folder.file("in/a.jpg")) == Data(image))
    }

    @Test("an existing file is detected before the work: an input that cannot be decoded is not tried")
    func before() async throws {
        try folder.write("precious".utf8, as: "truncated-scan.jpg")
        let damaged = Fixtures.path("corrupt/truncated-scan.jpg")
        let refused = try await prep("--each", "-o", ".", "--verify", damaged)
        #expect(refused.status == 73)
        #expect(try refused.report.failed.map(\.error.code) == [.outputFailed])
        let skipped = try await prep("--each", "-o", ".", "--verify", "--existing", "skip", damaged)
        #expect(skipped.status == 0)
        let replaced = try await prep("--each", "-o", ".", "--verify", "--existing", "replace", damaged)
        #expect(replaced.status == 65)
        #expect(try bytes(ofFile: folder.file("truncated-scan.jpg")) == Data("precious".utf8))
    }

    // MARK: One file

    @Test(
        "-o FILE.jpg is that file for a single image; another format keeps its own extension, with a note"
    )
    func oneFile() async throws {
        let named = try await prep("-o", "new/cat.JPEG", Sample.turned)
        #expect(named.status == 0, "\(named)")
        #expect(try named.report.images.map(\.prepared.path) == ["new/cat.JPEG"])
        let other = try await prep("-o", "new/dog.jpg", "--format", "png", Sample.turned)
        #expect(other.status == 0)
        #expect(other.errors.contains("note: the result is a png image, written to new/dog.png\n"))
        #expect(files("new") == ["cat.JPEG", "dog.png"])
        let again = try await prep("-o", "new/cat.JPEG", Sample.conforming)
        #expect(again.status == 73)
        #expect(try again.report.failed.map(\.error.message) == ["new/cat.JPEG: file exists"])
        let two = try await prep("-o", "two.jpg", Sample.conforming, Sample.turned)
        #expect(two.status == 64)
        #expect(two.errors.contains("expected one image for two.jpg, found 2"))
        try FileManager.default.createDirectory(
            atPath: folder.file("album.jpg"), withIntermediateDirectories: true)
        #expect(try await prep("-o", "album.jpg", Sample.conforming).status == 0)
        #expect(files("album.jpg") == ["01-phone-1.jpg"])
    }

    // MARK: Lists

    @Test("inputs come from a list of names, one per line or terminated by zero bytes")
    func lists() async throws {
        try write("a.jpg", "new\nline.jpg", "-", "data:x")
        try folder.write("a.jpg\n\n-\ndata:x\n".utf8, as: "list")
        let lines = try await prep("--each", "--files-from", "list")
        #expect(lines.status == 0, "\(lines)")
        #expect(try lines.report.images.map(\.source.name) == ["a.jpg", "-", "data:x"])
        var runner = CommandRunner()
        runner.directory = folder.path
        let zeros = try await runner.run(
            ["prep", "--json", "--each", "--files-from", "-", "-0", "-o", "out"],
            input: Data("new\nline.jpg\0a.jpg\0".utf8))
        #expect(zeros.status == 0, "\(zeros)")
        #expect(files("out") == ["a.jpg", "newline.jpg"])
        let missing = try await prep("--files-from", "gone")
        #expect(missing.status == 64)
        #expect(missing.errors.hasPrefix("error: --files-from: gone: cannot be read: No such file"))
        #expect(try await runner.run(["prep", "--files-from", "-", "-"]).status == 64)
        #expect(try await runner.run(["prep", "-0", "a.jpg"]).status == 64)
    }

    // MARK: Messages

    @Test("the summary counts what one request has no room for, and names --each")
    func dropped() async throws {
        let inputs = Array(repeating: Sample.conforming, count: 12)
        let result = try await CommandRunner().run(["prep"] + inputs)
        #expect(result.status == 0)
        let last = try #require(result.lines.last)
        #expect(last.hasPrefix("10 of 10 images ready, "))
        #expect(
            last.hasSuffix("; 2 dropped: one request takes 10, `--each` sends one request for each input"))
        let each = try await CommandRunner().run(["prep", "--each"] + inputs)
        #expect(each.lines.last?.contains("dropped") == false)
    }

    @Test("--overwrite is the old name of --existing replace, and says so")
    func overwrite() async throws {
        try folder.write("old".utf8, as: "phone-1.jpg")
        let result = try await prep("--each", "--overwrite", "-o", ".", Sample.conforming)
        #expect(result.status == 0)
        #expect(result.errors.hasPrefix("note: --overwrite is now --existing replace; "))
        #expect(
            try await prep("--overwrite", "--existing", "skip", "-o", ".", Sample.conforming).status == 64)
        #expect(try await prep("--existing", "skip", "--each", "-o", ".", Sample.conforming).status == 0)
    }
}
