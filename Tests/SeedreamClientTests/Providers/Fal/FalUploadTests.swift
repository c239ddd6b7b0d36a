import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("upload to fal")
struct FalUploadTests {
    private let slot = FalSample.reply(
        200,
        #"{"upload_url":"https://v3.fal.media/up?sig=s","file_url":"https://v3.fal.media/files/b/1_dog.png"}"#
    )
    private let token = FalSample.reply(
        200, #"{"token":"jwt-1","token_type":"Bearer","base_url":"https://v3b.fal.media"}"#)
    private let stored = FalSample.reply(
        200, #"{"access_url":"https://v3b.fal.media/files/b/2_dog.png","uploaded":true}"#)
    private let empty = FalSample.reply(200)

    private func upload(_ caller: ScriptedCaller, _ options: (inout FalOptions) -> Void = { _ in })
        async throws -> String
    {
        var context = FalSample.context
        options(&context.options.fal)
        return try await FalSample.fal.upload(
            FalSample.picture(), name: "dog.png", in: context, through: caller)
    }

    private func values(_ fields: HTTPFields) -> [String: String] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name.rawName, $0.value) })
    }

    @Test("asks for a URL, then puts the image there without the key")
    func signed() async throws {
        let caller = ScriptedCaller([slot, empty])
        #expect(try await upload(caller) == "https://v3.fal.media/files/b/1_dog.png")
        let requests = caller.requests
        #expect(requests.map(\.operation.description) == ["fal.initiate", "fal.put"])
        #expect(
            requests[0].url == "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3")
        #expect(requests[0].method == .post && requests[0].isKeyed)
        #expect(
            values(requests[0].fields) == [
                "Content-Type": "application/json",
                "X-Fal-Object-Lifecycle": #"{"expiration_duration_seconds": 86400}"#,
            ])
        #expect(
            FalSample.text(requests[0].body) == #"{"content_type":"image/png","file_name":"dog.png"}"#)
        #expect(requests[1].url == "https://v3.fal.media/up?sig=s" && requests[1].method == .put)
        #expect(!requests[1].isKeyed && values(requests[1].fields) == ["Content-Type": "image/png"])
        #expect(requests[1].body.length == FalSample.magic.count)
    }

    @Test("sends no lifetime if fal's own applies, and refuses an invalid one")
    func lifetime() async throws {
        let caller = ScriptedCaller([slot, empty])
        _ = try await upload(caller) { $0.uploadExpiry = nil }
        #expect(values(caller.requests[0].fields) == ["Content-Type": "application/json"])
        await #expect(throws: RequestError.self) {
            _ = try await upload(ScriptedCaller([HTTPReply]())) { $0.uploadExpiry = 0 }
        }
    }

    @Test("goes to the CDN under a token on request, without the key")
    func withToken() async throws {
        let caller = ScriptedCaller([token, stored])
        let url = try await upload(caller) {
            $0.uploadsWithToken = true
            $0.uploadExpiry = 900
        }
        #expect(url == "https://v3b.fal.media/files/b/2_dog.png")
        let requests = caller.requests
        #expect(requests.map(\.operation.description) == ["fal.token", "fal.upload"])
        #expect(requests[0].url == "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3")
        #expect(requests[0].isKeyed && FalSample.text(requests[0].body) == "{}")
        #expect(requests[1].url == "https://v3.fal.media/files/upload" && !requests[1].isKeyed)
        #expect(
            values(requests[1].fields) == [
                "Authorization": "Bearer jwt-1", "Content-Type": "image/png", "X-Fal-File-Name": "dog.png",
                "X-Fal-Object-Lifecycle": #"{"expiration_duration_seconds": 900}"#,
                "X-Fal-Object-Lifecycle-Preference": #"{"expiration_duration_seconds": 900}"#,
            ])
    }

    @Test("falls back to the token if initiate fails", arguments: [400, 404, 409, 422, 500, 503])
    func secondWay(_ status: Int) async throws {
        let refusal = FalSample.reply(status, #"{"detail":"Invalid storage type"}"#)
        let caller = ScriptedCaller([refusal, token, stored])
        #expect(try await upload(caller) == "https://v3b.fal.media/files/b/2_dog.png")
        #expect(caller.requests.map(\.operation.description) == ["fal.initiate", "fal.token", "fal.upload"])
        // The same if the caller's retries have failed.
        let error = FalSample.fal.failure(refusal, operation: .fal(.initiate))
        let tired = ScriptedCaller([.failure(error), .success(token), .success(stored)])
        #expect(try await upload(tired) == "https://v3b.fal.media/files/b/2_dog.png")
    }

    @Test(
        "does not fall back if the token would need the same key, money or wait",
        arguments: [401, 402, 403, 429])
    func noSecondWay(_ status: Int) async throws {
        let caller = ScriptedCaller([FalSample.reply(status, #"{"detail":"Exhausted balance"}"#)])
        let error = await #expect(throws: ClientError.self) { _ = try await upload(caller) }
        #expect(error?.status == status && error?.purchase == .notTaken && caller.requests.count == 1)
    }

    @Test("does not fall back if no reply came")
    func noReply() async throws {
        let lost = ClientError(
            .transport, provider: .fal, operation: "fal.initiate", message: "lost", purchase: .notTaken)
        let caller = ScriptedCaller([.failure(lost)])
        let error = await #expect(throws: ClientError.self) { _ = try await upload(caller) }
        #expect(error == lost)
    }

    @Test(
        "goes to no invalid URL, and to none over plain http",
        arguments: [
            "{}", "", #"{"upload_url":"https://a.test/b"}"#,
            #"{"upload_url":"ftp://a.test/b","file_url":"https://a.test/b"}"#,
            #"{"upload_url":"https://a.test/b","file_url":"file:///etc/passwd"}"#,
            #"{"upload_url":"http://a.test/b","file_url":"https://a.test/b"}"#,
        ])
    func badSlot(_ body: String) async throws {
        let caller = ScriptedCaller([FalSample.reply(200, body)])
        let error = await #expect(throws: ClientError.self) { _ = try await upload(caller) }
        #expect(error?.category == .badReply && error?.operation == "fal.initiate")
    }

    @Test("goes over plain http if fal itself is addressed that way, as an emulator is")
    func emulated() async throws {
        let context = RequestContext(endpoints: .behind("http://127.0.0.1:8080/fal", .fal))
        let caller = ScriptedCaller([
            FalSample.reply(
                200, #"{"upload_url":"http://127.0.0.1:8080/u","file_url":"http://127.0.0.1:8080/f"}"#),
            empty,
        ])
        let url = try await FalSample.fal.upload(
            FalSample.picture(), name: "dog.png", in: context, through: caller)
        #expect(url == "http://127.0.0.1:8080/f")
        #expect(caller.requests[0].url.hasPrefix("http://127.0.0.1:8080/fal/rest/storage/"))
    }

    @Test("fails if the image is refused")
    func refused() async throws {
        let put = ScriptedCaller([slot, FalSample.reply(403, #"{"detail":"Invalid signature"}"#)])
        let error = await #expect(throws: ClientError.self) { _ = try await upload(put) }
        #expect(error?.operation == "fal.put" && error?.message == "Invalid signature")
        for answers in [
            [FalSample.reply(500)], [FalSample.reply(200, "{}")], [FalSample.reply(200, #"{"token":"a b"}"#)],
            [token, FalSample.reply(500)], [token, FalSample.reply(200, #"{"access_url":"x"}"#)],
        ] {
            let caller = ScriptedCaller(answers)
            let error = await #expect(throws: ClientError.self) {
                _ = try await upload(caller) { $0.uploadsWithToken = true }
            }
            #expect(error?.purchase == .notTaken && caller.requests.count == answers.count)
        }
    }
}
