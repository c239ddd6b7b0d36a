#if Emulator
import SeedreamModel
import Cryptography
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated Apiframe: uploads")
struct ApiframeUploadsTests {
    @Test(
        "accepts an image under any stated type, and serves it",
        arguments: [
            ("formats/reference-64x48.png", "image/png", "png"), ("corrupt/ratio-3.jpg", "image/jpeg", "jpg"),
            ("orientation/webp-1.webp", "image/webp", "webp"), ("formats/plain.gif", "image/gif", "gif"),
        ])
    func upload(_ name: String, _ type: String, _ ending: String) async throws {
        try await RunningEmulator.with { emulator in
            let bytes = try Fixtures.bytes(name)
            let reply = try await emulator.upload(bytes, type: "text/plain")
            #expect(reply.status == 201)
            let json = try reply.json
            #expect(
                Set(try #require(json.object).keys) == [
                    "id", "url", "kind", "contentType", "byteSize", "expiresAt",
                ])
            #expect(json["kind"] == "image")
            #expect(json["contentType"] == .string(type))
            #expect(json["byteSize"] == .integer(bytes.count))
            #expect(json["expiresAt"]?.string?.hasSuffix("Z") == true)
            let url = try #require(json["url"]?.string)
            #expect(url.hasSuffix("/\(json["id"]?.string ?? "").\(ending)"))
            let file = try await emulator.call("GET", url)
            #expect(file.body == bytes)
            #expect(file.header("content-type") == type)
        }
    }

    @Test("reads an upload as an input image")
    func input() async throws {
        try await RunningEmulator.with { emulator in
            let bytes = try Fixtures.bytes("formats/reference-64x48.png")
            let url = try #require(try await emulator.upload(bytes).json["url"])
            #expect(try await emulator.job(["image_input": [url]])["status"] == "COMPLETED")
            #expect(await emulator.emulator.ledger.first?.inputs == [SHA256Digest(bytes).hexadecimal])
        }
    }

    @Test(
        "refuses anything but PNG, JPEG, WebP and GIF",
        arguments: ["formats/picture.heic", "formats/rgb24.bmp", "formats/rgba.tiff", "corrupt/text.jpg"])
    func unsupported(_ name: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.upload(try Fixtures.bytes(name), type: "image/png")
            #expect(reply.status == 400)
            #expect(try reply.json["error"] == "Unsupported file type")
        }
    }

    @Test("accepts a file of exactly the limit, 25 MB, and none larger")
    func limit() async throws {
        #expect(Ambiguities().apiframeMaximumUpload == 25_000_000)
        let bytes = try Fixtures.bytes("formats/reference-64x48.png")
        try await RunningEmulator.with({ $0.ambiguities.apiframeMaximumUpload = bytes.count }) { emulator in
            #expect(try await emulator.upload(bytes).status == 201)
            let larger = try await emulator.upload(bytes + [0])
            #expect(larger.status == 400)
            #expect(try larger.json["error"]?.string?.hasPrefix("File too large") == true)
        }
    }

    @Test("reads 24 MB whose content includes boundaries, line breaks and dashes")
    func large() async throws {
        let start = try Fixtures.bytes("formats/reference-64x48.png")
        let noise = Array("\r\n--not the boundary\r\n------formdata-04\r\n\r\n".utf8)
        var bytes = start
        while bytes.count < 24_000_000 { bytes += noise + start }
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.upload(bytes)
            #expect(reply.status == 201)
            #expect(try reply.json["byteSize"] == .integer(bytes.count))
            let file = try await emulator.call("GET", try #require(try reply.json["url"]?.string))
            #expect(file.body == bytes)
        }
    }

    @Test(
        "reads forms as other clients write them",
        arguments: [
            // A quoted boundary, with other upper and lower case in the header.
            ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", "--a b", ""),
            // Text before the first boundary, which is skipped; spaces after a boundary.
            ("multipart/form-data; boundary=x", "preamble\r\n--x  ", ""),
            // Another field first.
            (
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--x", ""
            ),
            // A name with quotes, a semicolon, and text that looks like a field.
            ("multipart/form-data; boundary=x", "--x", #"; filename="a\"; name=\"b;.png""#),
        ])
    func forms(_ type: String, _ beginning: String, _ name: String) async throws {
        let bytes = try Fixtures.bytes("formats/reference-64x48.png")
        let boundary = type.contains("a b") ? "a b" : "x"
        let body =
            Array("\(beginning)\r\ncontent-disposition:form-data; name=\"file\"\(name)\r\n\r\n".utf8) + bytes
            + Array("\r\n--\(boundary)--".utf8)
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.apiframe(
                "POST", "uploads", headers: [("Content-Type", type)], body: body)
            #expect(reply.status == 201, "\(reply.text)")
            #expect(try reply.json["byteSize"] == .integer(bytes.count))
        }
    }

    @Test("reports no file for a form that has none, is cut short, or is not a form")
    func noFile() async throws {
        let bytes = try Fixtures.bytes("formats/reference-64x48.png")
        let form = ("Content-Type", "multipart/form-data; boundary=x")
        let whole = Apiframe.form(bytes, boundary: "x")
        let requests: [([(String, String)], [UInt8])] = [
            ([form], Apiframe.form(bytes, field: "image", boundary: "x")),
            ([form], Apiframe.form([], boundary: "x")),
            ([form], Array(whole.dropLast(8))),
            ([form], Array("--x".utf8)), ([form], Array("--x\r\n".utf8)), ([form], Array("--x--".utf8)),
            ([form], []),
            ([("Content-Type", "multipart/form-data; boundary=y")], whole),
            ([("Content-Type", "multipart/form-data")], whole),
            ([("Content-Type", "image/png")], bytes),
            ([], bytes),
        ]
        try await RunningEmulator.with { emulator in
            for (headers, body) in requests {
                let reply = try await emulator.apiframe("POST", "uploads", headers: headers, body: body)
                #expect(reply.status == 400)
                #expect(try reply.json["error"] == "No file provided")
            }
        }
    }

    @Test("keeps an upload for a limited time; a later job cannot download it")
    func lifetime() async throws {
        #expect(Ambiguities().apiframeUploadLifetime == 3_600)
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.upload(try Fixtures.bytes("formats/reference-64x48.png"))
            let url = try #require(try reply.json["url"]?.string)
            #expect(try await emulator.call("GET", url).status == 200)
            emulator.emulator.clock.advance(by: 3_601)
            #expect(try await emulator.call("GET", url).status == 410)
            let job = try await emulator.job(["image_input": [.string(url)]])
            #expect(job["status"] == "FAILED")
            #expect(
                job["error"]?.string?.hasPrefix("Provider returned an error: Failed to download the file")
                    == true)
        }
    }
}
#endif
