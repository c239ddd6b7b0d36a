#if Client
import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// The process around its work: environment, descriptors, signals.
@Suite("the process")
struct ProcessTests {
    // MARK: Streams

    @Test(
        "opens no file in place of a closed standard stream",
        arguments: ["<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"])
    func closed(_ streams: String) async throws {
        let folder = try TemporaryFolder()
        let line = "XDG_STATE_HOME=\"$2/state\" \"$0\" prep \"$1\" --json -o \"$2/out\" \(streams)"
        let result = try await shell(line, Sample.conforming, folder.path)
        // Output that cannot be written is an error, if there is any.
        #expect(result.status == (streams.contains(">&-") && !streams.hasPrefix("2") ? 73 : 0), "\(result)")
        let written = try bytes(ofFile: folder.file("out/01-phone-1.jpg"))
        #expect(written.starts(with: [0xFF, 0xD8]))
        #expect(written.suffix(2) == Data([0xFF, 0xD9]))
    }

    #if os(Linux)
    @Test(
        "reports that it cannot read its arguments if /proc is missing, and does nothing",
        .enabled("processes cannot have their own mounts here") { await Machine.unshares() })
    func noProc() async throws {
        let line =
            "exec unshare -m sh -c 'mount -t tmpfs none /proc && exec \"$0\" prep \"$1\"' \"$0\" \"$1\""
        let result = try await shell(line, Sample.conforming)
        #expect(result.status == 78)
        #expect(result.text == "")
        #expect(
            result.errors == """
                error: the command line cannot be read
                  hint: is /proc mounted? it holds the arguments

                """)
    }

    @Test("leaves no core dump, and cannot be inspected by other processes of its user")
    func dumps() async throws {
        let folder = try TemporaryFolder()
        let input = try InputFIFO(folder.file("input"))
        let command = try CommandRunner(
            "/bin/sh", "-c", "ulimit -c unlimited; exec \"$0\" prep - <>\"$1\"", CommandRunner.seedream
        ).start([input.path])
        try await input.waitUntilRead(by: command, handling: SIGINT)
        let limits = try String(contentsOfFile: "/proc/\(command.identifier)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        // The files in /proc of such a process belong to root, not to its user.
        if geteuid() != 0 {
            let owner = try FileManager.default.attributesOfItem(
                atPath: "/proc/\(command.identifier)/environ")
            #expect(owner[.ownerAccountID] as? Int == 0)
        }
        command.send(SIGTERM)
        _ = try await command.result()
    }
    #endif

    // MARK: Signals

    @Test(
        "ends at the first signal while it reads standard input",
        arguments: [SIGINT, SIGTERM],
        [["prep", "-"], ["generate", "-"], ["edit", "x", "-"], ["prep", "--each", "-"]])
    func reading(_ signal: Int32, _ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let input = try InputFIFO(folder.file("input"))
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        var runner = CommandRunner("/bin/sh", "-c", "exec \"$0\" \(words) <>\"$1\"", CommandRunner.seedream)
        runner.environment["XDG_STATE_HOME"] = folder.file("state")
        runner.environment["FAL_KEY"] = "k"
        let command = try runner.start([input.path])
        try await input.waitUntilRead(by: command, handling: signal)
        command.send(signal)
        let result = try await command.result()
        #expect(result.status == (signal == SIGTERM ? 143 : 130), "\(result)")
        #expect(result.signal == nil)
        #expect(result.text == "")
    }

    @Test(
        "says as JSON too that it was interrupted",
        arguments: [["prep", "-", "--ndjson"], ["generate", "-", "--json"]])
    func interrupted(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let input = try InputFIFO(folder.file("input"))
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        let runner = CommandRunner("/bin/sh", "-c", "exec \"$0\" \(words) <>\"$1\"", CommandRunner.seedream)
        let command = try runner.start([input.path])
        try await input.waitUntilRead(by: command, handling: SIGINT)
        command.send(SIGINT)
        let result = try await command.result()
        #expect(result.status == 130, "\(result)")
        let document = try JSONValue(parsing: result.output)
        #expect(document["type"] == "error")
        #expect(document["error"]?["category"] == "interrupted")
        #expect(document["error"]?["exitCode"] == 130)
        #expect((result.lines.count == 1) == arguments.contains("--ndjson"))
    }

    // MARK: Messages

    @Test("prints a document if the folder for results cannot be created", arguments: ["file", "file/in"])
    func document(_ name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious".utf8, as: "file")
        let result = try await seedream("prep", Sample.conforming, "--json", "-o", folder.file(name))
        #expect(result.status == 73)
        let report = try result.report
        #expect(report.images.isEmpty)
        #expect(report.error?.code == .outputFailed)
        #expect(result.errorLines.first == "error: \(report.error?.message ?? "")")
        #expect(result.errorLines.last == "  hint: \(report.error?.hint ?? "")")
    }

    @Test(
        "reports if the names in a folder are not on the medium",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace is not installed"))
    func sync() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("out"), withIntermediateDirectories: false)
        // The first sync is that of the file, the second that of its folder.
        var runner = CommandRunner(
            "/usr/bin/strace", "-f", "-o", folder.file("trace"), "-e", "trace=fsync", "-e",
            "inject=fsync:error=EIO:when=2", CommandRunner.seedream)
        runner.timeout = .seconds(120)
        let result = try await runner.run(["prep", Sample.conforming, "-o", folder.file("out")])
        #expect(result.status == 73)
        #expect(
            result.errorLines.first
                == "error: \(Sample.conforming): \(folder.file("out/01-phone-1.jpg")): cannot be written: Input/output error"
        )
    }

    @Test("prints a payload for ark and for fal")
    func payload() async throws {
        let result = try await seedream(
            "prep", Sample.conforming, "--payload", "ark", "--prompt", "make it night")
        let fal = try await seedream(
            "prep", Sample.conforming, "--payload", "fal", "--prompt", "make it night")
        for (body, field) in [(result, "image"), (fal, "image_urls")] {
            #expect(body.status == 0)
            let fields = try JSONSerialization.jsonObject(with: body.output) as? [String: Any]
            #expect(fields?["prompt"] as? String == "make it night")
            #expect(fields?[field] != nil)
        }
    }

    // MARK: Ledgers

    @Test(
        "creates no ledger at a wrong path",
        arguments: [
            ["jobs"], ["jobs", "--json"], ["status", "abcd"], ["resume"], ["result", "abcd"],
            ["cancel", "abcd"],
        ])
    func mistyped(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        var runner = CommandRunner()
        runner.environment["XDG_STATE_HOME"] = folder.file("state")
        let path = folder.file("jbos.sqlite")
        let result = try await runner.run(arguments + ["--ledger", path])
        #expect(result.status == 64)
        #expect(
            result.errors == """
                error: \(path): there is no ledger
                  hint: check the path after `--ledger`; `edit` and `generate` make a new ledger

                """)
        // The default ledger does not exist yet, and counts as empty.
        let usual = try await runner.run(arguments)
        #expect(usual.status == (["jobs", "resume"].contains(arguments[0]) ? 0 : 64), "\(usual)")
        #expect(try folder.names() == [])
    }

    @Test("creates a private ledger on request, in an existing folder")
    func made() async throws {
        let folder = try TemporaryFolder()
        var runner = CommandRunner()
        runner.environment = [
            "FAL_KEY": "", "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.file("state"),
        ]
        let path = folder.file("jobs.sqlite")
        let result = try await runner.run(["generate", "a lighthouse", "--ledger", path])
        #expect(result.status == 77)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        // Closed at the end, so that all changes are in the file itself.
        #expect(try folder.names() == ["jobs.sqlite", "jobs.sqlite.owners"])
        let missing = try await runner.run(["generate", "a", "--ledger", folder.file("no/jobs.sqlite")])
        #expect(missing.status == 73)
        #expect(
            missing.errorLines.first
                == "error: \(folder.file("no/jobs.sqlite")): the ledger cannot be opened: there is no folder \(folder.file("no"))"
        )
    }

    @Test("creates one ledger together with others that start at the same moment")
    func together() async throws {
        let folder = try TemporaryFolder()
        var runner = CommandRunner()
        runner.environment = [
            "FAL_KEY": "", "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.file("state"),
        ]
        let started = try (0..<6).map { _ in try runner.start(["generate", "a lighthouse"]) }
        for command in started {
            let result = try await command.result()
            // Each finds no key, and so has opened the ledger.
            #expect(result.status == 77, "\(result)")
        }
        #expect(try await runner.run(["jobs"]).text == "no jobs\n")
    }

    @Test(
        "needs no folder of the user if all paths are given",
        .enabled("the program cannot run without root's rights here") {
            await Machine.unprivilegedRunner() != nil
        })
    func readOnlyHome() async throws {
        var runner = try #require(await Machine.unprivilegedRunner())
        let folder = try TemporaryFolder()
        #expect(chmod(folder.path, 0o777 | 0o1000) == 0)
        runner.environment = ["HOME": "/proc", "XDG_STATE_HOME": "", "FAL_KEY": "k"]
        let ledger = folder.file("jobs.sqlite")
        // The base URL has no server, so nothing is sent.
        let sent = try await runner.run([
            "generate", "a lighthouse", "--ledger", ledger, "--base-url", "http://127.0.0.1:1/fal",
            "--timeout", "2",
            "-o", folder.path,
        ])
        #expect(sent.status == 69, "\(sent)")
        let listed = try await runner.run(["jobs", "--ledger", ledger])
        #expect(listed.status == 0)
        #expect(listed.text.contains("failed"))
    }
}
#endif
