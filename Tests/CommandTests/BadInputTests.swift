import Foundation
import ImageCodecs
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Every bad input gives exactly one typed error, and never stops the others.
@Suite("bad inputs")
struct BadInputTests {
    /// Runs `prep` on the input alone and between two good ones, and checks what all errors have in
    /// common.
    ///
    /// - Returns: The error.
    @discardableResult
    private func failure(
        _ path: String, _ code: ErrorCode, runner: CommandRunner = CommandRunner(),
        good: String = Sample.conforming
    ) async throws -> FailureRecord.Failure {
        var runner = runner
        runner.timeout = .seconds(20)
        let alone = try await runner.run(["prep", "--json", path])
        #expect(alone.status == 65, "\(alone)")
        let report = try alone.report
        #expect(report.images == [])
        try #require(report.failed.count == 1)
        let record = report.failed[0]
        #expect(record.status == "failed")
        #expect(record.index == 0)
        #expect(record.name == path)
        #expect(record.error.code == code)
        for text in [record.error.message, record.error.hint] {
            #expect(text != "")
            #expect(!text.contains("\n"))
            #expect(!text.hasSuffix(".") && !text.hasSuffix("!"))
        }
        #expect(alone.errors == "error: \(path): \(record.error.message)\n  hint: \(record.error.hint)\n")

        let beside = try await runner.run(["prep", "--json", good, path, good])
        #expect(beside.status == 1)
        let mixed = try beside.report
        #expect(mixed.images.map(\.index) == [0, 2])
        #expect(mixed.images.map(\.position) == [1, 3])
        #expect(mixed.failed.map(\.index) == [1])
        #expect(mixed.failed.map(\.error) == [record.error])
        #expect(beside.errors == alone.errors)
        return record.error
    }

    // MARK: Fixtures

    /// The fixtures that must fail.
    static let refused = Fixtures.readableRows.filter { $0.expect.error != nil }

    @Test(
        "a fixture that the manifest refuses fails with the manifest's code", arguments: refused
    )
    func fixture(_ row: Fixtures.Row) async throws {
        let code = try #require(row.expect.error.flatMap(ErrorCode.init))
        try await failure(Fixtures.path(row.path), code)
    }

