import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Results that cannot be written: exit status 73, only complete files, and no leftovers.
@Suite("output failures")
struct OutputFailureTests {
    // MARK: Folders

    @Test("a missing folder is created, with its parents")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let result = try await seedream("prep", Sample.conforming, "-o", folder.file("a/b/c/"))
        #expect(result.status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("a/b/c")) == ["01-phone-1.jpg"])
    }

    @Test("a relative folder is created in the working directory")
    func relative() async throws {
        let folder = try TemporaryFolder()
        var runner = CommandRunner()
        runner.directory = folder.path
        let result = try await runner.run(["prep", "--json", Sample.conforming, "-o", "out"])
        #expect(result.status == 0)
        #expect(try result.report.images.map(\.prepared.path) == ["out/01-phone-1.jpg"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")) == ["01-phone-1.jpg"])
    }

    @Test("a file in place of the folder is left alone")
    func file() async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "out")
        let result = try await seedream("prep", Sample.conforming, "-o", folder.file("out"))
        #expect(result.status == 73)
        #expect(result.text == "")
        #expect(
            result.errors == """
                error: \(folder.file("out")): expected a folder, found a file
                  hint: name another folder with `-o`

                """)
        let inside = try await seedream("prep", Sample.conforming, "-o", folder.file("out/in"))
        #expect(inside.status == 73)
        #expect(
            inside.errorLines.first
                == "error: \(folder.file("out/in")): folder cannot be made: Not a directory")
        #expect(try bytes(ofFile: folder.file("out")) == Data("precious".utf8))
        #expect(try folder.names() == ["out"])
    }

    @Test(
        "a folder without write permission is detected before any work, and nothing is left in it",
        .enabled("the program cannot run without root's rights here") {
            await Machine.unprivilegedRunner() != nil
        })
    func notWritable() async throws {
        let runner = try #require(await Machine.unprivilegedRunner())
        let folder = try TemporaryFolder()
        let picture = try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: "picture.jpg")
        #expect(chmod(picture, 0o644) == 0)
        #expect(chmod(folder.path, 0o555) == 0)
        let there = try await runner.run(["prep", picture, "-o", folder.path])
        #expect(there.status == 73)
        #expect(there.text == "")
        #expect(
            there.errors == """
                error: \(folder.path): folder is not writable: Permission denied
                  hint: name a folder that you may write to with `-o`

                """)
        let within = try await runner.run(["prep", picture, "-o", folder.file("new")])
        #expect(within.status == 73)
        #expect(
            within.errorLines.first
                == "error: \(folder.file("new")): folder cannot be made: Permission denied")
        #expect(chmod(folder.path, 0o755) == 0)
        #expect(try folder.names() == ["picture.jpg"])
    }

    // MARK: Files that exist

    @Test(
        "an existing file is refused and left alone, the others are written",
        arguments: [[], ["--each", "--name", "{index}-{stem}"]])
    func exists(_ more: [String]) async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "02-phone-1.jpg")
        let inputs = [Sample.turned, Sample.conforming, Sample.conforming]
        let result = try await CommandRunner().run(["prep", "--json", "-o", folder.path] + more + inputs)
        #expect(result.status == 73)
        let report = try result.report
        #expect(report.images.map(\.index) == [0, 2])
        #expect(report.failed.map(\.index) == [1])
        #expect(report.failed.map(\.error.code) == [.outputFailed])
        #expect(report.failed.map(\.error.message) == ["\(folder.file("02-phone-1.jpg")): file exists"])
        #expect(
            report.failed.map(\.error.hint) == [
                "pass `--existing skip` or `--existing replace`, or name another folder with `-o`"
            ])
        #expect(try folder.names() == ["01-phone-6.jpg", "02-phone-1.jpg", "03-phone-1.jpg"])
        #expect(try bytes(ofFile: folder.file("02-phone-1.jpg")) == Data("precious".utf8))
    }

    @Test("a link in place of a file is neither followed nor replaced")
    func link() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("01-phone-1.jpg"), withDestinationPath: folder.file("elsewhere.jpg"))
        let result = try await seedream("prep", Sample.conforming, "-o", folder.path)
        #expect(result.status == 73)
        #expect(try folder.names() == ["01-phone-1.jpg"])
    }

    @Test("--existing replace replaces a file, or a link but not its target")
    func overwrite() async throws {
        let folder = try TemporaryFolder()
        try folder.write("old".utf8, as: "01-phone-1.jpg")
        try folder.write("precious".utf8, as: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("02-phone-1.jpg"), withDestinationPath: "elsewhere")
        let result = try await seedream(
            "prep", "--json", "--existing", "replace", "-o", folder.path, Sample.conforming, Sample.conforming
        )
        #expect(result.status == 0)
        #expect(try folder.names() == ["01-phone-1.jpg", "02-phone-1.jpg", "elsewhere"])
        for image in try result.report.images {
            #expect(try sha256Text(bytes(ofFile: #require(image.prepared.path))) == image.prepared.sha256)
        }
        #expect(try bytes(ofFile: folder.file("elsewhere")) == Data("precious".utf8))
    }

    @Test("--existing replace does not replace a folder")
    func overwriteFolder() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("01-phone-1.jpg"), withIntermediateDirectories: false)
        let result = try await seedream("prep", "--existing", "replace", "-o", folder.path, Sample.conforming)
        #expect(result.status == 73)
        #expect(try folder.names() == ["01-phone-1.jpg"])
    }

    @Test("an input may be in the output folder and be replaced by its own result")
    func inPlace() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: "01-a.jpg")
        try FileManager.default.moveItem(atPath: path, toPath: folder.file("a.jpg"))
        let first = try await seedream("prep", "-o", folder.path, folder.file("a.jpg"))
        #expect(first.status == 0)
        try FileManager.default.removeItem(atPath: folder.file("a.jpg"))
        try FileManager.default.moveItem(atPath: folder.file("01-a.jpg"), toPath: folder.file("a.jpg"))
        let second = try await seedream(
            "prep", "--json", "--existing", "replace", "-o", folder.path, folder.file("a.jpg"))
        #expect(try second.report.images.map(\.bytesIdentical) == [true])
        #expect(try bytes(ofFile: folder.file("01-a.jpg")) == bytes(ofFile: folder.file("a.jpg")))
    }

    // MARK: Full devices

    @Test(
        "on a device that fills up, results are either complete or absent",
        .enabled("no file system can be mounted here (root only)") { await Machine.mounts() },
        arguments: [[], ["--each"]])
    func fullDevice(_ more: [String]) async throws {
        let folder = try TemporaryFolder()
        let mounted = try await shell("mount -t tmpfs -o size=1m tmpfs \"$1\"", folder.path)
        #expect(mounted.status == 0)
        do {
            let result = try await CommandRunner().run(
                ["prep", "--json", "-o", folder.path] + more + Sample.photos)
            #expect(result.status == 73)
            let report = try result.report
            // Six photographs take 1.3 MB.
            #expect(report.images.count + report.failed.count == 6)
            #expect((1...5).contains(report.images.count))
            #expect(report.failed.allSatisfy { $0.error.code == .outputFailed })
            #expect(
                report.failed.allSatisfy {
                    $0.error.message.hasSuffix(": cannot be written: No space left on device")
                })
            #expect(
                report.failed.allSatisfy {
                    $0.error.hint == "free some space; what was already written is whole"
                })
            #expect(
                try folder.names()
                    == report.images.compactMap {
                        $0.prepared.path.map { String($0.dropFirst(folder.path.count + 1)) }
                    }.sorted())
            for image in report.images {
                #expect(try sha256Text(bytes(ofFile: #require(image.prepared.path))) == image.prepared.sha256)
            }
        } catch {
            Issue.record(error)
        }
        #expect(try await shell("umount \"$1\"", folder.path).status == 0)
    }

    @Test(
        "a full device as stdout ends with 73 and a message",
        arguments: ["-o -", "--json", "--ndjson", "--data-uri", "--each --ndjson", "--dry-run", ""])
    func fullOutput(_ mode: String) async throws {
        let result = try await shell("exec \"$0\" prep \(mode) \"$1\" >/dev/full", Sample.conforming)
        #expect(result.status == 73)
        #expect(result.errors == "error: standard output cannot be written: No space left on device\n")
    }

    @Test("inspect also ends with 73 if stdout is full", arguments: ["", "--json"])
    func fullOutputOfInspect(_ mode: String) async throws {
        let result = try await shell("exec \"$0\" inspect \(mode) \"$1\" >/dev/full", Sample.conforming)
        #expect(result.status == 73)
        #expect(result.errors == "error: standard output cannot be written: No space left on device\n")
    }

    @Test("a closed stdout ends with 73", arguments: ["prep", "prep -o -", "prep --json"])
    func noOutput(_ command: String) async throws {
        let result = try await shell("exec \"$0\" \(command) \"$1\" >&-", Sample.conforming)
        #expect(result.status == 73)
    }

    @Test("without stderr the work is still done")
    func noErrors() async throws {
        let folder = try TemporaryFolder()
        let result = try await shell(
            "exec \"$0\" prep --json -o \"$2\" \"$1\" \"$3\" 2>&-", Sample.turned, folder.path, Sample.text)
        #expect(result.status == 1)
        let image = try #require(try result.report.images.first)
        #expect(try sha256Text(bytes(ofFile: folder.file("01-phone-6.jpg"))) == image.prepared.sha256)
    }

    // MARK: Readers that leave

    @Test(
        "a closed pipe is not a failure: no crash, no wait, exit status 0",
        arguments: [
            "prep --data-uri", "prep --json", "prep", "prep -o -", "prep --each --ndjson", "inspect",
        ],
        ["", "trap '' PIPE;"])
    func closedPipe(_ command: String, _ trap: String) async throws {
        let folder = try TemporaryFolder()
        // The reader has left by the time the first byte is written.
        let line = "{ sleep 0.2; \(trap) \"$0\" \(command) \"$1\"; echo $? >\"$2\"; } | true; cat \"$2\""
        var runner = CommandRunner("/bin/sh", "-c", line, CommandRunner.seedream)
        runner.timeout = .seconds(20)
        let result = try await runner.run([Sample.conforming, folder.file("status")])
        #expect(result.text == "0\n")
        #expect(result.errors == "")
    }

    @Test("files stay complete if the reader of their records leaves")
    func closedPipeAndFolder() async throws {
        let folder = try TemporaryFolder()
        let inputs = Array(repeating: Sample.conforming, count: 200)
        var runner = CommandRunner(
            "/bin/sh", "-c", "\"$0\" prep --each --ndjson -o \"$@\" | head -n 1", CommandRunner.seedream)
        runner.timeout = .seconds(30)
        let result = try await runner.run([folder.path] + inputs)
        #expect(result.lines.count == 1)
        let image = try #require(try result.records.first?.image)
        let names = try folder.names()
        #expect(!names.isEmpty)
        for name in names {
            #expect(!name.hasPrefix("."))
            #expect(try sha256Text(bytes(ofFile: folder.file(name))) == image.prepared.sha256)
        }
    }
}
