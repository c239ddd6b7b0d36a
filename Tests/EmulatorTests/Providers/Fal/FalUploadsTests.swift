#if Emulator
import SeedreamModel
import Cryptography
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated fal: uploads")
struct FalUploadsTests {
    private static let storage = "fal/rest/storage"

    private func bearer(_ emulator: RunningEmulator) async throws -> (String, String) {
        let reply = try await emulator.call(
            "POST", "\(Self.storage)/auth/token?storage_type=fal-cdn-v3", headers: [Fal.key], json: [:])
        return ("Authorization", "Bearer \(try #require(try reply.json["token"]?.string))")
    }

    private func initiate(
        _ emulator: RunningEmulator,
        _ body: JSONValue = ["file_name": "dog.png", "content_type": "image/png"],
        path: String = "initiate", type: String? = "fal-cdn-v3", headers: [(String, String)] = []
    ) async throws -> Reply {
        try await emulator.call(
            "POST", "\(Self.storage)/upload/\(path)\(type.map { "?storage_type=\($0)" } ?? "")",
            headers: [Fal.key] + headers, json: body)
    }

    @Test("gives a token for 30 days, with times that Python parses")
    func token() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "\(Self.storage)/auth/token?storage_type=fal-cdn-v3", headers: [Fal.key], json: [:])
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json["token_type"] == "Bearer")
            #expect(json["base_url"] == .string("http://127.0.0.1:\(emulator.emulator.port)/fal/cdn"))
            let expiry = try #require(json["expires_at"]?.string)
            #expect(try /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00/.wholeMatch(in: expiry) != nil)
            let other = try await emulator.call(
                "POST", "\(Self.storage)/auth/token?storage_type=s3", headers: [Fal.key], json: [:])
            #expect(other.status == 400)
            #expect(try other.json == ["detail": "Invalid storage type"])
        }
    }

    @Test("accepts bytes for a token, more than once, and reads them as an input")
    func direct() async throws {
        let bytes = try Fixtures.bytes(Fal.small)
        try await RunningEmulator.with { emulator in
            let bearer = try await bearer(emulator)
            var urls: Set<String> = []
            for name in ["dog.png", "dog.png", nil] {
                let reply = try await emulator.call(
                    "POST", "fal/cdn/files/upload",
                    headers: [bearer, ("Content-Type", "image/png")]
                        + (name.map { [("X-Fal-File-Name", $0)] } ?? []),
                    body: bytes)
                #expect(reply.status == 200)
                #expect(try reply.json["uploaded"] == true)
                let url = try #require(try reply.json["access_url"]?.string)
                #expect(url.hasSuffix(name.map { "_\($0)" } ?? ".bin"))
                urls.insert(url)
                let file = try await emulator.call("GET", url)
                #expect(file.body == bytes)
                #expect(file.header("content-type") == "image/png")
                let head = try await emulator.call("HEAD", url)
                #expect(head.status == 200 && head.body.isEmpty)
            }
            #expect(urls.count == 3)
            let result = try await emulator.run(
                try Fal.body(["image_urls": .array(urls.sorted().map { .string($0) })]))
            #expect(result.status == 200)
            let digest = SHA256Digest(bytes).hexadecimal
            #expect(await emulator.emulator.ledger.first?.inputs == [digest, digest, digest])
            // The API key is not a token.
            let key = try await emulator.call("POST", "fal/cdn/files/upload", headers: [Fal.key], body: bytes)
            #expect(key.status == 401)
            #expect(try await emulator.call("GET", "fal/cdn/files/b/0a8c9d5e/nothing.png").status == 404)
        }
    }

    @Test("makes any file name harmless")
    func names() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await initiate(
                emulator, ["file_name": "../../é?#%2F dog.png", "content_type": "image/png"])
            let url = try #require(try reply.json["file_url"]?.string)
            #expect(url.hasSuffix("_.._.._____2F_dog.png"))
        }
    }

    @Test("initiates: only the signed URL accepts the bytes, without a key")
    func initiated() async throws {
        let bytes = try Fixtures.bytes(Fal.small)
        try await RunningEmulator.with { emulator in
            let reply = try await initiate(emulator)
            #expect(reply.status == 200)
            let upload = try #require(try reply.json["upload_url"]?.string)
            let url = try #require(try reply.json["file_url"]?.string)
            #expect(try await emulator.call("GET", url).status == 404)
            let unsigned = String(upload.prefix { $0 != "?" })
            let other = try #require(try await initiate(emulator).json["upload_url"]?.string)
            for wrong in [
                unsigned, unsigned + "?sig=0123", unsigned + "?sig=",
                unsigned + String(other.drop { $0 != "?" }),
            ] {
                let refused = try await emulator.call("PUT", wrong, headers: [Fal.key], body: bytes)
                #expect(refused.status == 403)
            }
            #expect(try await emulator.call("GET", url).status == 404)
            let put = try await emulator.call(
                "PUT", upload, headers: [("Content-Type", "image/png")], body: bytes)
            #expect(put.status == 200)
            #expect(try await emulator.call("GET", url).body == bytes)
            let result = try await emulator.run(try Fal.body(["image_urls": [.string(url)]]))
            #expect(result.status == 200)
            #expect(await emulator.emulator.ledger.first?.inputs == [SHA256Digest(bytes).hexadecimal])
        }
    }

    @Test("refuses a discontinued storage, unless the setting allows it")
    func gcs() async throws {
        try await RunningEmulator.with { emulator in
            for type in ["gcs", "s3", nil] {
                let reply = try await initiate(emulator, type: type)
                #expect(reply.status == 400)
                #expect(try reply.json == ["detail": "Invalid storage type"])
            }
            let incomplete = try await initiate(emulator, ["file_name": "dog.png"])
            #expect(incomplete.status == 422)
            #expect(try incomplete.json["detail"]?[0]?["loc"] == ["body", "content_type"])
        }
        try await RunningEmulator.with({ $0.ambiguities.falRefusesGCS = false }) { emulator in
            let reply = try await initiate(emulator, type: "gcs")
            #expect(reply.status == 200)
        }
    }

    @Test("joins parts by number, in any order of arrival (fal_client)")
    func multipart() async throws {
        let bytes = try Fixtures.bytes("photos/rocket.jpg")
        let parts = [Array(bytes[..<50_000]), Array(bytes[50_000..<100_000]), Array(bytes[100_000...])]
        try await RunningEmulator.with { emulator in
            let bearer = try await bearer(emulator)
            let begun = try await emulator.call(
                "POST", "fal/cdn/files/upload/multipart",
                headers: [bearer, ("Content-Type", "image/jpeg"), ("X-Fal-File-Name", "big.jpg")])
            let url = try #require(try begun.json["access_url"]?.string)
            let address = "\(url)/multipart/\(try #require(try begun.json["uploadId"]?.string))"
            var tags: [JSONValue] = []
            for number in [2, 3, 1] {
                let reply = try await emulator.call(
                    "PUT", "\(address)/\(number)", headers: [bearer, ("Content-Type", "image/jpeg")],
                    body: parts[number - 1])
                #expect(reply.status == 200)
                let tag = try #require(reply.header("ETag"))
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
                tags.append(["partNumber": .integer(number), "etag": .string(tag)])
            }
            let wrong = try await emulator.call(
                "POST", "\(address)/complete", headers: [bearer],
                json: ["parts": .array(Array(tags.dropLast()))])
            #expect(wrong.status == 400)
            #expect(try await emulator.call("GET", url).status == 404)
            let done = try await emulator.call(
                "POST", "\(address)/complete", headers: [bearer, ("Content-Type", "application/json")],
                body: Array(JSONValue.object(["parts": .array(tags)]).text.utf8))
            #expect(done.status == 200)
            #expect(try done.json["access_url"] == .string(url))
            let file = try await emulator.call("GET", url)
            #expect(file.body == bytes)
            #expect(file.header("content-type") == "image/jpeg")
            let unknown = try await emulator.call(
                "PUT", "\(url)/multipart/unknown/1", headers: [bearer], body: parts[0])
            #expect(unknown.status == 404)
        }
    }

    @Test("joins parts with signed URLs, without a key (fal-js)")
    func initiatedMultipart() async throws {
        let bytes = try Fixtures.bytes("photos/rocket.jpg")
        try await RunningEmulator.with { emulator in
            let begun = try await initiate(
                emulator, ["file_name": "big.jpg", "content_type": "image/jpeg"], path: "initiate-multipart")
            #expect(begun.status == 200)
            let upload = try #require(try begun.json["upload_url"]?.string)
            let (path, query) = (upload.prefix { $0 != "?" }, upload.drop { $0 != "?" })
            var tags: [JSONValue] = []
            for (number, part) in [(1, Array(bytes[..<60_000])), (2, Array(bytes[60_000...]))] {
                let reply = try await emulator.call("PUT", "\(path)/\(number)\(query)", body: part)
                #expect(reply.status == 200)
                #expect(try reply.json["partNumber"] == .integer(number))
                tags.append([
                    "partNumber": .integer(number), "etag": try #require(try reply.json["etag"]),
                ])
            }
            let done = try await emulator.call(
                "POST", "\(path)/complete\(query)", json: ["parts": .array(tags)])
            #expect(done.status == 200)
            let file = try await emulator.call("GET", try #require(try begun.json["file_url"]?.string))
            #expect(file.body == bytes)
            #expect(file.header("content-type") == "image/jpeg")
        }
    }

    @Test(
        "keeps an upload for its lifecycle; afterwards it is not an input either",
        arguments: ["X-Fal-Object-Lifecycle", "X-Fal-Object-Lifecycle-Preference"])
    func lifecycle(_ header: String) async throws {
        let bytes = try Fixtures.bytes(Fal.small)
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.call(
                "POST", "fal/cdn/files/upload",
                headers: [
                    try await bearer(emulator), ("Content-Type", "image/png"),
                    (header, #"{"expiration_duration_seconds": 900, "initial_acl": {"default": "hide"}}"#),
                ], body: bytes)
            let url = try #require(try reply.json["access_url"]?.string)
            #expect(try await emulator.call("GET", url).status == 200)
            emulator.emulator.clock.advance(by: 900)
            #expect(try await emulator.call("GET", url).status == 410)
            let result = try await emulator.run(try Fal.body(["image_urls": [.string(url)]]))
            #expect(result.status == 422)
            #expect(try result.json["detail"]?[0]?["type"] == "file_download_error")
            #expect(try result.json["detail"]?[0]?["loc"] == ["body", "image_urls", 0])
        }
    }

    @Test("remembers the lifecycle that an upload was initiated with (fal-js)")
    func initiatedLifecycle() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await initiate(
                emulator, headers: [("X-Fal-Object-Lifecycle", #"{"expiration_duration_seconds": 900}"#)])
            _ = try await emulator.call(
                "PUT", try #require(try reply.json["upload_url"]?.string),
                headers: [("Content-Type", "image/png")], body: try Fixtures.bytes(Fal.small))
            let url = try #require(try reply.json["file_url"]?.string)
            #expect(try await emulator.call("GET", url).status == 200)
            emulator.emulator.clock.advance(by: 900)
            #expect(try await emulator.call("GET", url).status == 410)
        }
    }
}
#endif
