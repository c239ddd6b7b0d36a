import ImagePreparation
import TestSupport
import Testing

/// The same files give the same bytes, with any number of threads.
@Suite("determinism")
struct DeterminismTests {
    @Test(
        "any number of threads gives the same bytes",
        arguments: [[], ["--each"], ["--keep-alpha", "--format", "webp"], ["--max-body", "1500000"]])
    func jobs(_ options: [String]) async throws {
        let arguments = ["prep", "--json"] + options + Sample.photos
        let one = try await CommandRunner().run(arguments + ["--threads", "1"])
        #expect(one.status == 0, "\(one)")
        #expect(try one.report.images.count == 6)
        for jobs in ["2", "8"] {
            #expect(
                try await CommandRunner().run(arguments + ["--threads", jobs]).text == one.text,
                "--threads \(jobs)"
            )
        }
        #expect(try await CommandRunner().run(arguments + ["--memory", "32MiB"]).text == one.text)
    }

    @Test("an image gives the same bytes alone and among others")
    func alone() async throws {
        let together = try await CommandRunner().run(["prep", "--json"] + Sample.photos).report.images
        for (path, image) in zip(Sample.photos, together) {
            let alone = try await seedream("prep", "--json", path).report.images[0]
            #expect(alone.prepared == image.prepared)
        }
    }
}
