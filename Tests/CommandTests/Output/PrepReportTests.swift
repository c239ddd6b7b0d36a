import Foundation
import ImagePreparation
import TestSupport
import Testing

@Suite("prep --report")
struct PrepReportTests {
    @Test(
        "writes a page of prepared and failed inputs, in addition to the usual output",
        arguments: [true, false])
    func page(_ isWritten: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("report.html")
        let output = isWritten ? ["-o", folder.file("out")] : []
        let result = try await CommandRunner().run(
            ["prep", Sample.conforming, Sample.text, Sample.turned, "--json", "--report", path] + output)
        #expect(result.status == 1)
        #expect(try result.report.images.count == 2)
        let page = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        #expect(page.components(separatedBy: "<img ").count == 5)
        #expect(page.contains("alt=\"After: "))
        #expect(page.contains("not-an-image") == false)
        #expect(page.contains("expected an image, found data that begin with"))
        #expect(page.contains("href=\"out/01-phone-1.jpg\"") == isWritten)
        #expect(page.contains("rotated, converted to sRGB") || page.contains("<li>converted to sRGB</li>"))
        #expect(result.errors.contains("note: \(path): 3 rows, "))
    }

    @Test("shows what one request has no room for as skipped")
    func dropped() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("report.html")
        let result = try await CommandRunner().run(
            ["prep", Sample.small, Sample.conforming, "--max-inputs", "1", "--report", path])
        #expect(result.status == 0)
        let page = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        #expect(page.contains("1 skipped"))
        #expect(page.components(separatedBy: "<img ").count == 4)
    }

    @Test("refuses an existing page before any work, and replaces it with --existing replace")
    func existing() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("precious".utf8, as: "report.html")
        let arguments = ["prep", Sample.conforming, "-o", folder.file("out"), "--report", path]
        let refused = try await CommandRunner().run(arguments)
        #expect(refused.status == 73)
        #expect(refused.text == "")
        #expect(refused.errors.hasPrefix("error: \(path): file exists\n  hint: pass `--existing replace`"))
        #expect(try bytes(ofFile: path) == Data("precious".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")) == [])
        let replaced = try await CommandRunner().run(arguments + ["--existing", "replace"])
        #expect(replaced.status == 0)
        #expect(try bytes(ofFile: path).starts(with: Data("<!DOCTYPE html>".utf8)))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test("is refused with --dry-run, which makes nothing to show")
    func dryRun() async throws {
        let result = try await seedream("prep", Sample.conforming, "--dry-run", "--report", "r.html")
        #expect(result.status == 64)
        #expect(result.errors.contains("'--dry-run' writes no image"))
    }
}