    @Test("the bad fixtures cover every error code, and truncation in every format")
    func covered() {
        let words = Dictionary(grouping: Fixtures.rows.filter { $0.expect.error != nil }) {
            $0.expect.error ?? ""
        }.mapValues(\.count)
        #expect(
            Set(words.keys) == [
                "empty-input", "not-an-image", "unsupported-format", "corrupt-image", "truncated-image",
                "limit-exceeded", "aspect-ratio", "unsupported-feature",
            ])
        #expect(words["truncated-image", default: 0] >= 9)
    }

    @Test("every other fixture is prepared, including CMYK")
    func accepted() async throws {
        let rows = Fixtures.readableRows.filter { $0.expect.error == nil }
        let result = try await CommandRunner().run(
            ["prep", "--json", "--each"] + rows.map { Fixtures.path($0.path) })
        #expect(result.status == 0)
        #expect(try result.report.failed.isEmpty)
        #expect(try result.report.images.count == rows.count)
    }

    @Test(
        "the message names what was found",
        arguments: [
            ("corrupt/empty.jpg", "file is empty", "check that the file was written completely"),
            (
                "corrupt/text.jpg", "expected an image, found data that begin with 54 68 69 73 20 69 73 20",
                "pass a \(ImageFormat.readableNames) file"
            ),
            (
                "corrupt/jpeg2000.jp2", "JPEG 2000 is recognised but not read",
                "convert it to JPEG or PNG first"
            ),
            (
                "corrupt/huge-header.png", "image has 3600000000 px, the limit is 268402689 px",
                "reduce the image first, or allow it with `--max-pixels 3600000000` if you trust the file"
            ),
            (
                "corrupt/huge-header.jpg", "image has 3600000000 px, the limit is 268402689 px",
                "reduce the image first, or allow it with `--max-pixels 3600000000` if you trust the file"
            ),
            (
                "corrupt/ratio-3.5.jpg", "aspect ratio 3.5:1 (140x40) is outside 1:3 to 3:1",
                "crop the image, pass `--fit pad` or `--fit crop`, or `--max-ratio 4` if your provider takes it"
            ),
            (
                "corrupt/ratio-1-3.5.jpg", "aspect ratio 1:3.5 (40x140) is outside 1:3 to 3:1",
                "crop the image, pass `--fit pad` or `--fit crop`, or `--max-ratio 4` if your provider takes it"
            ),
        ])
    func message(_ fixture: String, _ message: String, _ hint: String) async throws {
        let result = try await seedream("prep", Fixtures.path(fixture))
        #expect(result.status == 65)
        #expect(result.errors == "error: \(Fixtures.path(fixture)): \(message)\n  hint: \(hint)\n")
    }

    @Test(
        "an image that claims to be enormous costs neither memory nor time",
        arguments: ["huge-header.png", "huge-header.jpg"])
    func enormous(_ name: String) async throws {
        let result = try await shell(
            "ulimit -v 2000000; ulimit -t 5; exec \"$0\" prep --json \"$1\"", Fixtures.path("corrupt/\(name)")
        )
        #expect(try result.report.failed.map(\.error.code) == [.limitExceeded])
    }

    @Test("exactly 3:1 is within the limit")
    func ratioAtTheBound() async throws {
        let result = try await seedream("prep", "--json", Fixtures.path("corrupt/ratio-3.jpg"))
        #expect(result.status == 0)
        let image = try #require(try result.report.images.first)
        #expect((image.source.width, image.source.height) == (120, 40))
        #expect(image.prepared.width <= 3 * image.prepared.height)
        #expect(image.prepared.width * image.prepared.height >= 921_600)
    }

    @Test("the content decides the format, not the name")
    func wrongExtension() async throws {
        let folder = try TemporaryFolder()
        let path = Fixtures.path("corrupt/png-named.jpg")
        let result = try await seedream("prep", "--json", "--format", "png", "-o", folder.path, path)
        #expect(result.status == 0)
        #expect(try result.report.images.map(\.source.format) == ["png"])
        #expect(try folder.names() == ["01-png-named.png"])
    }

    @Test("an arithmetic-coded JPEG is decoded and re-encoded")
    func arithmetic() async throws {
        let result = try await seedream(
            "prep", "--json", "--min-area", "1", Fixtures.path("sampling/arithmetic.jpg"))
        #expect(result.status == 0)
        let image = try #require(try result.report.images.first)
        #expect(image.action == .transcode)
        #expect(image.reasons == [.arithmeticCoding])
    }

    @Test(
        "a profile that inflates beyond its limit is ignored, with a notice",
        arguments: [[], ["--min-area", "1"]])
    func profileBomb(_ more: [String]) async throws {
        let path = Fixtures.path("corrupt/iccp-bomb.png")
        let limited = CommandRunner(
            "/bin/sh", "-c", "ulimit -t 10; exec \"$0\" \"$@\"", CommandRunner.seedream)
        let result = try await limited.run(["prep", "--json", path] + more)
        #expect(result.status == 0)
        let image = try #require(try result.report.images.first)
        #expect(image.source.colorProfile == nil)
        let notice = image.notices.first { $0.code == .profileIgnored }
        #expect(
            notice?.message == "the colour profile is ignored: it has 67108864 bytes, the limit is 8000000")
        // Nor is it kept when the image passes through.
        #expect(try #require(image.prepared.bytes) < (more.isEmpty ? 200_000 : 5000))
    }

    @Test(
        "a truncated JPEG with an end marker is refused, although its structure is valid",
        arguments: [[], ["--verify"]])
    func gluedEnd(_ more: [String]) async throws {
        let path = Fixtures.path("corrupt/half-with-end-marker.jpg")
        let result = try await CommandRunner().run(["prep", "--json", "--min-area", "1", path] + more)
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.error.code) == [.truncatedImage])
    }

    // MARK: Anything but regular files

    @Test("a folder is not an image")
    func folder() async throws {
        let folder = try TemporaryFolder()
        let error = try await failure(folder.path, .unreadableInput)
        #expect(error.message == "expected a regular file, found a directory")
        #expect(error.hint == "name the files in it, or pass `--each` to prepare every file of the folder")
    }

    @Test("a missing file is named")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let error = try await failure(folder.file("gone.jpg"), .unreadableInput)
        #expect(error.message == "cannot be opened: No such file or directory")
        #expect(error.hint == "check the path and its permissions")
    }

    @Test("a dangling link, and one to itself, cannot be opened")
    func links() async throws {
        let folder = try TemporaryFolder()
        for (name, target) in [("nowhere.jpg", "gone.jpg"), ("itself.jpg", "itself.jpg")] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
            try await failure(folder.file(name), .unreadableInput)
        }
    }

    @Test("a name that is too long, or leads through a file, cannot be opened")
    func impossibleNames() async throws {
        try await failure("/tmp/" + String(repeating: "n", count: 256) + ".jpg", .unreadableInput)
        try await failure(Sample.conforming + "/inside.jpg", .unreadableInput)
    }

    @Test(
        "a file without read permission cannot be opened",
        .enabled("the program cannot run without root's rights here") {
            await Machine.unprivilegedRunner() != nil
        })
    func permission() async throws {
        let runner = try #require(await Machine.unprivilegedRunner())
        let folder = try TemporaryFolder()
        let picture = try Fixtures.bytes("shapes/phone-1.jpg")
        let good = try folder.write(picture, as: "open.jpg")
        let secret = try folder.write(picture, as: "secret.jpg")
        #expect(chmod(folder.path, 0o755) == 0)
        #expect(chmod(good, 0o644) == 0)
        #expect(chmod(secret, 0) == 0)
        let error = try await failure(secret, .unreadableInput, runner: runner, good: good)
        #expect(error.message == "cannot be opened: Permission denied")
    }

    @Test("a FIFO without a writer does not block the command")
    func fifo() async throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.file("pipe.jpg"), 0o600) == 0)
        let error = try await failure(folder.file("pipe.jpg"), .unreadableInput)
        #expect(error.message == "expected a regular file, found a FIFO")
        #expect(error.hint == "pass a regular file, or pipe the image in and name it `-`")
    }

    @Test("a device is not read", arguments: ["/dev/zero", "/dev/null", "/dev/full"])
    func device(_ path: String) async throws {
        let error = try await failure(path, .unreadableInput)
        #expect(error.message == "expected a regular file, found a device")
    }

    @Test("a socket is not read")
    func socket() async throws {
        let folder = try TemporaryFolder()
        // A short path, because a socket address holds only 107 bytes.
        let path = folder.file("s")
        let descriptor = try SocketFile.make(at: path)
        defer { close(descriptor) }
        try await failure(path, .unreadableInput)
    }

    // MARK: inspect

    @Test(
        "inspect gives the same error if the header shows it",
        arguments: [
            "empty.jpg", "text.jpg", "jpeg2000.jp2", "huge-header.jpg", "huge-header.png",
            "truncated-header.jpg", "ratio-3.5.jpg", "ratio-1-3.5.jpg",
        ])
    func inspect(_ name: String) async throws {
        let path = Fixtures.path("corrupt/\(name)")
        let prepared = try await seedream("prep", "--json", path)
        let inspected = try await seedream("inspect", "--json", path)
        #expect(inspected.status == 65)
        #expect(try inspected.report.failed == prepared.report.failed)
        #expect(inspected.errors == prepared.errors)
    }
}
