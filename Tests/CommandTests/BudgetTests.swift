import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// The byte limits of one image and of the whole body.
@Suite("budgets")
struct BudgetTests {
    @Test(
        "an image over --max-bytes is encoded smaller, with a notice", arguments: [230_000, 200_000, 160_000])
    func maxBytes(_ limit: Int) async throws {
        let result = try await seedream("prep", "--json", Sample.small, "--max-bytes", "\(limit)")
        #expect(result.status == 0)
        let image = try #require(try result.report.images.first)
        #expect(try #require(image.prepared.bytes) <= limit)
        #expect(image.reasons == [.belowMinimumArea, .metadataRemoved, .overByteBudget])
        let notice = try #require(
            image.notices.first { $0.code == .qualityReduced || $0.code == .areaReduced })
        #expect(notice.message.hasSuffix(", to stay within \(limit) bytes"))
        #expect(result.errors.contains("note: \(Sample.small): \(notice.message)\n"))
        #expect(image.prepared.width * image.prepared.height >= 921_600)
    }

    @Test("an image of exactly --max-bytes is within the limit, one byte less is not")
    func bound() async throws {
        let free = try await seedream("prep", "--json", Sample.small).report.images[0].prepared
        let count = try #require(free.bytes)
        let inside = try await seedream("prep", "--json", Sample.small, "--max-bytes", "\(count)").report
            .images[0]
        #expect(inside.prepared == free)
        #expect(inside.reasons == [.belowMinimumArea, .metadataRemoved])
        #expect(inside.notices == [])
        let outside = try await seedream("prep", "--json", Sample.small, "--max-bytes", "\(count - 1)").report
            .images[0]
        #expect(try #require(outside.prepared.bytes) < count)
        #expect(outside.reasons == [.belowMinimumArea, .metadataRemoved, .overByteBudget])
        #expect(outside.notices.map(\.code) == [.qualityReduced])
    }

    @Test("an image that passes through may have exactly --max-bytes, not counting its metadata")
    func passThroughBound() async throws {
        let count = try #require(
            try await seedream("prep", "--json", Sample.conforming).report.images[0].prepared.bytes)
        let path = Sample.conforming
        let inside = try await seedream("prep", "--json", path, "--max-bytes", "\(count)").report.images[0]
        #expect(inside.action == .passThrough)
        #expect(inside.prepared.bytes == count)
        #expect(inside.source.bytes > count)
        let outside = try await seedream("prep", "--json", path, "--max-bytes", "\(count - 1)")
        #expect(try outside.report.images.allSatisfy { $0.action == .transcode })
    }

    @Test(
        "limits are written as numbers or with units",
        arguments: ["200000", "200kB", "0.2MB", "200k", "200_000"])
    func units(_ limit: String) async throws {
        let image = try await seedream("prep", "--json", Sample.small, "--max-bytes", limit).report.images[0]
        #expect(
            image.notices.map(\.message) == [
                "quality 85 4:2:0 instead of 92 4:4:4, to stay within 200000 bytes"
            ])
    }

    @Test("an image that no quality or area makes small enough fails, and the others continue")
    func impossible() async throws {
        let result = try await seedream(
            "prep", "--json", Sample.small, Sample.conforming, "--max-bytes", "20000")
        #expect(result.status == 1)
        let report = try result.report
        #expect(report.images.map(\.position) == [2])
        #expect(report.failed.map(\.error.code) == [.tooManyBytes])
        #expect(
            report.failed.map(\.error.message) == [
                "cannot be encoded in 20000 bytes without going below the minimum area or quality 85"
            ])
    }

    @Test("--max-body is shared: small images stay as they are, large ones are encoded smaller")
    func maxBody() async throws {
        let inputs = [Sample.conforming] + Sample.photos
        let free = try await CommandRunner().run(["prep", "--json"] + inputs).report
        #expect(free.totals.dataURIBytes > 1_500_000)
        let limit = 1_500_000
        let result = try await CommandRunner().run(["prep", "--json", "--max-body", "\(limit)"] + inputs)
        #expect(result.status == 0, "\(result)")
        let report = try result.report
        #expect(report.images.map(\.position) == Array(1...7))
        #expect(report.totals.dataURIBytes <= limit)
        #expect(report.images[0] == free.images[0])
        let squeezed = report.images.filter { $0.reasons.contains(.overBodyBudget) }
        #expect(!squeezed.isEmpty)
        for image in squeezed {
            #expect(image.notices.contains { $0.code == .qualityReduced || $0.code == .areaReduced })
            #expect(try #require(image.prepared.bytes) < #require(free.images[image.index].prepared.bytes))
        }
        for image in report.images where !squeezed.contains(image) {
            #expect(image == free.images[image.index])
        }
    }

    @Test("a body with room for all images changes nothing")
    func enoughBody() async throws {
        let free = try await CommandRunner().run(["prep", "--json"] + Sample.photos).report
        // 20 000 characters for the prompt and other fields, and 8 for each image.
        let limit = free.totals.dataURIBytes + 20_000 + 6 * 8
        #expect(
            try await CommandRunner().run(["prep", "--json", "--max-body", "\(limit)"] + Sample.photos).report
                == free)
        let less = try await CommandRunner().run(
            ["prep", "--json", "--max-body", "\(limit - 1)"] + Sample.photos)
        #expect(less.status == 0)
        #expect(try less.report.images.contains { $0.reasons.contains(.overBodyBudget) })
    }

    @Test("no image fails while the others leave room for it")
    func sharedRoom() async throws {
        let result = try await CommandRunner().run(
            ["prep", "--json", "--max-body", "1100000"] + Sample.photos)
        #expect(result.status == 0)
        #expect(try result.report.failed.map(\.name) == [])
        #expect(try result.report.totals.dataURIBytes <= 1_100_000)
    }

    @Test("a body too small for any image is an error for each image")
    func impossibleBody() async throws {
        let result = try await CommandRunner().run(
            ["prep", "--json", "--max-body", "30000", Sample.conforming] + Sample.photos)
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.index) == Array(0..<7))
        #expect(try result.report.failed.allSatisfy { $0.error.code == .tooManyBytes })
    }
}
