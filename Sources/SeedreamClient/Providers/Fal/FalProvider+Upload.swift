import HTTPTypes
package import SeedreamModel

extension FalProvider {
    package func upload(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws -> String {
        try Self.checkExpiry(context.options.fal.uploadExpiry, field: "fal.uploadExpiry")
        if !context.options.fal.uploadsWithToken,
            let slot = try await initiate(image, name: name, in: context, through: caller)
        {
            let request = APIRequest(
                operation: .fal(.put), method: .put, url: slot.upload,
                fields: [.contentType: image.mediaType.rawValue],
                body: RequestBody([.picture(image.bytes)]),
                // Its signature is in its query. The official Python client also sends the key
                // (`docs/providers.md`, "fal: official clients").
                isKeyed: false)
            let reply = try await caller.call(request)
            guard reply.isSuccess else { throw failure(reply, operation: request.operation) }
            return slot.file
        }
        return try await uploadWithToken(image, name: name, in: context, through: caller)
    }

    private struct Slot {
        var upload: String
        var file: String
    }

    /// Requests an upload URL, as fal's JavaScript client does; `nil` if this fails, so that the
    /// other way is tried.
    private func initiate(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws -> Slot? {
        let request = APIRequest(
            operation: .fal(.initiate), method: .post,
            url: "\(context.endpoints.rest)/storage/upload/initiate?storage_type=fal-cdn-v3",
            fields: fields("application/json", lifecycle: [.lifecycle], context),
            body: WireValue.members(
                ("content_type", .string(image.mediaType.rawValue)), ("file_name", .string(name))
            ).body)
        let reply: HTTPReply
        do {
            reply = try await caller.call(request)
            guard reply.isSuccess else { throw failure(reply, operation: request.operation) }
        } catch let error as ClientError {
            // The other way needs the same key, credits and rate limit.
            guard let status = error.status, (400...599).contains(status),
                ![401, 402, 403, 429].contains(status)
            else { throw error }
            return nil
        }
        guard let upload = reply.json?["upload_url"]?.string, let file = reply.json?["file_url"]?.string,
            let target = URLParts(upload), URLParts(file) != nil,
            // Images are not sent unencrypted unless fal itself is called that way, as an emulator
            // is.
            target.scheme == "https" || URLParts(context.endpoints.rest)?.scheme == "http"
        else { throw badReply(reply, request, expected: "\"upload_url\" and \"file_url\"") }
        return Slot(upload: upload, file: file)
    }

    /// Uploads to the CDN with a token, as the official Python client does.
    private func uploadWithToken(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws -> String {
        let request = APIRequest(
            operation: .fal(.token), method: .post,
            url: "\(context.endpoints.rest)/storage/auth/token?storage_type=fal-cdn-v3",
            fields: [.contentType: "application/json"], body: WireValue.object([]).body)
        let reply = try await caller.call(request)
        guard reply.isSuccess else { throw failure(reply, operation: request.operation) }
        // An `APIKey` is never printed and fits a header field.
        guard let token = reply.json?["token"]?.string.flatMap({ APIKey($0) }) else {
            throw badReply(reply, request, expected: "\"token\"")
        }
        var fields = fields(
            image.mediaType.rawValue, lifecycle: [.lifecycle, .lifecyclePreference], context)
        fields[.authorization] = "Bearer \(token.secret)"
        FalHeader.fileName.set(name, in: &fields)
        let upload = APIRequest(
            operation: .fal(.upload), method: .post, url: "\(context.endpoints.cdn)/files/upload",
            fields: fields, body: RequestBody([.picture(image.bytes)]), isKeyed: false)
        let stored = try await caller.call(upload)
        guard stored.isSuccess else { throw failure(stored, operation: upload.operation) }
        guard let url = stored.json?["access_url"]?.string, URLParts(url) != nil else {
            throw badReply(stored, upload, expected: "\"access_url\"")
        }
        return url
    }

    private func fields(
        _ type: String, lifecycle: [FalHeader], _ context: RequestContext
    ) -> HTTPFields {
        var fields: HTTPFields = [.contentType: type]
        if let seconds = context.options.fal.uploadExpiry {
            for header in lifecycle { header.set(FalHeader.lifecycleText(seconds: seconds), in: &fields) }
        }
        return fields
    }

    private func badReply(_ reply: HTTPReply, _ request: APIRequest, expected: String) -> ClientError {
        FailureReport(
            operation: request.operation, reply: reply,
            requestID: FalHeader.requestID.value(in: reply), settled: .notTaken
        ).badReply(expected: expected)
    }
}
