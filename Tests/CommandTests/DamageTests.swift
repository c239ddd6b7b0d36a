import ImagePreparation
import SeedreamModel
import TestSupport
import Testing

@Suite("prep --damage")
struct DamageTests {
    static let truncated = Fixtures.path("corrupt/truncated-scan.jpg")

    @Test("warn sends what can be decoded, and reports it")
    func warn() async throws {
        let result = try await CommandRunner().run(["prep", "--json", "--damage", "warn", Self.truncated])
        #expect(result.status == 0, "\(result)")
        let image = try #require(try result.report.images.first)
        #expect(image.reasons.contains(.damaged))
        #expect(image.notices.map(\.code).contains(.damaged))
        #expect(result.errors.contains("what could be decoded is used"))
    }

    @Test("refuse is the default")
    func refuse() async throws {
        for arguments in [
            ["prep", "--json", Self.truncated], ["prep", "--json", "--damage", "refuse", Self.truncated],
        ] {
            let result = try await CommandRunner().run(arguments)
            #expect(result.status == 65)
            #expect(try result.report.failed.map(\.error.code) == [.truncatedImage])
        }
    }

    @Test("camera raw is named, with a hint", .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func cameraRaw() async throws {
        let result = try await CommandRunner().run(["prep", "--json", Faults.path("tiff-nef-like.nef")])
        #expect(result.status == 65)
        let failure = try #require(try result.report.failed.first)
        #expect(failure.error.code == .unsupportedFeature)
        #expect(failure.error.message == "expected an image, found camera raw data, which are not supported")
        #expect(failure.error.hint.contains("as JPEG or TIFF"))
    }
}
