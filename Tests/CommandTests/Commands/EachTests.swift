import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// With `--each`, every input is a separate request, and a folder stands for its files.
@Suite("--each")
struct EachTests {
    @Test("a folder of a thousand files is complete and in order, with bad ones in their places")
    func thousand() async throws {
        let folder = try TemporaryFolder()
        let (conforming, turned) = (
            try Fixtures.bytes("shapes/phone-1.jpg"), try Fixtures.bytes("shapes/phone-6.jpg")
        )
        var names: [String] = []
        for index in 0..<1000 {
            names.append("\(index).jpg")
            // A slow one from time to time, which those behind it must wait for.
            let bytes = index % 100 == 50 ? turned : index % 100 == 75 ? Array("no picture".utf8) : conforming
            try folder.write(bytes, as: names[index])
        }
        names.sort()
        let result = try await seedream("prep", "--each", "--ndjson", folder.path)
        #expect(result.status == 1)
        let records = try result.records
        #expect(records.count == 1000)
        #expect(records.map { $0.image?.index ?? $0.failure?.index } == Array(0..<1000))
        #expect(records.map { $0.image?.source.name ?? $0.failure?.name } == names.map { folder.file($0) })
        #expect(records.count { $0.failure?.error.code == .notAnImage } == 10)
        #expect(records.count { $0.image?.action == .transcode } == 10)
        #expect(records.allSatisfy { $0.image?.position ?? 1 == 1 })
        #expect(result.errorLines.count { $0.hasPrefix("error: ") } == 10)
    }

    @Test("{index} is the number of an input, padded to the width of the last one")
    func numbers() async throws {
        let folder = try TemporaryFolder()
        let inputs = Array(repeating: Sample.conforming, count: 98) + [Sample.text, Sample.conforming]
        let result = try await CommandRunner().run(
            ["prep", "--each", "--json", "-o", folder.path, "--name", "{index}-{stem}"] + inputs)
        #expect(result.status == 1)
        let numbers = (1...100).filter { $0 != 99 }.map { number in
            String(repeating: "0", count: 3 - "\(number)".count) + "\(number)-phone-1.jpg"
        }
        #expect(try folder.names() == numbers)
        #expect(try result.report.images.map(\.prepared.path) == numbers.map { folder.file($0) })
        #expect(try result.report.dropped == [])
    }

    @Test("a folder stands for its files, without hidden ones and those in subfolders")
    func folder() async throws {
        let folder = try TemporaryFolder()
        let picture = try Fixtures.bytes("shapes/phone-1.jpg")
        for name in ["b.jpg", "a.jpg", ".hidden.jpg", "Ä.jpg"] { try folder.write(picture, as: name) }
        try FileManager.default.createDirectory(
            atPath: folder.file("within"), withIntermediateDirectories: true)
        try folder.write(picture, as: "within/c.jpg")
        let result = try await seedream("prep", "--each", "--json", folder.path + "/", Sample.turned)
        #expect(result.status == 0)
        #expect(
            try result.report.images.map(\.source.name) == [
                folder.file("a.jpg"), folder.file("b.jpg"), folder.file("Ä.jpg"), Sample.turned,
            ])
    }

    @Test("a file in a folder that cannot be opened is an error, not skipped")
    func unreadable() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("a.jpg"), withDestinationPath: "gone.jpg")
        #expect(mkfifo(folder.file("b.jpg"), 0o600) == 0)
        try folder.write(Fixtures.bytes("shapes/phone-1.jpg"), as: "c.jpg")
        let result = try await seedream("prep", "--each", "--json", folder.path)
        #expect(result.status == 1)
        #expect(try result.report.failed.map(\.name) == [folder.file("a.jpg"), folder.file("b.jpg")])
        #expect(try result.report.images.map(\.source.name) == [folder.file("c.jpg")])
    }

    @Test("an empty folder is not a usable input, and is named")
    func empty() async throws {
        let folder = try TemporaryFolder()
        let result = try await seedream("prep", "--each", folder.path)
        #expect(result.status == 65)
        #expect(result.errors == "note: \(folder.path): the folder holds no files\n")
    }

    @Test("a file whose name is not UTF-8 is prepared or named as failed, not skipped")
    func notUTF8() async throws {
        let folder = try TemporaryFolder()
        let made = try await shell(
            "cp \"$1\" \"$2/$(printf 'caf\\351.jpg')\"", Sample.conforming, folder.path)
        #expect(made.status == 0)
        let report = try await seedream("prep", "--each", "--json", folder.path).report
        #expect(report.images.count + report.failed.count == 1)
    }

    @Test("neither the body's budget nor --fail-on-dropped counts inputs that are requests of their own")
    func budgets() async throws {
        let inputs = Array(repeating: Sample.conforming, count: 12)
        let result = try await CommandRunner().run(
            ["prep", "--each", "--fail-on-dropped", "--json", "--max-body", "60000"] + inputs)
        #expect(result.status == 0)
        #expect(try result.report.images.count == 12)
        #expect(try result.report.images.allSatisfy { $0.action == .passThrough })
        let together = try await CommandRunner().run(["prep", "--json", "--max-body", "60000"] + inputs)
        #expect(together.status == 65)
        #expect(try together.report.failed.allSatisfy { $0.error.code == .tooManyBytes })
    }
}
