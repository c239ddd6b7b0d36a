#if os(Linux)
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Libraries that the command loads when an image or a ledger needs them.
@Suite("a library that is loaded late")
struct LateLibraryTests {
    /// A folder with files that have the libraries' names and no content.
    private let folder: TemporaryFolder
    /// Finds those before the system's: a command that is linked with one of them does not start.
    private let runner: CommandRunner

    init() throws {
        folder = try TemporaryFolder()
        for name in ["libheif.so.1", "libtiff.so.6", "libpq.so.5"] { try folder.write([], as: name) }
        var runner = CommandRunner()
        runner.environment["LD_LIBRARY_PATH"] = folder.path
        self.runner = runner
    }

    @Test("is not touched for other formats", arguments: ["photos/rocket.jpg", "photos/chelsea.png"])
    func untouched(_ fixture: String) async throws {
        let result = try await runner.run(["prep", "--json", Fixtures.path(fixture)])
        #expect(result.status == 0, "\(result)")
        #expect(try result.report.failed.isEmpty)
    }

    @Test(
        "is named if it cannot be loaded, on one line",
        arguments: [
            ("formats/picture.heic", "libheif.so.1", "libheif1"),
            ("formats/picture.avif", "libheif.so.1", "libheif1"),
            ("formats/rgb-strips.tiff", "libtiff.so.6", "libtiff6"),
        ])
    func missing(_ fixture: String, _ library: String, _ package: String) async throws {
        let path = Fixtures.path(fixture)
        let result = try await runner.run(["prep", path])
        #expect(result.status == 65, "\(result)")
        let line = try #require(result.errorLines.first)
        #expect(line.hasPrefix("error: \(path): \(library) cannot be loaded: \(folder.file(library))"))
        #expect(line.hasSuffix("; install \(package)"))
        let report = try await runner.run(["prep", "--json", path]).report
        #expect(report.failed.map(\.error.code) == [.unsupportedFeature])
    }

    @Test("has no version if it cannot be loaded")
    func version() async throws {
        let result = try await runner.run(["--version"])
        #expect(result.status == 0, "\(result)")
        #expect(result.lines.contains("libheif not installed"))
        #expect(result.lines.contains("libtiff not installed"))
    }

    #if Postgres
    @Test("of PostgreSQL is named by a ledger that needs it")
    func ledger() async throws {
        let result = try await runner.run(["jobs", "--ledger", "postgresql://me:s3cret@127.0.0.1:1/x"])
        #expect(result.status == 78, "\(result)")
        #expect(result.errors.contains("libpq.so.5 cannot be loaded: \(folder.file("libpq.so.5"))"))
        #expect(result.errors.contains("hint: install PostgreSQL's client library"))
        #expect(!result.errors.contains("s3cret"))
    }
    #endif
}
#endif
