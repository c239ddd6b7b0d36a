import Foundation
import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

/// Other sources of images than files: standard input and data URIs.
@Suite("inputs")
struct InputTests {
    private static let picture = Result { Data(try Fixtures.bytes("shapes/phone-1.jpg")) }

    private func dataURI(_ mediaType: String) throws -> String {
        "data:\(mediaType);base64,\(try Self.picture.get().base64EncodedString())"
    }

    // MARK: Standard input

    @Test("- is standard input, from a file or a pipe")
    func standardInput() async throws {
        let report = try await seedream("prep", "--json", Sample.conforming).report
        let file = try await CommandRunner().run(["prep", "--json", "-"], input: Self.picture.get())
        #expect(file.status == 0)
        let pipe = try await shell(
            "{ head -c 7; sleep 0.05; cat; } <\"$1\" | \"$0\" prep --json -", Sample.conforming)
        #expect(pipe.status == 0)
        for result in [file, pipe] {
            let images = try result.report.images
            #expect(images.map(\.source.name) == ["-"])
            #expect(images.map(\.prepared) == report.images.map(\.prepared))
            #expect(images.map(\.source.bytes) == [22_076])
        }
    }

    @Test("- may be given among files, and keeps its position")
    func amongFiles() async throws {
        let result = try await CommandRunner().run(
            ["prep", "--json", Sample.turned, "-", Sample.text], input: Self.picture.get())
        #expect(result.status == 1)
        #expect(try result.report.images.map(\.position) == [1, 2])
        #expect(try result.report.images.map(\.source.name) == [Sample.turned, "-"])
    }

    @Test(
        "the result for standard input is named stdin",
        arguments: [[], ["--each", "--name", "{index}-{stem}"]])
    func name(_ more: [String]) async throws {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(
            ["prep", "-", "-o", folder.path] + more, input: Self.picture.get())
        #expect(result.status == 0)
        #expect(try folder.names() == ["01-stdin.jpg"])
    }

    @Test("standard input without an image is the same error as for a file")
    func noPicture() async throws {
        let empty = try await seedream("prep", "--json", "-")
        #expect(empty.status == 65)
        #expect(try empty.report.failed.map(\.error.code) == [.emptyInput])
        let text = try await CommandRunner().run(["prep", "--json", "-"], input: Data("picture".utf8))
        #expect(text.status == 65)
        #expect(try text.report.failed.map(\.error.code) == [.notAnImage])
        #expect(
            text.errorLines.first
                == "error: -: expected an image, found data that begin with 70 69 63 74 75 72 65")
    }

    @Test("closed standard input is an error, not a crash")
    func closed() async throws {
        let result = try await shell("exec \"$0\" prep --json - <&-")
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.error.code) == [.unreadableInput])
    }

    @Test("a folder as standard input is an error")
    func folder() async throws {
        let result = try await shell("exec \"$0\" prep --json - </")
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.error.code) == [.unreadableInput])
    }

    @Test("endless standard input is abandoned once it exceeds the limit of a file")
    func endless() async throws {
        let result = try await shell("exec \"$0\" prep --json - </dev/zero")
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.error.code) == [.limitExceeded])
        #expect(result.errors.contains(" bytes, the limit is 536870912 bytes"))
    }

    // MARK: Data URIs

    @Test(
        "a data URI with any media type is an input",
        arguments: ["image/jpeg", "image/png", "image/jpg;charset=utf-8", ""])
    func dataURI(_ mediaType: String) async throws {
        let result = try await seedream("prep", "--json", dataURI(mediaType))
        #expect(result.status == 0, "\(result)")
        let images = try result.report.images
        #expect(images.map(\.source.format) == ["jpeg"])
        #expect(images.map(\.source.name) == ["data URI"])
        #expect(
            images.map(\.prepared)
                == (try await seedream("prep", "--json", Sample.conforming).report.images.map(\.prepared)))
    }

    @Test("the output of --data-uri is an input, and stays unchanged")
    func roundTrip() async throws {
        let first = try await seedream("prep", "--data-uri", Sample.conforming)
        let second = try await seedream("prep", "--data-uri", try #require(first.lines.first))
        #expect(second.status == 0)
        #expect(second.output == first.output)
    }

    @Test("a data URI is read as in browsers: white space, percent-encoding, no padding")
    func likeBrowsers() async throws {
        let base64 = try Self.picture.get().base64EncodedString()
        var lines = base64
        for place in stride(from: base64.count - base64.count % 76, to: 0, by: -76) {
            lines.insert(contentsOf: "\r\n", at: lines.index(lines.startIndex, offsetBy: place))
        }
        let encoded = base64.replacing("+", with: "%2B").replacing("/", with: "%2f").replacing(
            "=", with: "%3D")
        #expect(encoded != base64)
        let plain = try await seedream("prep", "--json", dataURI("image/jpeg")).report.images.map(\.prepared)
        for uri in [
            "data:image/jpeg;base64,\(lines)\n", "data:image/jpeg;base64,\(encoded)",
            "DATA:;Base64 ,\t\(base64)", "data:image/jpeg; base64,\(String(base64.prefix { $0 != "=" }))",
        ] {
            let result = try await seedream("prep", "--json", uri)
            #expect(try result.report.images.map(\.prepared) == plain, "\(uri.prefix(60)): \(result)")
        }
    }

    @Test(
        "a malformed data URI is unreadable, and the message names the defect",
        arguments: [
            ("data:image/png", "data URI is malformed: there is no comma"),
            ("data:image/png,iVBOR", "data URI is malformed: expected `;base64` before the comma"),
            ("data:image/png;base64,iVBOR*w0", "data URI is malformed: content is not base64"),
            ("data:image/png;base64,iVBOR", "data URI is malformed: content is not base64"),
            ("data:image/png;base64,iVBO%zz", "data URI is malformed: content is not base64"),
            ("data:image/png;base64,iVBO-_w0", "data URI is malformed: content is not base64"),
            ("data:image/png;base64,iV=BORw0", "data URI is malformed: content is not base64"),
            ("data:image/pngbase64,iVBORw0K", "data URI is malformed: expected `;base64` before the comma"),
        ])
    func malformed(_ uri: String, _ message: String) async throws {
        let result = try await seedream("prep", "--json", uri, Sample.conforming)
        #expect(result.status == 1)
        #expect(try result.report.images.map(\.position) == [2])
        let failed = try result.report.failed
        #expect(failed.map(\.error.code) == [.unreadableInput])
        #expect(failed.map(\.error.message) == [message])
        #expect(failed.map(\.error.hint) == ["write it as `data:image/jpeg;base64,` and the encoded bytes"])
    }

    @Test(
        "a well-formed data URI without an image has the error code of its content",
        arguments: [("data:image/png;base64,", ErrorCode.emptyInput), ("data:;base64,aGVsbG8=", .notAnImage)])
    func noPicture(_ uri: String, _ code: ErrorCode) async throws {
        let result = try await seedream("prep", "--json", uri)
        #expect(result.status == 65)
        #expect(try result.report.failed.map(\.error.code) == [code])
    }
}
